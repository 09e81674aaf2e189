"""Sub-modules that a model of a known class uses but no group and no optimizer takes."""

import re
from collections.abc import Iterator

from optimlint.analysis.aliases import aliases_of, parts_of_model
from optimlint.analysis.coverage.condition_logic import Parameter, meets
from optimlint.analysis.listed import Listed, model_classes
from optimlint.facts import FileFacts
from optimlint.facts.conditions import Always, And, Condition, Or, UnknownTest
from optimlint.facts.groups import GroupList, Part
from optimlint.facts.models import SubModule
from optimlint.facts.names import Model, Scope, class_around
from optimlint.facts.optimizers import AllParameters
from optimlint.knowledge.words import says_left_out, says_untrained, tells_of_leaving_out

_WALKED = frozenset(("weight", "bias"))
"""The attributes that a loop over all modules takes if it means to take all parameters."""
_TYPICAL = ("", ".weight", ".bias", ".norm.weight")
_Forgotten = tuple[Model, tuple[SubModule, ...]]


def forgotten(facts: FileFacts, listed: Listed) -> Iterator[_Forgotten]:
    """The sub-modules that a list over sub-modules of a model forgets, with their model.

    A list of one group is a selection; several groups are a split of everything that should be trained. A list that
    takes parameters from the whole model is judged by its filters, not here. The exception is a list that takes
    `m.weight` and `m.bias` of each module: it misses parameters that the model itself owns.
    """
    if len(listed.groups) < 2:
        return
    for identity, model_class in model_classes(facts):
        parts = [part for group in listed.groups for part in group.parts]
        models = [part.model for part in parts if part.model is not None and part.model.identity == identity]
        if any(part.model is not None and part.model.may_be_part_of(identity) for part in parts):
            continue
        walked = [attributes_taken(part.condition) for part in parts if part.model in models and not part.model.path]
        if not models or not all(walked) or (walked and not frozenset().union(*walked) >= _WALKED):
            continue
        aliases = aliases_of(identity, facts)
        frozen = list(parts_of_model(identity, aliases, facts.frozen))
        names = {model.path[0] for model in models if model.path}
        taken = [part for one in _takings(facts, listed) for part in _beside(identity, aliases, names, *one)]
        left = tuple(
            one
            for one in model_class.sub_modules
            if one.is_trained
            and not is_left_on_purpose(one.name)
            and not any(_may_take(part, one) for part in (*taken, *frozen))
            and not is_said_to_be_left(one.name, facts, listed.group_list)
        )
        if left:
            yield _owner(models[0]), left


def is_left_on_purpose(name: str) -> bool:
    """Whether the name of a sub-module tells that it is not meant to be trained."""
    return says_untrained(name)


def lists_left_on_purpose(facts: FileFacts, scope: Scope) -> frozenset[str]:
    """The entries of name lists visible from `scope` whose own name tells that their entries are not trained:
    `no_grad`, `frozen`."""
    said = (one for one in facts.name_lists if one.place and says_left_out(one.place))
    return frozenset(entry for one in said if _is_in_view(one.scope, scope) for entry in one.entries)


def _is_in_view(scope: Scope, other: Scope) -> bool:
    """Whether names of `scope` are visible in `other`: `scope` encloses it, or both are in one class and share
    `self`."""
    one, around = class_around(scope), class_around(other)
    return scope.holds(other) or (one is not None and one == around)


def is_said_to_be_left(name: str, facts: FileFacts, group_list: GroupList) -> bool:
    """Whether a comment in the list, or directly above it, mentions that something is left out, or contains
    commented-out code that takes the sub-module."""
    first, last = group_list.range.start.line - 2, group_list.range.end.line
    near = (
        comment.text
        for comment in facts.comments
        if comment.range.cell == group_list.range.cell and first <= comment.range.start.line <= last
    )
    return any(tells_of_leaving_out(text) or re.search(rf"\.{re.escape(name)}\b", text) for text in near)


def _takings(facts: FileFacts, listed: Listed) -> Iterator[tuple[bool, tuple[Part, ...]]]:
    """The parts of models that each list and each optimizer of the source takes, and whether it does so in another
    function than the list's own."""
    own = listed.group_list.scope
    yield False, tuple(part for group in (*listed.groups, *listed.group_list.left_out) for part in group.parts)
    for one in facts.group_lists:
        yield one.scope != own, tuple(part for group in one.groups for part in group.parts)
    for call in facts.optimizer_calls:
        whole = (call.params.model,) if isinstance(call.params, AllParameters) else ()
        yield call.scope != own, tuple(Part(model, Always()) for model in (*whole, *call.models))


def _beside(
    identity: int, aliases: tuple[Model, ...], names: set[str], is_apart: bool, parts: tuple[Part, ...]
) -> Iterator[Part]:
    """The parts of a model that another list or optimizer takes in addition to a list over the sub-modules `names`.
    Nothing if it is in another function and takes one of these, too: then it is an alternative to the list."""
    found = list(parts_of_model(identity, aliases, parts))
    models = [part.model for part in found if part.model is not None]
    if not is_apart or not any(not model.path or model.path[0] in names for model in models):
        yield from found


def attributes_taken(condition: Condition) -> frozenset[str]:
    """The module attributes to which a condition restricts parameters (`m.weight`); empty if they may be any."""
    match condition:
        case UnknownTest(attribute=attribute):
            return frozenset(filter(None, (attribute,)))
        case And(operands):
            return frozenset().union(*map(attributes_taken, operands))
        case Or(operands):
            found = [attributes_taken(one) for one in operands]
            return frozenset().union(*found) if all(found) else frozenset()
        case _:
            return frozenset()


def _may_take(part: Part, sub_module: SubModule) -> bool:
    """Whether a part of the model may contain parameters of a sub-module."""
    name = sub_module.name
    if part.model is not None and part.model.path:
        # An element of the model may be any part of it, or the whole model if a loader returns a tuple.
        return part.model.path[0] == name or part.model.path[0].startswith("[")
    attributes = attributes_taken(part.condition)
    if attributes and sub_module.kind.rpartition(".")[2] == "Parameter":
        return name in attributes
    return any(meets(part.condition, Parameter(f"{name}{tail}")) is not False for tail in _TYPICAL)


def _owner(model: Model) -> Model:
    """The model that a sub-module belongs to."""
    return Model(model.identity, (), model.text.removesuffix("." + ".".join(model.path)))
