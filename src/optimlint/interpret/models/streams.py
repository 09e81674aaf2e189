"""Streams of parameters: `model.parameters()` and its kin, and chains of them."""

from optimlint.facts.conditions import UnknownTest, both
from optimlint.interpret.edits import spread
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.making import new_sequence
from optimlint.interpret.readings import note_partial, read_stream
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

_STREAMS = {"parameters": Aspect.PARAMETER, "named_parameters": Aspect.PAIR}
_MODULE_STREAMS = {
    "modules": Aspect.MODULE,
    "children": Aspect.MODULE,
    "named_modules": Aspect.MODULE_PAIR,
    "named_children": Aspect.MODULE_PAIR,
}


def arguments_of(frame: Frame, state: State, node: tree.Call) -> list[Values]:
    """What each argument of a call may be."""
    return [evaluate(frame, state, argument.value) for argument in node.args]


def chained(frame: Frame, state: State, node: tree.Call) -> Values:
    """`itertools.chain(a.parameters(), b.parameters())`: one stream of all."""
    made = new_sequence(frame, state, node, SequenceKind.CHAIN)
    for argument in node.args:
        values = evaluate(frame, state, argument.value)
        read_stream(frame, state, argument.value, values)
        note_partial(frame, argument.value)
        made.items[argument] = spread(frame, values, state.branch, argument.value)
    return (made,)


def parameters_of(frame: Frame, state: State, node: tree.Call, owners: Values, method: str) -> Values | None:
    """`model.parameters()` and its kin, where `model` is nothing that defines it otherwise."""
    what = _STREAMS.get(method) or _MODULE_STREAMS.get(method)
    if what is None:
        return None
    parts: list[DraftPart] = []
    is_full_names = method == "named_parameters"
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
    arguments = arguments_of(frame, state, node)
    if any(_is_false(values) for values in arguments):
        parts = [DraftPart(part.owner, both(part.condition, UnknownTest("recurse=False"))) for part in parts]
    made = frame.world.make(
        node, "stream", frame.context, lambda: Stream(node, what, tuple(parts), method in _STREAMS, is_full_names)
    )
    made.parts = tuple(dict.fromkeys(parts))
    return (made,)


def _is_false(values: Values) -> bool:
    return len(values) == 1 and isinstance(values[0], Constant) and values[0].value is False
