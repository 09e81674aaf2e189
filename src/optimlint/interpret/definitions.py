"""Definitions of functions and classes. They bind names; the bodies of functions are read later."""

from optimlint.facts.names import Scope, ScopeKind
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.following import bases_behind
from optimlint.interpret.frame import Deferred, Frame, store
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    ClassValue,
    Entity,
    FunctionValue,
)
from optimlint.syntax import tree


def read_function(frame: Frame, state: State, node: tree.FunctionDef) -> None:
    """A `def`: binds its name to the function. The body is read after the code around it."""
    for decorator in node.decorators:
        frame.consume(evaluate(frame, state, decorator.decorator), FlowKind.OPAQUE, decorator)
    for parameter in _parameters(node.params):
        if parameter.default is not None:
            frame.consume(evaluate(frame, state, parameter.default), FlowKind.OPAQUE, parameter)
    scope = Scope(ScopeKind.FUNCTION, _scope_name(frame, node), frame.scope)
    class_value = frame.class_value if frame.scope.kind is ScopeKind.CLASS else None
    frame.deferred.append(Deferred(node, scope, class_value, state.branch))
    value = frame.world.make(node, "function", (), lambda: FunctionValue(node, scope))
    store(frame, state, node.name.value, (value,), None)


def read_class(frame: Frame, state: State, node: tree.ClassDef) -> None:
    """A `class`: its body is read now, its methods later."""
    bases: list[Entity | ClassValue] = []
    for argument in (*node.bases, *node.keywords):
        values = evaluate(frame, state, argument.value)
        frame.consume(values, FlowKind.OPAQUE, argument)
        bases.extend(value for value in values if isinstance(value, Entity | ClassValue))
    for decorator in node.decorators:
        frame.consume(evaluate(frame, state, decorator.decorator), FlowKind.OPAQUE, decorator)
    value = _class_value(frame, node, tuple(bases_behind(frame, bases)))
    inner = Frame(frame.machine, frame.world, value.scope, value, frame.context)
    body = State(branch=state.branch)
    frame.machine.run(inner, body, node.body)
    frame.deferred.extend(inner.deferred)
    store(frame, state, node.name.value, (value,), None)


def _class_value(frame: Frame, node: tree.ClassDef, bases: tuple[Entity | ClassValue, ...]) -> ClassValue:
    """The value of a class. Its instances share one entity with those of its first base class that has source code."""
    known = frame.world.classes.get(node)
    if known is not None:
        return known
    scope = Scope(ScopeKind.CLASS, _scope_name(frame, node), frame.scope)
    parents = [base for base in bases if isinstance(base, ClassValue)]
    instance = parents[0].instance if parents else frame.world.entity("self")
    value = ClassValue(node, scope, bases, instance)
    for parent in reversed(parents):
        value.methods.update(parent.methods)
    if isinstance(node.body, tree.IndentedBlock):
        value.methods.update({part.name.value: part for part in node.body.body if isinstance(part, tree.FunctionDef)})
    instance.own_class = instance.own_class or value
    frame.world.classes[node] = value
    return value


def _scope_name(frame: Frame, node: tree.FunctionDef | tree.ClassDef) -> str:
    """The dotted name of a definition. If a scope defines the name twice, the later one gets its line appended."""
    around = "" if frame.scope.kind is ScopeKind.MODULE else frame.scope.name
    dotted = f"{around}.{node.name.value}".lstrip(".")
    line = frame.world.layout.range(node.name).start.line
    taken = frame.world.scope_lines.setdefault((frame.scope.module, dotted), line)
    return dotted if taken == line else f"{dotted}@{line}"


def _parameters(params: tree.Parameters) -> list[tree.Param]:
    listed = [*params.posonly_params, *params.params, *params.kwonly_params]
    for starred in (params.star_arg, params.star_kwarg):
        if isinstance(starred, tree.Param):
            listed.append(starred)
    return listed
