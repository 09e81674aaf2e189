"""Loops. A body is read twice, so that a later round sees the effects of an earlier one."""

from collections.abc import Callable

from optimlint.facts.conditions import both, negate, without
from optimlint.interpret.assignments import assign_to
from optimlint.interpret.branches import Turn, TurnKind
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame, Loop
from optimlint.interpret.iteration import iterate
from optimlint.interpret.models.contents import is_group_collection, parts_of
from optimlint.interpret.readings import note_partial, only_gathers, was_read
from optimlint.interpret.state import State, beside, join
from optimlint.interpret.values import (
    Element,
    Mapping,
    Sequence,
    Stream,
    Values,
    union,
)
from optimlint.syntax import tree
from optimlint.syntax.tree import children


def read_for(frame: Frame, state: State, statement: tree.For) -> None:
    """A `for`. Its target holds the elements of the iterable. In a loop over parameters, tests become conditions."""
    iterated = evaluate(frame, state, statement.iter)
    acts = was_read(state, iterated) and not only_gathers(statement.body)
    elements = iterate(frame, state, statement.iter, iterated, acts=acts)
    if any(isinstance(value, Sequence | Mapping) and _is_used_up(frame, value) for value in iterated):
        frame.consume(iterated, FlowKind.READ, statement)
    body = state.copy().within(statement, is_loop=True)
    if _breaks(statement.body):
        note_partial(frame, statement.iter)
        body.within(statement)
    if not any(isinstance(value, Element) for value in elements):
        body.branch = state.branch.into(Turn(statement, TurnKind.LOOP))
    else:
        body.in_parameter_loop = True
        body.guards = union(state.guards, tuple(value for value in iterated if isinstance(value, Sequence | Stream)))
    _read_loop(frame, state, body, statement, lambda: assign_target(frame, body, statement.target, elements))


def _breaks(body: tree.Suite) -> bool:
    """Whether a `break` may end the loop before it has read everything."""
    pending: list[tree.Node] = [body]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Break):
            return True
        if not isinstance(node, tree.For | tree.While | tree.FunctionDef | tree.ClassDef | tree.Expression):
            pending.extend(children(node))
    return False


def read_while(frame: Frame, state: State, statement: tree.While) -> None:
    """A `while`. Its test is read once, its body twice."""
    evaluate(frame, state, statement.test)
    body = state.copy().within(statement, is_loop=True)
    body.branch = state.branch.into(Turn(statement, TurnKind.LOOP))
    _read_loop(frame, state, body, statement, lambda: None)


def _read_loop(
    frame: Frame, state: State, body: State, statement: tree.For | tree.While, enter: Callable[[], None]
) -> None:
    """Read the body for the first round, and again for a round after another. `enter` binds the target."""
    enter()
    path, branch = body.path, body.branch
    frame.loops.append(Loop())
    frame.machine.run(frame, body, statement.body)
    after = join(state, body) if body.is_alive else state.copy()
    if not body.is_alive:
        after.become(join_bindings(state, body))
    if frame.world.passes > 1 and not frame.is_repeated and not frame.reads_loops_once:
        frame.is_repeated = True
        body.become(after.copy())
        body.path, body.branch = path, branch
        body.is_alive = True
        enter()
        frame.machine.run(frame, body, statement.body)
        frame.is_repeated = False
    state.become(join_bindings(after, body))
    state.is_alive = True
    loop = frame.loops.pop()
    if loop.left is not None:
        state.become(join(state, loop.left))
    state.branch = state.branch.where(beside(state.branch.reach, loop.exits))
    if statement.orelse is not None:
        _read_else(frame, state, statement.orelse, loop)


def _read_else(frame: Frame, state: State, orelse: tree.Else, loop: Loop) -> None:
    """The `else` of a loop, which runs if no `break` ends the loop."""
    inner = state.copy().within(orelse)
    if state.in_parameter_loop:
        for condition, _ in loop.breaks:
            inner.path = both(inner.path, negate(without(condition, state.path)))
    inner.branch = state.branch.where(beside(state.branch.reach, [reach for _, reach in loop.breaks]))
    frame.machine.run(frame, inner, orelse.body)
    if loop.breaks:
        state.become(join(state, inner))
    else:
        state.become(inner)
        state.path, state.branch = inner.path, inner.branch


def join_bindings(first: State, second: State) -> State:
    """The join of both states, even if `second` left the loop by `break` or `continue`."""
    second = second.copy()
    second.is_alive = True
    return join(first, second)


def assign_target(frame: Frame, state: State, target: tree.Expression, values: Values) -> None:
    """Bind the target of a loop or a `with`."""
    assign_to(frame, state, target, values, target, None)


def _is_used_up(frame: Frame, value: Sequence | Mapping) -> bool:
    """Whether a loop over the collection uses groups or parameters, rather than only compares names."""
    return is_group_collection(value) or bool(parts_of((value,))[0]) or bool(frame.world.flows.sources(value))
