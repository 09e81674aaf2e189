"""The optimizers that code makes beside those of a run, and where the two differ.

What only the run can know is no difference: a rate that the code leaves open, or parameters of which a test says
nothing.
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
"""How far apart equal numbers may be: a rate in a tensor has fewer digits."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An optimizer of the run with the one that the code makes: their places in the two lists, and how they differ."""

    live: int
    static: int
    differences: tuple[str, ...]


def pairs(static: Sequence[EffectiveOptimizer], live: Sequence[LiveOptimizer]) -> tuple[Pair, ...]:
    """Each optimizer of the run with the one of the code that fits it best: the class must be the same, where it is
    known, then a name that both have decides, then how little they differ."""
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
    """Where the run differs from what the code says; of several ways that branches may go, the one that fits best."""
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
    """Whether a parameter may be of a part. Of what module the code's names begin is not known, so each ending of the
    name is tried; nor whether the parameter was frozen by then."""
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
