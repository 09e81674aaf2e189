"""Compare the optimizers in the code with those of a run.

What only the run can know is not a difference: a learning rate that the code leaves open, or parameters that an unknown
condition selects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimlint.analysis.coverage.condition_logic import Parameter as FilteredParameter
from optimlint.analysis.coverage.condition_logic import meets
from optimlint.effective import EffectiveGroup, EffectiveOptimizer, EffectiveSetting, Origin
from optimlint.facts.groups import Number, Part
from optimlint.live.names import listed
from optimlint.live.values import Group, LiveOptimizer, Parameter

_CLOSE = 1e-9
"""The tolerance in comparing numbers: a learning rate in a tensor has fewer digits."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An optimizer of the run with the matching one in the code: their indices in the two lists, and their differences
    in words."""

    live: int
    static: int
    differences: tuple[str, ...]


def pairs(static: Sequence[EffectiveOptimizer], live: Sequence[LiveOptimizer]) -> tuple[Pair, ...]:
    """Match each optimizer of the run with one in the code. The class must be the same, if it is known. Among these, a
    common variable name decides, then the number of differences. Optimizers without a match are left out."""
    free = dict(enumerate(static))
    found: list[Pair] = []
    for index, one in enumerate(live):
        ranked = sorted(_ranked(one, free), key=lambda ranked: ranked[:3])
        if ranked:
            _, _, chosen, differences = ranked[0]
            del free[chosen]
            found.append(Pair(index, chosen, differences))
    return tuple(found)


def _ranked(
    live: LiveOptimizer, free: dict[int, EffectiveOptimizer]
) -> Iterator[tuple[bool, int, int, tuple[str, ...]]]:
    for index, one in free.items():
        name = (one.qualified_name or one.name).rpartition(".")[2]
        if name != live.name and one.qualified_name is not None:
            continue
        has_name = bool(live.place) and (one.place or "").rpartition(".")[2] == live.place.rpartition(".")[2]
        said = differences(one, live)
        yield not has_name, len(said), index, said


def differences(static: EffectiveOptimizer, live: LiveOptimizer) -> tuple[str, ...]:
    """The differences between the run and the code. If branches in the code lead to different groups, the variant with
    the fewest differences counts."""
    if not static.choices:
        return ()
    return min((_of_choice(groups, static, live) for groups in static.choices), key=len)


def _of_choice(groups: tuple[EffectiveGroup, ...], static: EffectiveOptimizer, live: LiveOptimizer) -> tuple[str, ...]:
    if len(groups) != len(live.groups):
        if not static.is_certain:
            return ()
        return (f"the code makes {_number(len(groups), 'group')}, the run has {len(live.groups)}",)
    return tuple(
        f"group {real.index}: {said}"
        for group, real in zip(groups, live.groups, strict=True)
        for said in _of_group(group, real)
    )


def _of_group(group: EffectiveGroup, real: Group) -> Iterator[str]:
    yield from _of_setting("weight decay", group.weight_decay, real, "weight_decay")
    yield from _of_setting("lr", group.learning_rate, real, "initial_lr" if "initial_lr" in real.values else "lr")
    if not group.is_readable:
        return
    strange = [
        one.name or "" for one in real.parameters if one.name and not any(_may_hold(part, one) for part in group.parts)
    ]
    if strange:
        words = (
            "a parameter that the code does not put" if len(strange) == 1 else "parameters that the code does not put"
        )
        yield f"{words} there: {listed(strange)}"


def _of_setting(words: str, setting: EffectiveSetting, real: Group, key: str) -> Iterator[str]:
    held = real.values.get(key)
    if setting.origin is Origin.UNKNOWN or not isinstance(setting.value, Number):
        return
    said = setting.value.value
    if isinstance(held, int | float) and abs(held - said) > max(_CLOSE, abs(said) * 1e-6):
        yield f"{words} {setting.text} in the code ({setting.origin.value}), {held:g} in the run"


def _may_hold(part: Part, parameter: Parameter) -> bool:
    """Whether a parameter may belong to a part. It is not known where the code's names start in the full name, so every
    ending of the name is tried. It is not known either whether the parameter required a gradient at that time."""
    if part.model is None:
        return True
    path = ".".join(part.model.path)
    name = parameter.name or ""
    if path and f".{path}." not in f".{name}.":
        return False
    parts = name.split(".")
    endings = [".".join(parts[start:]) for start in range(len(parts))]
    return any(
        meets(part.condition, FilteredParameter(ending, len(parameter.shape), requires_grad)) is not False
        for ending in endings
        for requires_grad in (True, False)
    )


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
