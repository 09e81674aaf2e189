"""The effective groups of every optimizer: the content of `optimizer.param_groups`, computed without running anything.

Unknown stays unknown. A value that cannot be read is `Unknown`, parameters that cannot be followed are marked as such,
and groups that only some paths add do not count as certain.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from optimlint.analysis.coverage.wording import selection_words
from optimlint.analysis.decay_settings import number_text
from optimlint.analysis.left_out import LeftOut, left_out
from optimlint.analysis.unused_groups import bypassed_by, is_read, shares_scope
from optimlint.diagnostic import Range
from optimlint.facts import FileFacts
from optimlint.facts.conditions import NEVER, Always
from optimlint.facts.groups import Expression, GroupList, Number, ParamGroup, Part, Unknown, Value
from optimlint.facts.optimizers import AllParameters, Chosen, Groups, Opaque, OptimizerCall
from optimlint.knowledge.catalog import Optimizer


class Origin(Enum):
    """Where the value of a setting comes from."""

    GROUP = "group"
    CALL = "call"
    DEFAULT = "default"
    ABSENT = "absent"
    """The optimizer has no such setting."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """The value of one key in a group, and where it comes from."""

    value: Value
    origin: Origin
    written: str = ""
    """The value as written in the code, if it is."""

    @property
    def text(self) -> str:
        """The value for display: a number, its expression, "none" or "unknown"."""
        match self.value:
            case Number(value):
                return number_text(value)
            case Expression(text):
                return self.written or text
            case Unknown():
                return "none" if self.origin is Origin.ABSENT else "unknown"


@dataclass(frozen=True, slots=True)
class EffectiveGroup:
    """One entry of `param_groups`. `parts` are its parameters and `parameters` describes them in words; if it is not
    readable there may be more. `range` is the group dict, or the argument if torch creates the group from plain
    parameters. `is_added` marks a group added later by `add_param_group`."""

    parts: tuple[Part, ...]
    parameters: str
    weight_decay: EffectiveSetting
    learning_rate: EffectiveSetting
    range: Range
    is_readable: bool = True
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class UnusedGroups:
    """Groups that were built but not passed to the optimizer, with the settings each would have got."""

    place: str | None
    groups: tuple[EffectiveGroup, ...]
    range: Range


@dataclass(frozen=True, slots=True)
class EffectiveOptimizer:
    """The effective groups of one construction of an optimizer.

    `choices` has one tuple of groups per path through branches before it, usually one. `is_certain` is False if there
    may be other groups that cannot be followed. `left_out` are the parameters of the groups' models that are in no
    group.
    """

    name: str
    qualified_name: str | None
    place: str | None
    range: Range
    choices: tuple[tuple[EffectiveGroup, ...], ...]
    is_certain: bool
    left_out: LeftOut
    unused: tuple[UnusedGroups, ...]


def effective_optimizers(facts: FileFacts) -> tuple[EffectiveOptimizer, ...]:
    """The effective groups of each optimizer of a source, in source order. Optimizers constructed in other files are
    reported for those files."""
    return tuple(_effective(call, facts) for call in facts.optimizer_calls if not call.range.path)


def _effective(call: OptimizerCall, facts: FileFacts) -> EffectiveOptimizer:
    return EffectiveOptimizer(
        call.name,
        call.optimizer.qualified_name if call.optimizer else call.qualified_name,
        call.place,
        call.range,
        _choices(call),
        _is_certain(call),
        _left_out(call, facts),
        tuple(_unused(groups, call) for groups in _ignored_by(call, facts)),
    )


def _choices(call: OptimizerCall) -> tuple[tuple[EffectiveGroup, ...], ...]:
    """The groups of the construction, followed by groups added later, for each path."""
    lists: tuple[tuple[ParamGroup, ...], ...]
    match call.params:
        case _ if call.ways:
            lists = call.ways
        case AllParameters() | Groups() if call.taken is not None:
            lists = (call.taken,)
        case AllParameters(model, range, group):
            lists = ((group or ParamGroup((Part(model, Always()),), (), range),),)
        case Groups(several):
            lists = tuple(_as_given(one, call) for one in several)
        case Chosen(group):
            lists = ((group,),)
        case Opaque(range):
            lists = ((ParamGroup((), (), range, is_readable=False),),)
    first = tuple(tuple(_group(group, call) for group in groups) for groups in lists)
    added = tuple(_group(group, call, is_added=True) for one in call.added for group in one.groups)
    return tuple(choice + added for choice in first)


def _is_certain(call: OptimizerCall) -> bool:
    """Whether the choices are complete."""
    return call.is_exact and not isinstance(call.params, Opaque)


def _as_given(groups: GroupList, call: OptimizerCall) -> tuple[ParamGroup, ...]:
    """The groups that can reach the construction, without those from paths that exclude it."""
    return tuple(group for group in groups.groups if not group.reach.excludes(call.reach))


def _group(group: ParamGroup, call: OptimizerCall, *, is_added: bool = False) -> EffectiveGroup:
    parts = tuple(part for part in _as_read(group).parts if part.condition != NEVER)
    return EffectiveGroup(
        parts,
        selection_words(parts, is_readable=group.is_readable),
        _setting("weight_decay", group, call),
        _setting("lr", group, call),
        group.range,
        group.is_readable,
        is_added,
    )


def _as_read(group: ParamGroup) -> ParamGroup:
    """The group without the parts from exhausted iterators: torch accepts an empty group silently."""
    return replace(group, parts=tuple(part for part in group.parts if not part.is_drained and not group.is_drained))


def _setting(key: str, group: ParamGroup, call: OptimizerCall) -> EffectiveSetting:
    """The value for a key: the group's own, else the call's argument, else the optimizer's default."""
    if group.has_open_settings or key in call.changed_keys:
        return _UNKNOWN
    own, given = group.setting(key), call.setting(key)
    if own is not None:
        return EffectiveSetting(own.value, Origin.GROUP, own.value_text)
    if call.is_refilled:
        return _UNKNOWN
    if given is not None:
        return EffectiveSetting(given.value, Origin.CALL, given.value_text)
    if call.has_open_settings or call.optimizer is None:
        return _UNKNOWN
    return _default(key, call.optimizer)


