"""The contents of a report's tables, shared by text, rich and HTML."""

from optimlint.live.names import listed
from optimlint.live.values import Group, LiveOptimizer, Seen, Value

_ALWAYS = ("weight_decay", "lr")
_WHERE_DIFFERENT = ("initial_lr",)
TITLES = {"weight_decay": "weight decay", "lr": "lr", "initial_lr": "initial lr"}


def title(optimizer: LiveOptimizer, report: Seen) -> str:
    """The optimizer, and how many parameters of the models it trains: `AdamW: 2 groups, 199 of 201 trainable
    tensors`."""
    name = optimizer.name if optimizer.place in ("", optimizer.name) else f"{optimizer.place}: {optimizer.name}"
    groups = _number(len(optimizer.groups), "group")
    held = {one.key for one in optimizer.parameters}
    if not report.models:
        return f"{name}, {groups}, {_number(len(held), 'tensor')}"
    trained = sum(one.key in held for one in report.trainable)
    models = ", ".join(dict.fromkeys(report.models))
    return f"{name}, {groups}, {trained:,} of {len(report.trainable):,} trainable tensors of {models}"


def header(optimizer: LiveOptimizer) -> tuple[str, ...]:
    """The column titles."""
    return ("group", "tensors", "scalars", *(TITLES.get(key, key) for key in _keys(optimizer)), "parameters")


def rows(optimizer: LiveOptimizer) -> tuple[tuple[str, ...], ...]:
    """One row for each group."""
    keys = _keys(optimizer)
    return tuple(_row(group, keys) for group in optimizer.groups)


def heading(report: Seen) -> str:
    """The heading of the problems."""
    return _number(len(report.problems), "problem") if report.problems else "no problems"


def _keys(optimizer: LiveOptimizer) -> tuple[str, ...]:
    """The settings that are shown: weight decay and learning rate, and the initial learning rate if it differs from the
    current one."""
    shown = [key for key in _ALWAYS if any(key in group.values for group in optimizer.groups)]
    changed = any(
        key in group.values and group.values[key] != group.values.get("lr")
        for key in _WHERE_DIFFERENT
        for group in optimizer.groups
    )
    return (*shown, *_WHERE_DIFFERENT) if changed else tuple(shown)


def _row(group: Group, keys: tuple[str, ...]) -> tuple[str, ...]:
    names = [one.name for one in group.parameters if one.name is not None]
    unnamed = len(group.parameters) - len(names)
    words = listed(names)
    if unnamed:
        words = f"{words}, and {unnamed:,} without a name" if words else "without names"
    shown = (value_text(group.values.get(key)) for key in keys)
    return (str(group.index), f"{len(group.parameters):,}", f"{group.scalars:,}", *shown, words or "none")


def value_text(value: Value) -> str:
    """The value of a setting as text."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value)


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
