"""Streams of parameters: `model.parameters()` and similar methods."""

from dataclasses import replace

from optimlint.facts.conditions import UnknownTest, both
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import WITH_PARAMETER, Aspect
from optimlint.interpret.models.wrappers import wrapping_of
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Constant,
    DraftPart,
    Element,
    Entity,
    Stream,
    Values,
)
from optimlint.syntax import tree


def arguments_of(frame: Frame, state: State, node: tree.Call) -> list[Values]:
    """The values of each argument of a call."""
    return [evaluate(frame, state, argument.value) for argument in node.args]


def parameters_of(frame: Frame, state: State, node: tree.Call, owners: Values, what: Aspect) -> Values | None:
    """The stream that `model.parameters()` or a similar method returns; None if no value of `model` is an object that
    can be a model."""
    method = node.func.attr.value if isinstance(node.func, tree.Attribute) else ""
    parts: list[DraftPart] = []
    is_full_names = what is Aspect.PAIR
    for owner in owners:
        match owner:
            case Entity():
                parts.append(DraftPart(owner.representative()))
            case Element(what=Aspect.MODULE, parts=held):
                unknown = UnknownTest(f"{owner.text}.{method}")
                parts.extend(DraftPart(part.owner, both(part.condition, unknown)) for part in held)
                is_full_names = False
            case _:
                continue
    if not parts:
        return None
    if len(parts) > 1 and all(isinstance(owner, Entity) for owner in owners):
        text = frame.world.layout.code(node.func.value) if isinstance(node.func, tree.Attribute) else method
        parts = [DraftPart(frame.world.either((owner for owner in owners if isinstance(owner, Entity)), text))]
    if is_full_names and isinstance(node.func, tree.Attribute):
        wrapping = wrapping_of(state, node.func.value)
        parts = [replace(part, wrapping=wrapping) for part in parts] if wrapping is not None else parts
    arguments = arguments_of(frame, state, node)
    if any(_is_false(values) for values in arguments):
        parts = [DraftPart(part.owner, both(part.condition, UnknownTest("recurse=False"))) for part in parts]
    made = frame.world.make(
        node, "stream", frame.context, lambda: Stream(node, what, tuple(parts), what in WITH_PARAMETER, is_full_names)
    )
    made.parts = tuple(dict.fromkeys(parts))
    return (made,)


def _is_false(values: Values) -> bool:
    return len(values) == 1 and isinstance(values[0], Constant) and values[0].value is False
