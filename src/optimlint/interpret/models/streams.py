"""Streams of parameters: `model.parameters()` and similar methods."""

from dataclasses import replace

from optimlint.facts.conditions import Always, Condition, UnknownTest, both
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
    arguments = arguments_of(frame, state, node)
    depth = _not_deeper(frame, node, method, arguments)
    parts: list[DraftPart] = []
    for owner in owners:
        match owner:
            case Entity():
                parts.append(DraftPart(owner.representative(), _but_for(depth)))
            case Element(what=Aspect.MODULE, parts=held) if owner.is_every_module and depth == _OWN:
                parts.extend(held)  # The own parameters of each module are all that the model has.
            case Element(what=Aspect.MODULE, parts=held):
                unknown = both(UnknownTest(f"{owner.text}.{method}"), _but_for(depth))
                parts.extend(DraftPart(part.owner, both(part.condition, unknown)) for part in held)
            case _:
                continue
    if not parts:
        return None
    is_full_names = what is Aspect.PAIR and not any(isinstance(owner, Element) for owner in owners)
    if len(parts) > 1 and all(isinstance(owner, Entity) for owner in owners):
        text = frame.world.layout.code(node.func.value) if isinstance(node.func, tree.Attribute) else method
        several = frame.world.either((owner for owner in owners if isinstance(owner, Entity)), text)
        parts = [DraftPart(several, _but_for(depth))]
    if is_full_names and isinstance(node.func, tree.Attribute):
        wrapping = wrapping_of(state, node.func.value)
        parts = [replace(part, wrapping=wrapping) for part in parts] if wrapping is not None else parts
    made = frame.world.make(
        node, "stream", frame.context, lambda: Stream(node, what, tuple(parts), what in WITH_PARAMETER, is_full_names)
    )
    made.is_every_module = what in (Aspect.MODULE, Aspect.MODULE_PAIR) and not node.args
    made.parts = tuple(dict.fromkeys(parts))
    return (made,)


_OWN = "recurse=False"
_PLACES = {"parameters": 0, "named_parameters": 1}
"""Where `recurse` stands among the arguments of methods."""


def _not_deeper(frame: Frame, node: tree.Call, method: str, arguments: list[Values]) -> str:
    """What of a call may keep it from the parameters of the parts of a module; "" if nothing does."""
    place = _PLACES.get(method)
    for index, (argument, values) in enumerate(zip(node.args, arguments, strict=True)):
        if argument.star and place is not None:
            return frame.world.layout.code(argument)
        is_meant = index == place if argument.keyword is None else argument.keyword.value == "recurse"
        if is_meant and place is not None:
            known = values[0] if len(values) == 1 and isinstance(values[0], Constant) else None
            if known is None:
                return f"recurse={frame.world.layout.code(argument.value)}"
            return "" if known.value else _OWN
    return ""


def _but_for(depth: str) -> Condition:
    return UnknownTest(depth) if depth else Always()
