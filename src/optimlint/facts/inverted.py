"""Groups of biases and norms that decay while the rest of the parameters does not."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.facts import FileFacts
from optimlint.facts.groups import GroupList, Number, ParamGroup
from optimlint.facts.kinds import ParameterKind, kinds_of, same_place
from optimlint.facts.settings import (
    WEIGHT_DECAY,
    decay_number,
    decay_of,
    inherited_decay,
    listed_with,
    surely_names_no_decay,
    takers,
)


@dataclass(frozen=True, slots=True)
class Inversion:
    """`group` holds biases and norms and has a positive `decay`; `mains` hold the other weights and have none.

    `origin` says where the decay comes from when the group does not name it itself. `is_pair` is set where the list
    has just these two groups to exchange.
    """

    group: ParamGroup
    mains: tuple[ParamGroup, ...]
    decay: float
    origin: str
    is_pair: bool


def inversions(facts: FileFacts) -> tuple[Inversion, ...]:
    """Every inverted group of the lists that somebody reads, each once."""
    if WEIGHT_DECAY in facts.changed_keys:
        return ()
    found = {
        inversion.group.range: inversion
        for groups in facts.group_lists
        if groups.is_listed and groups.is_consumed
        for inversion in _inverted_in(groups, facts)
    }
    return tuple(found.values())


def _inverted_in(groups: GroupList, facts: FileFacts) -> Iterator[Inversion]:
    together = _together(groups, facts)
    kinds = kinds_of(together)
    of_main = tuple(group for group, kind in zip(together, kinds, strict=True) if kind is ParameterKind.MAIN)
    spared = tuple(group for group, kind in zip(together, kinds, strict=True) if kind is ParameterKind.BIAS_OR_NORM)
    for group in spared:
        mains = same_place(group, of_main)
        decay, origin = _decay(group, groups, facts)
        if mains and decay > 0 and all(_has_none(main) for main in mains):
            yield Inversion(group, mains, decay, origin, len(same_place(mains[0], spared)) == len(mains) == 1)


def _has_none(group: ParamGroup) -> bool:
    """Whether the group's decay is 0, whatever a caller says."""
    own = decay_of(group)
    return own is not None and own.value == Number(0) and not group.has_open_settings


def _together(groups: GroupList, facts: FileFacts) -> tuple[ParamGroup, ...]:
    """The list's groups with those that come to the same optimizer by `add_param_group`."""
    joined = [group for call in takers(groups, facts) for group in listed_with(groups, call)]
    return tuple(dict.fromkeys((*groups.groups, *joined)))


def _decay(group: ParamGroup, groups: GroupList, facts: FileFacts) -> tuple[float, str]:
    """The group's decay and, where it is inherited, its origin; 0 where it is not known."""
    own = decay_number(group)
    if own is not None:
        return own, ""
    if not surely_names_no_decay(group):
        return 0.0, ""
    inherited = [inherited_decay(call) for call in takers(groups, facts)]
    if not inherited or None in inherited:
        return 0.0, ""
    first = inherited[0]
    return (first.value, first.origin) if first and all(one and one.value > 0 for one in inherited) else (0.0, "")
