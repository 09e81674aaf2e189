"""Wrappers of models that add a prefix to parameter names, and tests of names that overlook it."""

from optimlint.facts.arms import EVERYWHERE
from optimlint.interpret.drafts import WrappedTestDraft
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame
from optimlint.interpret.state import State
from optimlint.interpret.values import Constant, Element, Entity, Values, Wrapping
from optimlint.knowledge.layers import NAME_PREFIXES
from optimlint.syntax import tree
from optimlint.syntax.tree import dotted


def note_wrapping(frame: Frame, state: State, target: tree.Expression, given: tree.Expression | None) -> None:
    """Record whether a name or attribute holds a wrapped model from here on."""
    place = dotted(target)
    if not place or given is None:
        return
    held = _wrapped(frame, state, given)
    if held or _key(place) in state.bindings:
        state.bindings[_key(place)] = held


def wrapping_of(state: State, receiver: tree.Expression) -> Wrapping | None:
    """The wrapper of the model that an expression may hold; None if there is none."""
    for value in state.bindings.get(_key(dotted(receiver)), ()):
        if isinstance(value, Constant) and isinstance(value.node, tree.Call):
            bare = value.node.args[0].value if value.node.args else None
            name = dotted(bare) if bare is not None else ""
            reach = value.set_at[1] if value.set_at is not None else EVERYWHERE
            return Wrapping(str(value.value), value.node, name if name != dotted(receiver) else "", receiver, reach)
    return None


def note_name_test(frame: Frame, state: State, node: tree.Node, subject: Element, texts: list[str] | None) -> None:
    """Record a test how full names begin, if it fails because of a wrapper."""
    wrapping = next((part.wrapping for part in subject.parts if part.wrapping is not None), None)
    if wrapping is None or not texts or state.branch.reach.excludes(wrapping.reach):
        return
    first = wrapping.prefix.removesuffix(".")
    if not any(text.startswith(first) or not text for text in texts):
        frame.world.wrapped_tests[node] = WrappedTestDraft(node, wrapping, tuple(texts))


def _key(place: str) -> str:
    return f"wrapped {place}"


def _wrapped(frame: Frame, state: State, given: tree.Expression) -> Values:
    """The markers of a wrapped model, if a value is one: a wrapper call, a name that holds one, or a call on or with
    one."""
    match given:
        case tree.Name() | tree.Attribute():
            return state.bindings.get(_key(dotted(given)), ())
        case tree.Call(func=tree.Attribute(value=tree.Name() | tree.Attribute() as inner)) if (
            held := state.bindings.get(_key(dotted(inner)), ())
        ):
            return held
        case tree.Call(func=func, args=args):
            for callee in evaluate(frame, state, func) if isinstance(func, tree.Name | tree.Attribute) else ():
                prefix = NAME_PREFIXES.get((callee.qualified_name or "") if isinstance(callee, Entity) else "")
                if prefix is not None and args:
                    return (_made(frame, state, given, prefix),)
            return next((held for one in args if (held := state.bindings.get(_key(dotted(one.value)), ()))), ())
        case _:
            return ()


def _made(frame: Frame, state: State, call: tree.Call, prefix: str) -> Constant:
    """The marker for the model that a wrapper call wraps."""
    made = frame.world.make(call, "wrapping", frame.context, lambda: Constant(prefix, call))
    made.set_at = state.path, state.branch.reach
    return made
