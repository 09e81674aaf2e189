"""Group lists as their optimizers get them, and what else in the source takes parameters of the same models."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimlint.facts import FileFacts
from optimlint.facts.conditions import Always
from optimlint.facts.coverage import Coverage, coverage
from optimlint.facts.groups import GroupList, ParamGroup, Part
from optimlint.facts.names import Scope, ScopeKind
from optimlint.facts.optimizers import AllParameters, Chosen, Groups, Opaque, OptimizerCall
from optimlint.facts.project import ModelClass


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
    for group_list in facts.group_lists:
        if not group_list.is_listed or group_list.identity in added or not group_list.groups:
            continue
        if any(_is_part_of(group_list, other) for other in facts.group_lists):
            continue
        groups = _with_added(group_list, facts)
        elsewhere = (*_taken_elsewhere(group_list, facts), *((one,) for one in group_list.left_out))
        yield Listed(
            group_list,
            groups,
            elsewhere,
            coverage(groups, elsewhere, classes),
            group_list.is_complete and all(map(_is_readable, groups)) and not _is_more_taken(group_list, facts),
        )


def model_classes(facts: FileFacts) -> tuple[tuple[int, ModelClass], ...]:
    """The classes of models, of this source and of other files, with what this source freezes marked as frozen."""
    imported = [(identity, facts.project.model_class(name)) for identity, name in facts.imported_classes]
    known = [*facts.classes, *((identity, found) for identity, found in imported if found is not None)]
    frozen = {(model.identity, model.path[0]) for model in facts.frozen if len(model.path) == 1}
    return tuple(
        (
            identity,
            replace(
                found,
                sub_modules=tuple(
                    replace(one, is_frozen=True) if (identity, one.name) in frozen else one for one in found.sub_modules
                ),
            ),
        )
        for identity, found in known
    )


def takes(call: OptimizerCall, group_list: GroupList) -> bool:
    """Whether the optimizer gets this very list."""
    return isinstance(call.params, Groups) and any(one.identity == group_list.identity for one in call.params.lists)


def _with_added(group_list: GroupList, facts: FileFacts) -> tuple[ParamGroup, ...]:
    """The groups of a list and those that `add_param_group` puts beside them later."""
    calls = (call for call in facts.optimizer_calls if takes(call, group_list))
    added = (group for call in calls for one in call.added for group in one.groups)
    return (*group_list.groups, *dict.fromkeys(added))


def _taken_elsewhere(group_list: GroupList, facts: FileFacts) -> Iterator[tuple[ParamGroup, ...]]:
    """What other lists that are used, and optimizers over a sub-module, take of the same models. An optimizer over the
    whole model is an alternative to the list: it takes what the list takes, too."""
    identities = {model.identity for model in group_list.models}
    for other in _others(group_list, facts):
        if identities & {model.identity for model in other.models}:
            yield other.groups
    for call in facts.optimizer_calls:
        if isinstance(call.params, AllParameters) and call.params.model.path:
            yield (ParamGroup((Part(call.params.model, Always()),), (), call.params.range),)


def _others(group_list: GroupList, facts: FileFacts) -> Iterator[GroupList]:
    """The lists beside this one that something uses."""
    for other in facts.group_lists:
        is_used = other.is_consumed or any(takes(call, other) for call in facts.optimizer_calls)
        if other.identity != group_list.identity and is_used and not _is_part_of(other, group_list):
            yield other


def _is_more_taken(group_list: GroupList, facts: FileFacts) -> bool:
    """Whether an optimizer or a list near this one takes parameters that cannot be followed."""
    if any(
        isinstance(call.params, Chosen | Opaque) and _is_near(call.scope, group_list.scope)
        for call in facts.optimizer_calls
    ):
        return True
    near = (other for other in _others(group_list, facts) if _is_near(other.scope, group_list.scope))
    return any(not other.is_complete or not all(map(_is_readable, other.groups)) for other in near)


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
