"""Sub-modules of a model in view that the model uses, and that no group and no optimizer takes."""

import re
from collections.abc import Iterator

from optimlint.facts import FileFacts
from optimlint.facts.conditions import Always
from optimlint.facts.groups import GroupList, Part
from optimlint.facts.kin import kin_of, parts_of_model
from optimlint.facts.listed import Listed, model_classes
from optimlint.facts.names import Model, Scope, class_around
from optimlint.facts.optimizers import AllParameters
from optimlint.facts.project import SubModule
from optimlint.facts.relations import Parameter, meets
from optimlint.knowledge.words import says_left_out, says_untrained, tells_of_leaving_out

_TYPICAL = ("", ".weight", ".bias", ".norm.weight")
_Forgotten = tuple[Model, tuple[SubModule, ...]]


def forgotten(facts: FileFacts, listed: Listed) -> Iterator[_Forgotten]:
    """The sub-modules that a list over sub-modules of a model forgets, model by model.

    One group is a choice, several are a split of what is to be trained. A list that takes parameters from the whole
    model is judged by its filters, not here.
    """
    if len(listed.groups) < 2:
        return
    for identity, model_class in model_classes(facts):
        parts = [part for group in listed.groups for part in group.parts]
        models = [part.model for part in parts if part.model is not None and part.model.identity == identity]
        if any(part.model is not None and part.model.may_be_part_of(identity) for part in parts):
            continue
        if not models or not all(model.path for model in models):
            continue
        kin = kin_of(identity, facts)
        frozen = list(parts_of_model(identity, kin, facts.frozen))
        names = {model.path[0] for model in models}
        taken = [part for one in _takings(facts, listed) for part in _beside(identity, kin, names, *one)]
        left = tuple(
            one
            for one in model_class.sub_modules
            if one.is_trained
            and not is_left_on_purpose(one.name)
            and not any(_may_take(part, one.name) for part in (*taken, *frozen))
            and not is_said_to_be_left(one.name, facts, listed.group_list)
        )
        if left:
            yield _owner(models[0]), left


def is_left_on_purpose(name: str) -> bool:
    """Whether a name says that the place is not meant to be trained."""
    return says_untrained(name)


def lists_left_on_purpose(facts: FileFacts, scope: Scope) -> frozenset[str]:
    """The entries of lists, in view of `scope`, whose names say that what they name is not trained: `no_grad`,
    `frozen`."""
    said = (one for one in facts.name_lists if one.place and says_left_out(one.place))
    return frozenset(entry for one in said if _is_in_view(one.scope, scope) for entry in one.entries)


def _is_in_view(scope: Scope, other: Scope) -> bool:
    """Whether names of one scope can be read in another: of a scope around it, or by way of `self`."""
    one, around = class_around(scope), class_around(other)
    return scope.holds(other) or (one is not None and one == around)


def is_said_to_be_left(name: str, facts: FileFacts, group_list: GroupList) -> bool:
    """Whether a comment in the list, or right above it, says that something is left out, or holds what would take the
    sub-module."""
    first, last = group_list.range.start.line - 2, group_list.range.end.line
    near = (
        comment.text
        for comment in facts.comments
        if comment.range.cell == group_list.range.cell and first <= comment.range.start.line <= last
    )
    return any(tells_of_leaving_out(text) or re.search(rf"\.{re.escape(name)}\b", text) for text in near)


def _takings(facts: FileFacts, listed: Listed) -> Iterator[tuple[bool, tuple[Part, ...]]]:
    """What lists and optimizers of the source take of any model, each apart, and whether another function than the
    list's own does so."""
    own = listed.group_list.scope
    yield False, tuple(part for group in (*listed.groups, *listed.group_list.left_out) for part in group.parts)
    for one in facts.group_lists:
        yield one.scope != own, tuple(part for group in one.groups for part in group.parts)
    for call in facts.optimizer_calls:
        whole = (call.params.model,) if isinstance(call.params, AllParameters) else ()
        yield call.scope != own, tuple(Part(model, Always()) for model in (*whole, *call.models))


def _beside(
    identity: int, kin: tuple[Model, ...], names: set[str], is_apart: bool, parts: tuple[Part, ...]
) -> Iterator[Part]:
    """What is taken of a model beside a list that takes the sub-modules `names` of it. Where another function takes
    one of these, too, it is an alternative to the list."""
    found = list(parts_of_model(identity, kin, parts))
    models = [part.model for part in found if part.model is not None]
    if not is_apart or not any(not model.path or model.path[0] in names for model in models):
        yield from found


def _may_take(part: Part, name: str) -> bool:
    """Whether a part of the model may hold parameters of the sub-module of that name."""
    if part.model is not None and part.model.path:
        # An element of the whole is any part of it; or the whole, where a loader gives it beside something else.
        return part.model.path[0] == name or part.model.path[0].startswith("[")
    return any(meets(part.condition, Parameter(f"{name}{tail}")) is not False for tail in _TYPICAL)


def _owner(model: Model) -> Model:
    """The model that a sub-module is taken from."""
    return Model(model.identity, (), model.text.removesuffix("." + ".".join(model.path)))
