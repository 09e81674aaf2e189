"""Group lists as their optimizers get them, and what else in the source takes parameters of the same models."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from optimlint.analysis.coverage import Coverage, coverage
from optimlint.analysis.kin import groups_of_kin, kin_of, parts_of_model
from optimlint.diagnostic import Range
from optimlint.facts import FileFacts
from optimlint.facts.conditions import Always
from optimlint.facts.groups import GroupList, ParamGroup, Part
from optimlint.facts.models import ModelClass, one_of
from optimlint.facts.names import Scope, ScopeKind
from optimlint.facts.optimizers import AllParameters, Chosen, Groups, Opaque, OptimizerCall

MOST_ELSEWHERE = 100
"""How many lists that take of one list's models are compared with it. Beyond them nobody knows what is taken."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list and all groups that its optimizer gets in the end. `elsewhere` are the groups of other optimizers, and of
    dicts that were never listed, one tuple for each. `is_whole` is False where more parameters may be trained than
    can be followed."""

    group_list: GroupList
    groups: tuple[ParamGroup, ...]
    elsewhere: tuple[tuple[ParamGroup, ...], ...]
    coverage: tuple[Coverage, ...]
    is_whole: bool


def listed(facts: FileFacts) -> Iterator[Listed]:
    """The lists that an optimizer may get as they are: not those that were added to others."""
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
        others = chain(_taken_elsewhere(group_list, lists), _taken_of_kin(identities, lists, facts))
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
    """What this source freezes of these models. A model that is frozen as a whole is trained in part again, or not at
    all."""
    parts = (part for one in identities for part in parts_of_model(one, kin_of(one, facts), facts.frozen))
    return tuple(part for part in parts if not is_whole(part))


def is_whole(part: Part) -> bool:
    """Whether a part is all of a model."""
    return part.model is not None and not part.model.path and part.condition == Always()


def model_classes(facts: FileFacts) -> tuple[tuple[int, ModelClass], ...]:
    """The classes of models, of this source and of other files, with what this source freezes marked as frozen."""
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
    parts = parts_of_model(identity, kin_of(identity, facts), facts.frozen)
    models = [part.model for part in parts if part.model is not None and part.condition == Always()]
    frozen = {model.path[0] for model in models if len(model.path) == 1}
    if not frozen:
        return found
    sub_modules = (replace(one, is_frozen=True) if one.name in frozen else one for one in found.sub_modules)
    return replace(found, sub_modules=tuple(sub_modules))


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists and the optimizers of a source, in the orders in which they are asked for: each list asks about the
    others, and a long source has many. `calls` are the optimizers that get a list, by its identity; `used` the lists
    that something uses, by the models that they are made of; `holding` the lists that hold a group, by its range."""

    calls: dict[int, list[OptimizerCall]]
    used: dict[int, list[GroupList]]
    unclear: list[GroupList]
    """The used lists that may hold more than can be followed."""
    holding: dict[Range, list[GroupList]]
    over_parts: list[ParamGroup]
    """What optimizers over sub-modules take."""
    unfollowed: list[OptimizerCall]
    """The optimizers of which nobody knows what they take."""

    @staticmethod
    def of(facts: FileFacts) -> "_Lists":
        """The lists and optimizers in `facts`."""
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
        """The lists that hold the first group of this one, too."""
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
    """The groups of a list and those that `add_param_group` puts beside them later."""
    calls = lists.calls.get(group_list.identity, ())
    added = (group for call in calls for one in call.added for group in one.groups)
    return (*group_list.groups, *dict.fromkeys(added))


def _taken_elsewhere(group_list: GroupList, lists: _Lists) -> Iterator[tuple[ParamGroup, ...]]:
    """What other lists that are used, and optimizers over a sub-module, take of the same models. An optimizer over the
    whole model is an alternative to the list: it takes what the list takes, too."""
    sharing = {other.identity: other for model in group_list.models for other in lists.used.get(model.identity, ())}
    for other in sorted(sharing.values(), key=lambda other: other.order):
        if _is_beside(other, group_list):
            yield other.groups
    yield from ((group,) for group in lists.over_parts)


def _taken_of_kin(identities: tuple[int, ...], lists: _Lists, facts: FileFacts) -> Iterator[tuple[ParamGroup, ...]]:
    """What lists and optimizers take of these models where the code calls them otherwise."""
    for identity in identities:
        kin = kin_of(identity, facts)
        sharing = {other.identity: other for model in kin for other in lists.used.get(model.identity, ())}
        groups = (*(other.groups for other in sharing.values()), *((group,) for group in lists.over_parts))
        yield from filter(None, (groups_of_kin(identity, kin, each) for each in groups))


def _is_beside(other: GroupList, group_list: GroupList) -> bool:
    """Whether a list is another one than this, and no part of it."""
    return other.identity != group_list.identity and not _is_part_of(other, group_list)


def _is_more_taken(group_list: GroupList, lists: _Lists) -> bool:
    """Whether an optimizer or a list near this one takes parameters that cannot be followed."""
    if any(_is_near(call.scope, group_list.scope) for call in lists.unfollowed):
        return True
    near = (other for other in lists.unclear if _is_near(other.scope, group_list.scope))
    return any(_is_beside(other, group_list) for other in near)


def _is_part_of(group_list: GroupList, other: GroupList) -> bool:
    """Whether all groups of a list, and more, are in another."""
    if len(group_list.groups) >= len(other.groups):
        return False
    return {group.range for group in group_list.groups} < {group.range for group in other.groups}


def _is_readable(group: ParamGroup) -> bool:
    return group.is_readable and all(part.model is not None for part in group.parts)


def _is_near(one: Scope, other: Scope) -> bool:
    """Whether two scopes are one, lie in one another, or are methods of one class; all lie in the module."""
    if one == other or (other.holds(one) and other.kind is not ScopeKind.MODULE):
        return True
    if one.holds(other) and one.kind is not ScopeKind.MODULE:
        return True
    return one.parent == other.parent and one.parent is not None and one.parent.kind is ScopeKind.CLASS
