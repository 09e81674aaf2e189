"""Calls: they create parameter streams, build collections, and use values."""

from optimlint.facts.conditions import UnknownTest, both, negate
from optimlint.interpret.attributes import attribute_of
from optimlint.interpret.branches import TurnKind
from optimlint.interpret.edits import escape
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.filters import evaluate_name_method
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.following import followed
from optimlint.interpret.frame import Frame
from optimlint.interpret.functions import call_function, shared_with
from optimlint.interpret.kinds import NAMES, Aspect
from optimlint.interpret.known_calls import MODULE, call_known, summary_of_method, summary_of_showing
from optimlint.interpret.making import condition_of, truth
from optimlint.interpret.models.collections import call_method, derived, mark_changed, where_meant
from optimlint.interpret.models.fields import note_fields
from optimlint.interpret.models.flattening import note_scheduler
from optimlint.interpret.models.freezing import freeze_by_name
from optimlint.interpret.models.optimizers import call_on_optimizer, construct
from optimlint.interpret.models.recognition import is_optimizer_class, looks_like_optimizer
from optimlint.interpret.models.streams import arguments_of, parameters_of
from optimlint.interpret.models.strings import string_method
from optimlint.interpret.origins import Given, bound_parameters, made_here, note_arguments, returned
from optimlint.interpret.readings import note_handed_on, read_stream
from optimlint.interpret.state import State
from optimlint.interpret.training.acts import defines, note_method
from optimlint.interpret.training.followed_calls import note_call, note_making
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    Element,
    Entity,
    FunctionValue,
    Mapping,
    OptimizerClass,
    OptimizerValue,
    Sequence,
    Stream,
    Value,
    Values,
    union,
)
from optimlint.knowledge.catalog import find_consumer
from optimlint.knowledge.summaries import UNKNOWN, Form, Summary, find_call, find_method
from optimlint.syntax import tree


def evaluate_call(frame: Frame, state: State, node: tree.Call) -> Values:
    """The values that a call may return. Its arguments are consumed, unless it is known only to display them or to
    build a collection of them."""
    if isinstance(node.func, tree.Attribute):
        return _method(frame, state, node, node.func)
    return _call_values(frame, state, node, evaluate(frame, state, node.func))


def _method(frame: Frame, state: State, node: tree.Call, func: tree.Attribute) -> Values:
    method = func.attr.value
    if isinstance(func.value, tree.IfExp) and state.in_parameter_loop:
        return _method_of_either(frame, state, node, func, func.value)
    owners = evaluate(frame, state, func.value)
    note_method(frame, state, node, func, owners)
    row = find_method(MODULE, method)
    if row is not None and row.returns.form is Form.STREAM:
        known = parameters_of(frame, state, node, owners, Aspect(row.returns.kind))
        if known is not None:
            return known
    is_said = any(isinstance(one, Entity) and find_method(one.qualified_name or "", method) for one in owners)
    if not is_said and (showing := summary_of_showing(frame, func)) is not None:
        return call_known(frame, state, node, showing) or ()
    found: Values = ()
    unknown: list[Value] = []
    for owner in owners:
        place = state if len(owners) == 1 else where_meant(frame, state, func.value, owner)
        result = _method_of(frame, place, node, func, owner, method)
        if result is None:
            unknown.append(owner)
        else:
            found = union(found, result)
    if unknown:
        # `(loss + penalty).backward()` acts on everything that the receiver is made of.
        made = (owner for owner in unknown if isinstance(owner, Entity) and frame.world.flows.sources(owner))
        frame.consume(tuple(made), FlowKind.READ, node)
        callees: Values = ()
        for owner in unknown:
            callees = union(callees, attribute_of(frame, state, owner, method, func))
        found = union(found, _call_values(frame, state, node, callees, tuple(unknown)))
    return found


def _method_of_either(frame: Frame, state: State, node: tree.Call, func: tree.Attribute, choice: tree.IfExp) -> Values:
    """`(decay if p.ndim > 1 else rest).append(p)`: a method of one of two objects, chosen by a test of the
    parameter."""
    tests = evaluate(frame, state, choice.test)
    condition = condition_of(frame, tests, choice.test)
    found: Values = ()
    for arm, holds in ((choice.body, condition), (choice.orelse, negate(condition))):
        inner = state.copy()
        inner.path = both(state.path, holds)
        inner.guards = union(state.guards, tuple(value for value in tests if not isinstance(value, Element)))
        for owner in evaluate(frame, inner, arm):
            found = union(found, _method_of(frame, inner, node, func, owner, func.attr.value) or ())
    return found


def _method_of(
    frame: Frame, state: State, node: tree.Call, func: tree.Attribute, owner: Value, method: str
) -> Values | None:
    """The result of a method of a known value; None if the method must be resolved as a callee."""
    match owner:
        case Sequence() | Mapping():
            result = call_method(
                frame, state, owner, method, node, _method_arguments(frame, state, node, owner, method)
            )
            if result is None:
                mark_changed(frame, state, (owner,), (owner, *union(*arguments_of(frame, state, node))), node)
                return derived(frame, node, (owner,))
            return result
        case Element(what=what) if what in NAMES:
            return evaluate_name_method(frame, state, node, owner, method, arguments_of(frame, state, node))
        case Stream():
            owner.is_edited = True
            return None
        case OptimizerValue():
            return call_on_optimizer(frame, state, node, owner, method, arguments_of(frame, state, node))
        case Constant(value=str()):
            return string_method(frame, state, node, owner, method, arguments_of(frame, state, node))
        case Entity() | Element() if (row := _known_method(frame, owner, method)) is not None:
            return call_known(frame, state, node, row, None, (owner,))
        case Element():
            frame.consume(union(*arguments_of(frame, state, node)), FlowKind.ARGUMENT, node)
            return (frame.world.unknown(node, frame.context),)
        case _:
            return None


