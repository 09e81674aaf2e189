"""Lists that separate biases and norms from the other weights but get the weight decays wrong, in one of three ways."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.analysis.decay_settings import (
    WEIGHT_DECAY,
    Inherited,
    decay_number,
    decay_of,
    inherited_decay,
    is_fixed,
    is_setting_of_decay,
    listed_with,
    number_text,
    surely_names_no_decay,
    takers,
    value_in_words,
)
from optimlint.analysis.ignored_keys import is_read_elsewhere
from optimlint.analysis.parameter_kinds import ParameterKind, Place, kinds_of, place_of, same_place
from optimlint.facts import FileFacts
from optimlint.facts.groups import Expression, GroupList, Number, ParamGroup, Setting, Unknown, Value
from optimlint.facts.optimizers import OptimizerCall
from optimlint.knowledge.group_keys import is_label

_MOST_GROUPS = 200
"""Longer lists are not analyzed: a program wrote them, and comparing all pairs would take too long."""
_OF_A_SPLIT = (ParameterKind.BIAS_OR_NORM, ParameterKind.MAIN)
_TIMES_ONE = re.compile(r"^1(?:\.0*)? ?\* ?| ?\* ?1(?:\.0*)?$")
_MAY_DIFFER = re.compile(r"(?!float\(|int\()\b\w+\(|\)\(| \| ")
"""A call may return another value each time, and a choice between values may turn out differently."""


@dataclass(frozen=True, slots=True)
class Inversion:
    """A group of biases and norms that decays while the other weights, in `mains`, do not. `decay` is a positive number
    or a setting, in words.

    `origin` is the origin of an inherited decay, "" if the group sets it. `is_pair` is set if the list has just these
    two groups, so that their decays can be exchanged.
    """

    group: ParamGroup
    mains: tuple[ParamGroup, ...]
    decay: str
    origin: str
    is_pair: bool


@dataclass(frozen=True, slots=True)
class Inheritance:
    """A group of biases and norms that sets no weight decay and therefore inherits the call's, while the group `naming`
    sets one."""

    group: ParamGroup
    naming: ParamGroup
    inherited: Inherited


def inversions_in(groups: GroupList, facts: FileFacts) -> Iterator[Inversion]:
    """The groups of biases and norms that decay while the other weights of the list do not."""
    joined = [group for call in takers(groups, facts) for group in listed_with(groups, call)]
    together = tuple(dict.fromkeys((*groups.groups, *joined)))
    if len(together) > _MOST_GROUPS:
        return
    of_main, spared = _of_kind(together, ParameterKind.MAIN), _of_kind(together, ParameterKind.BIAS_OR_NORM)
    for group in spared:
        mains = same_place(group, _beside(group, of_main))
        decay, origin = _decay(group, groups, facts)
        if mains and decay and all(_has_none(main) for main in mains):
            yield Inversion(group, mains, decay, origin, len(same_place(mains[0], spared)) == len(mains) == 1)


def inheritances_in(groups: GroupList, call: OptimizerCall) -> Iterator[Inheritance]:
    """The groups of biases and norms that inherit the call's positive weight decay."""
    inherited = inherited_decay(call)
    if inherited is None or inherited.value <= 0:
        return
    together = listed_with(groups, call)
    of_main = _of_kind(together, ParameterKind.MAIN)
    for group in _of_kind(together, ParameterKind.BIAS_OR_NORM):
        # A group beside weights that set no decay was made for another purpose.
        split_from = same_place(group, _beside(group, of_main)) or _beside(group, together)
        named = (
            other
            for other in split_from
            if other != group and decay_of(other) and not _is_for_another_key(group, other, inherited)
        )
        naming = next(named, None)
        if naming is not None and surely_names_no_decay(group):
            yield Inheritance(group, naming, inherited)


def _is_for_another_key(group: ParamGroup, other: ParamGroup, inherited: Inherited) -> bool:
    """Whether two groups have the same weight decay and differ in the learning rate or another key."""
    own, others = (
        {setting.key: setting.value for setting in one.settings if setting.key != WEIGHT_DECAY}
        for one in (group, other)
    )
    return decay_number(other) == inherited.value and own != others


