"""Group lists as their optimizers get them, and the other code in the source that takes parameters of the same
models."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from optimlint.analysis.aliases import aliases_of, groups_of_aliases, parts_of_model
from optimlint.analysis.coverage import Coverage, coverage
from optimlint.diagnostic import Range
from optimlint.facts import FileFacts
from optimlint.facts.conditions import Always
from optimlint.facts.groups import GroupList, ParamGroup, Part
from optimlint.facts.models import ModelClass, one_of
from optimlint.facts.names import Scope, ScopeKind
from optimlint.facts.optimizers import AllParameters, Chosen, Groups, Opaque, OptimizerCall

MOST_ELSEWHERE = 100
"""How many other lists over the same models are compared with a list. If there are more, it is not known what is
taken."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with all groups that its optimizer finally gets. `elsewhere` are the groups of other optimizers, and of
    dicts that were never put in a list, one tuple for each. `is_whole` is False if more parameters may be trained than
    the analysis can follow."""

    group_list: GroupList
    groups: tuple[ParamGroup, ...]
    elsewhere: tuple[tuple[ParamGroup, ...], ...]
    coverage: tuple[Coverage, ...]
    is_whole: bool


def listed(facts: FileFacts) -> Iterator[Listed]:
    """The lists that an optimizer may get as they are, without lists that are added to others."""
    classes = model_classes(facts)
    added = {one.identity for call in facts.optimizer_calls for one in call.added}
    lists = _Lists.of(facts)
    for group_list in facts.group_lists:
        if not group_list.is_listed or group_list.identity in added or not group_list.groups:
            continue
        if any(_is_part_of(group_list, other) for other in lists.sharing(group_list)):
            continue
        groups = _with_added(group_list, lists)
        identities = tuple(dict.fromkeys(model.identity for model in group_list.models))
        others = chain(_taken_elsewhere(group_list, lists), _taken_of_aliases(identities, lists, facts))
        taken = tuple(islice(others, MOST_ELSEWHERE + 1))
        is_bounded = len(taken) <= MOST_ELSEWHERE
        elsewhere = (*(taken if is_bounded else ()), *((one,) for one in group_list.left_out))
        is_readable = group_list.is_followed and all(map(_is_readable, groups))
        is_readable &= not any(call.adds_unknown for call in lists.calls.get(group_list.identity, ()))
        yield Listed(
            group_list,
            groups,
            elsewhere,
            coverage(groups, elsewhere, classes, frozen_parts(identities, facts)),
            is_bounded and is_readable and not _is_more_taken(group_list, lists),
        )


def frozen_parts(identities: tuple[int, ...], facts: FileFacts) -> tuple[Part, ...]:
    """The parts of these models that this source freezes. A model that is frozen as a whole is not included: either
    parts of it are unfrozen later, or none of it is trained."""
    parts = (part for one in identities for part in parts_of_model(one, aliases_of(one, facts), facts.frozen))
    return tuple(part for part in parts if not is_whole(part))


def is_whole(part: Part) -> bool:
    """Whether a part is an entire model."""
    return part.model is not None and not part.model.path and part.condition == Always()


def model_classes(facts: FileFacts) -> tuple[tuple[int, ModelClass], ...]:
    """The classes of models, defined in this source or in other files, with the sub-modules that this source freezes
    marked as frozen."""
    known: dict[int, list[ModelClass | None]] = {}
    for identity, found in facts.classes:
        known.setdefault(identity, []).append(found)
    for identity, argument in facts.arguments:
        known.setdefault(identity, []).extend(facts.elsewhere.classes_given(argument) or (None,))
    return tuple(
        (identity, _with_frozen(one_of(tuple(one for one in each if one is not None)), identity, facts))
        for identity, each in known.items()
        if None not in each
    )


def _with_frozen(found: ModelClass, identity: int, facts: FileFacts) -> ModelClass:
    parts = parts_of_model(identity, aliases_of(identity, facts), facts.frozen)
    models = [part.model for part in parts if part.model is not None and part.condition == Always()]
    frozen = {model.path[0] for model in models if len(model.path) == 1}
    if not frozen:
        return found
    sub_modules = (replace(one, is_frozen=True) if one.name in frozen else one for one in found.sub_modules)
    return replace(found, sub_modules=tuple(sub_modules))


@dataclass(frozen=True, slots=True)
class _Lists:
    """Indexes over the lists and optimizers of a source, because each list is compared with the others and a long
    source has many. `calls` maps the identity of a list to the optimizers that get it, `used` the identity of a model
    to the lists that are made from it and used, and `holding` the range of a group to the lists that contain it."""

    calls: dict[int, list[OptimizerCall]]
    used: dict[int, list[GroupList]]
    unclear: list[GroupList]
    """The used lists that may contain more than the analysis can follow."""
    holding: dict[Range, list[GroupList]]
    over_parts: list[ParamGroup]
    """The parameters that optimizers over sub-modules take."""
    unfollowed: list[OptimizerCall]
    """The optimizers whose parameters are not known."""

    @staticmethod
    def of(facts: FileFacts) -> "_Lists":
        """Index the lists and optimizers in `facts`."""
        lists = _Lists({}, {}, [], {}, [], [])
        for call in facts.optimizer_calls:
            match call.params:
                case Groups(held):
                    for identity in dict.fromkeys(one.identity for one in held):
                        lists.calls.setdefault(identity, []).append(call)
                case AllParameters(model) if model.path:
                    lists.over_parts.append(ParamGroup((Part(model, Always()),), (), call.params.range))
                case Chosen() | Opaque():
                    lists.unfollowed.append(call)
        for one in facts.group_lists:
            lists._add(one)
        return lists

    def sharing(self, group_list: GroupList) -> list[GroupList]:
        """The lists that contain the first group of this one, this one included."""
        return self.holding[group_list.groups[0].range]

    def _add(self, one: GroupList) -> None:
        for place in dict.fromkeys(group.range for group in one.groups):
            self.holding.setdefault(place, []).append(one)
        if not one.is_consumed and one.identity not in self.calls:
            return
        for identity in dict.fromkeys(model.identity for model in one.models):
            self.used.setdefault(identity, []).append(one)
        if not one.is_followed or not all(map(_is_readable, one.groups)):
            self.unclear.append(one)


def _with_added(group_list: GroupList, lists: _Lists) -> tuple[ParamGroup, ...]:
    """The groups of a list and those that `add_param_group` adds later."""
    calls = lists.calls.get(group_list.identity, ())
    added = (group for call in calls for one in call.added for group in one.groups)
    return (*group_list.groups, *dict.fromkeys(added))


def _taken_elsewhere(group_list: GroupList, lists: _Lists) -> Iterator[tuple[ParamGroup, ...]]:
    """The groups of other optimizers that train the same models: one tuple for each group list that an optimizer gets,
    and one for each optimizer over a sub-module. An optimizer over the whole model is not included. It is an
    alternative to the list, since it takes the same parameters."""
    sharing = {other.identity: other for model in group_list.models for other in lists.used.get(model.identity, ())}
    for other in sorted(sharing.values(), key=lambda other: other.order):
        if _is_beside(other, group_list):
            yield other.groups
    yield from ((group,) for group in lists.over_parts)


def _taken_of_aliases(identities: tuple[int, ...], lists: _Lists, facts: FileFacts) -> Iterator[tuple[ParamGroup, ...]]:
    """The groups that lists and optimizers take of these models under other names."""
    for identity in identities:
        aliases = aliases_of(identity, facts)
        sharing = {other.identity: other for model in aliases for other in lists.used.get(model.identity, ())}
        groups = (*(other.groups for other in sharing.values()), *((group,) for group in lists.over_parts))
        yield from filter(None, (groups_of_aliases(identity, aliases, each) for each in groups))


def _is_beside(other: GroupList, group_list: GroupList) -> bool:
    """Whether `other` is a different list and not part of this one."""
    return other.identity != group_list.identity and not _is_part_of(other, group_list)


def _is_more_taken(group_list: GroupList, lists: _Lists) -> bool:
    """Whether an optimizer or a list near this one takes parameters that the analysis cannot follow."""
    if any(_is_near(call.scope, group_list.scope) for call in lists.unfollowed):
        return True
    near = (other for other in lists.unclear if _is_near(other.scope, group_list.scope))
    return any(_is_beside(other, group_list) for other in near)


def _is_part_of(group_list: GroupList, other: GroupList) -> bool:
    """Whether another list contains all groups of a list and more."""
    if len(group_list.groups) >= len(other.groups):
        return False
    return {group.range for group in group_list.groups} < {group.range for group in other.groups}


def _is_readable(group: ParamGroup) -> bool:
    return group.is_readable and all(part.model is not None for part in group.parts)


def _is_near(one: Scope, other: Scope) -> bool:
    """Whether two scopes are the same, nested (the module does not count), or methods of one class."""
    if one == other or (other.holds(one) and other.kind is not ScopeKind.MODULE):
        return True
    if one.holds(other) and one.kind is not ScopeKind.MODULE:
        return True
    return one.parent == other.parent and one.parent is not None and one.parent.kind is ScopeKind.CLASS