def _known_method(frame: Frame, owner: Entity | Element, method: str) -> Summary | None:
    """The summary of a method; None if a class of this source defines the method."""
    row = summary_of_method(owner, method)
    return None if row is not None and defines(frame, owner, method) else row


def _method_arguments(
    frame: Frame, state: State, node: tree.Call, owner: Sequence | Mapping, method: str
) -> list[Values]:
    arguments = arguments_of(frame, state, node)
    if method in ("extend", "update"):
        for argument, values in zip(node.args, arguments, strict=True):
            read_stream(frame, state, argument.value, values)
    return arguments


def _call_values(frame: Frame, state: State, node: tree.Call, callees: Values, owners: Values = ()) -> Values:
    """The result of calling these callees: an optimizer class, a function or class of this source, or something
    unknown."""
    found: Values = ()
    callees = followed(frame, callees)
    if any(is_optimizer_class(frame, value) for value in callees):
        return construct(frame, state, node, callees)
    for callee in _distinct(callees):
        match callee:
            case FunctionValue():
                found = union(found, _call_function(frame, state, node, callee))
            case ClassValue():
                given = _given(frame, state, node, callee.initializer())
                escape(frame, state, union(*given.all), node)
                note_fields(frame, callee, node, given.all)
                made = made_here(frame, node, callee)
                note_making(frame, made, callee, given)
                found = union(found, (made,))
            case Entity():
                found = union(found, _call_entity(frame, state, node, callee, owners))
            case OptimizerClass():
                found = union(found, construct(frame, state, node, (callee,)))
            case Mapping() | Sequence():
                found = union(found, _call_entity(frame, state, node, frame.world.unknown(node.func), owners))
            case _:
                values = union(*arguments_of(frame, state, node))
                escape(frame, state, values, node)
                frame.consume(values, FlowKind.ARGUMENT, node)
                found = union(found, (frame.world.unknown(node, frame.context),))
    return found


def _distinct(callees: Values) -> Values:
    """The callees with at most one unknown function, since the arguments escape to all of them alike."""
    unknown = [
        one for one in callees if isinstance(one, Entity) and one.qualified_name is None and one.own_class is None
    ]
    return tuple(one for one in callees if one not in unknown[1:]) if len(unknown) > 1 else callees


def _call_function(frame: Frame, state: State, node: tree.Call, callee: FunctionValue) -> Values:
    if looks_like_optimizer(frame, state, node, callee):
        pass
    given = _given(frame, state, node, callee)
    note_call(frame, state, node, callee, given)
    _note_use_by_methods(state, callee)
    if isinstance(callee.node, tree.FunctionDef):
        freeze_by_name(frame, node, callee.node.name.value, (), given.all)
    if not given.is_open:
        result = call_function(frame, state, node, callee, given.positional, given.keywords)
        if result is not None:
            frame.world.changed_groups.note_result(result, frame.scope)
            return result
    escape(frame, state, union(*given.all, shared_with(frame, state, callee)), node)
    if any(isinstance(value, Element) for values in given.all for value in values):
        return truth(frame, node, UnknownTest(frame.world.layout.text(node)), union(*given.positional))
    return (returned(frame, node, callee),)


def _note_use_by_methods(state: State, callee: FunctionValue) -> None:
    """Record that a method may use the optimizers of its object, whether or not its body is read."""
    if callee.bound is None:
        return
    attributes = f"{callee.bound.representative().number}."
    for place, values in state.bindings.items():
        if place.startswith(attributes):
            for value in values:
                if isinstance(value, OptimizerValue):
                    value.is_used = True


def _given(frame: Frame, state: State, node: tree.Call, callee: FunctionValue | None) -> Given:
    """The arguments that a call passes to a function of this source. All are consumed."""
    given = Given.of(node, arguments_of(frame, state, node))
    note_handed_on(frame, state, given.all)
    frame.consume(union(*given.all), FlowKind.ARGUMENT, node)
    if callee is None:
        return given
    given = given.behind(callee)
    note_arguments(frame, callee, given)
    is_in_loop = any(turn.kind is TurnKind.LOOP for turn in state.branch.turns)
    for parameter, values in bound_parameters(frame, callee, given):
        frame.world.changed_groups.note_given(frame.world.parameter(parameter), values, is_in_loop=is_in_loop)
    return given


def _call_entity(frame: Frame, state: State, node: tree.Call, callee: Entity, owners: Values) -> Values:
    """The result of calling something that another file defines, or that is unknown."""
    name = callee.qualified_name
    code = frame.world.layout.text(node.func)
    note_scheduler(frame, state, node, name)
    row = find_call(name or code)
    if row is not None and row.is_exact and (name is None or find_consumer(name) is None):
        known = call_known(frame, state, node, row, callee, owners)
        if known is not None:
            return known
        row = None
    if looks_like_optimizer(frame, state, node, callee):
        return construct(frame, state, node, (callee,))
    return call_known(frame, state, node, row or UNKNOWN, callee, owners) or ()