def _default(key: str, optimizer: Optimizer) -> EffectiveSetting:
    if key == "weight_decay" and optimizer.has_weight_decay is False:
        return EffectiveSetting(Unknown(), Origin.ABSENT)
    known = optimizer.default_decay if key == "weight_decay" else optimizer.default_lr
    return _UNKNOWN if known is None else EffectiveSetting(Number(known), Origin.DEFAULT)


_UNKNOWN = EffectiveSetting(Unknown(), Origin.UNKNOWN)


def _left_out(call: OptimizerCall, facts: FileFacts) -> LeftOut:
    """The parameters that the groups leave out on some path."""
    match call.params:
        case _ if call.ways:
            lists: tuple[tuple[ParamGroup, ...], ...] = call.ways
        case AllParameters() | Groups() if call.taken is not None:
            lists = (call.taken,)
        case AllParameters(model):
            return LeftOut(is_certain=_is_certain(call), models=(model.text,))
        case Opaque():
            return LeftOut(is_certain=False)
        case Chosen(group):
            lists = ((group,),)
        case Groups(several):
            lists = tuple(_as_given(one, call) for one in several)
    added = tuple(group for one in call.added for group in one.groups)
    said = [left_out(tuple(_as_read(group) for group in groups + added), facts) for groups in lists]
    return LeftOut(
        tuple(dict.fromkeys(words for one in said for words in one.words)),
        _is_certain(call) and all(one.is_certain for one in said),
        tuple(dict.fromkeys(model for one in said for model in one.models)),
    )


def _ignored_by(call: OptimizerCall, facts: FileFacts) -> tuple[GroupList, ...]:
    """Unused groups that could have been passed to this optimizer."""
    match call.params:
        case AllParameters():
            return bypassed_by(call, facts)
        case Groups(lists):
            models = {model.identity for one in lists for model in one.models}
        case Chosen() | Opaque():
            models = {model.identity for one in facts.group_lists for model in one.models}
    return tuple(
        groups
        for groups in facts.group_lists
        if not is_read(groups, facts)
        and shares_scope(groups.scope, groups.place, call.scope)
        and any(model.identity in models for model in groups.models)
    )


def _unused(groups: GroupList, call: OptimizerCall) -> UnusedGroups:
    return UnusedGroups(groups.place, tuple(_group(group, call) for group in groups.groups), groups.range)


def moved(optimizer: EffectiveOptimizer, place: Callable[[Range], Range]) -> EffectiveOptimizer:
    """The same optimizer with its ranges mapped by `place`, for example from a notebook's joined source to its
    cells."""

    def groups_at(groups: tuple[EffectiveGroup, ...]) -> tuple[EffectiveGroup, ...]:
        return tuple(replace(group, range=place(group.range)) for group in groups)

    return replace(
        optimizer,
        range=place(optimizer.range),
        choices=tuple(groups_at(groups) for groups in optimizer.choices),
        unused=tuple(replace(one, range=place(one.range), groups=groups_at(one.groups)) for one in optimizer.unused),
    )