def equal_split(groups: GroupList, facts: FileFacts) -> dict[ParamGroup, ParameterKind]:
    """The groups of splits whose groups all have the same settings, with their kinds. The whole list may be one such
    split, or contain one for each of several parts of the model. Empty if there is none."""
    kinds = zip(groups.groups, kinds_of(groups.groups), strict=True)
    split: dict[ParamGroup, ParameterKind] = {group: kind for group, kind in kinds if kind in _OF_A_SPLIT}
    if not groups.is_complete or len(split) > _MOST_GROUPS:
        return {}
    if _is_equal(split, facts):
        return split
    by_place: dict[Place, dict[ParamGroup, ParameterKind]] = {}
    for group, kind in split.items():
        by_place.setdefault(place_of(group), {})[group] = kind
    equal = [here for here in by_place.values() if _is_equal(here, facts)]
    return {group: kind for here in equal for group, kind in here.items()}


def _is_equal(split: dict[ParamGroup, ParameterKind], facts: FileFacts) -> bool:
    """Whether a split has groups of both kinds that can be in the list together, and all its groups have the same
    settings."""
    spared = [group for group, kind in split.items() if kind is ParameterKind.BIAS_OR_NORM]
    mains = [group for group, kind in split.items() if kind is ParameterKind.MAIN]
    if not any(not one.is_alternative_to(other) for one in spared for other in mains):
        return False
    first, *others = (_settings(group, facts) for group in split)
    return first is not None and all(other == first for other in others)


def is_sound(groups: GroupList, facts: FileFacts) -> bool:
    """Whether the list has none of these three errors."""
    if any(inversions_in(groups, facts)) or equal_split(groups, facts):
        return False
    return not any(True for call in takers(groups, facts) for _ in inheritances_in(groups, call))


def _of_kind(groups: tuple[ParamGroup, ...], wanted: ParameterKind) -> tuple[ParamGroup, ...]:
    return tuple(group for group, kind in zip(groups, kinds_of(groups), strict=True) if kind is wanted)


def _beside(group: ParamGroup, others: tuple[ParamGroup, ...]) -> tuple[ParamGroup, ...]:
    """The groups that can be in the list together with this one."""
    return tuple(other for other in others if not group.is_alternative_to(other))


def _has_none(group: ParamGroup) -> bool:
    """Whether the group surely sets its weight decay to 0."""
    own = decay_of(group)
    return own is not None and own.value == Number(0) and is_fixed(own) and not group.has_open_settings


def _decay(group: ParamGroup, groups: GroupList, facts: FileFacts) -> tuple[str, str]:
    """The group's weight decay in words and, if it is inherited, its origin; empty strings if it is 0 or not known."""
    own, number = decay_of(group), decay_number(group)
    if number is not None:
        return number_text(number) if number > 0 else "", ""
    if own is not None and not group.has_open_settings and is_setting_of_decay(own.value):
        return value_in_words(own), ""
    inherited = [inherited_decay(call) for call in takers(groups, facts)]
    first = inherited[0] if inherited else None
    if first is None or not surely_names_no_decay(group) or not all(one and one.value > 0 for one in inherited):
        return "", ""
    return number_text(first.value), first.origin


def _settings(group: ParamGroup, facts: FileFacts) -> dict[str, Value] | None:
    """The settings that can distinguish a group from another; None if one of them is not known."""
    settings = {
        setting.key: _plain(setting)
        for setting in group.settings
        if not is_label(setting.key) or is_read_elsewhere(setting.key, facts)
    }
    is_known = not group.has_open_settings and not any(isinstance(value, Unknown) for value in settings.values())
    return settings if is_known else None


def _plain(setting: Setting) -> Value:
    """The value without factors of one; unknown if equal code may give different values."""
    value = setting.value
    if isinstance(value, Number) and not is_fixed(setting):
        return Expression(setting.value_text)
    if not isinstance(value, Expression):
        return value
    text = _TIMES_ONE.sub("", value.text)
    return Unknown() if _MAY_DIFFER.search(text) else Expression(text)
