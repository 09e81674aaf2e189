"""Statements and their effects on the state."""

from collections.abc import Callable, Iterable

from optimlint.facts.arms import arm
from optimlint.facts.conditions import both, negate
from optimlint.facts.names import Scope, ScopeKind
from optimlint.facts.training import Act
from optimlint.interpret.assignments import assign, augment, declare_imports, delete, note_overwrite
from optimlint.interpret.branches import Turn, TurnKind
from optimlint.interpret.definitions import read_class, read_function
from optimlint.interpret.evaluation import evaluate, look_at
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame, load, store
from optimlint.interpret.known_calls import is_shown
from optimlint.interpret.loops import assign_target, join_bindings, read_for, read_while
from optimlint.interpret.making import condition_of
from optimlint.interpret.models.optimizers import read_groups
from optimlint.interpret.reaching import lists_asked, reach_of_case, reach_where
from optimlint.interpret.readings import note_awaited
from optimlint.interpret.state import State, go_on_after, join
from optimlint.interpret.training.acts import note, traits_within
from optimlint.interpret.values import (
    Constant,
    Element,
    Entity,
    OptimizerValue,
    Sequence,
    Truth,
    Values,
    union,
)
from optimlint.knowledge.summaries import Form, find_exact
from optimlint.syntax import tree
from optimlint.syntax.tree import children, walk


def read_block(frame: Frame, state: State, statements: Iterable[tree.Node]) -> None:
    """Read statements in order, up to a `return` or the like."""
    for statement in statements:
        if not state.is_alive:
            return
        read = _STATEMENTS.get(type(statement))
        if read is not None:
            read(frame, state, statement)


def read_suite(frame: Frame, state: State, suite: tree.Suite) -> None:
    """Read the body of a compound statement."""
    if isinstance(suite, tree.IndentedBlock):
        read_block(frame, state, suite.body)
    elif isinstance(suite, tree.SimpleStatementSuite):
        for small in suite.body:
            assert isinstance(small, tree.SmallStatement)
            _read_small(frame, state, small, suite)


def _read_line(frame: Frame, state: State, line: tree.SimpleStatementLine) -> None:
    for small in line.body:
        if state.is_alive:
            _read_small(frame, state, small, line)


def _read_small(frame: Frame, state: State, small: tree.SmallStatement, line: tree.Node) -> None:
    frame.statement = small
    match small:
        case tree.Expr(value=value):
            values = evaluate(frame, state, value)
            if isinstance(value, tree.Yield | tree.Await | tree.NamedExpr):
                frame.consume(values, FlowKind.RETURNED, value)
            elif isinstance(value, tree.Call):
                _read_bare_call(frame, state, value, values)
        case tree.Assign() | tree.AnnAssign():
            assign(frame, state, small)
        case tree.AugAssign():
            augment(frame, state, small)
        case tree.Return(value=value):
            values = evaluate(frame, state, value) if value is not None else ()
            read_groups(frame, state, values)
            note_awaited(frame, state, values)
            note(frame, state, Act.LEAVE, small, ())
            frame.note_exit(state)
            _leave(frame, state, values, small)
            frame.returns = union(frame.returns, values)
            frame.outcomes.append((state.path, values))
            state.is_alive = False
        case tree.Raise():
            for part in (small.exc, small.cause.item if small.cause else None):
                if part is not None:
                    evaluate(frame, state, part)
            note(frame, state, Act.LEAVE, small, ())
            frame.note_exit(state)
            state.is_alive = False
        case tree.Continue() | tree.Break():
            note(frame, state, Act.LEAVE_LOOP if isinstance(small, tree.Break) else Act.LEAVE_ROUND, small, ())
            _end_round(frame, state, is_break=isinstance(small, tree.Break))
        case tree.Import() | tree.ImportFrom():
            declare_imports(frame, state, small)
        case tree.Assert(test=test):
            look_at(frame, state, test)
            _note_asserted(frame, _named_in(frame, state, test))
        case tree.Del(target=target):
            delete(frame, state, target)
        case tree.Global(names=names) | tree.Nonlocal(names=names):
            _declare_outer(frame, small, [item.name.value for item in names])
        case _:
            return


def _end_round(frame: Frame, state: State, *, is_break: bool) -> None:
    """`break` and `continue`: join the state into the state after the loop."""
    if frame.loops:
        loop = frame.loops[-1]
        loop.left = state.copy() if loop.left is None else join(loop.left, state)
        if is_break:
            loop.breaks.append((state.path, state.branch.reach))
    state.is_alive = False


def _named_in(frame: Frame, state: State, node: tree.Node) -> Values:
    """The values of all names in an expression."""
    return union(*(load(frame, state, one.value) for one in walk(node) if isinstance(one, tree.Name)))


def _note_asserted(frame: Frame, values: Values) -> None:
    """Mark lists that the code itself checks, so that rules do not."""
    for value in frame.world.flows.made_of(values):
        if isinstance(value, Sequence):
            value.is_asserted = True


def _read_bare_call(frame: Frame, state: State, call: tree.Call, values: Values) -> None:
    """A call for its effect. It may end the program, or have an effect that depends on the enclosing tests."""
    known = find_exact(frame.world.layout.code(call.func))
    if known is not None and known.returns.form is Form.NEVER:
        note(frame, state, Act.LEAVE, call, ())
        state.is_alive = False
    if any(isinstance(value, Entity | Truth) for value in values) and not is_shown(frame, call):
        guard(frame, state, call)


def guard(frame: Frame, state: State, node: tree.Node) -> None:
    """Record that an effect which cannot be followed depends on the enclosing tests."""
    if state.guards:
        frame.consume(state.guards, FlowKind.DECIDES, node)


def _leave(frame: Frame, state: State, values: Values, statement: tree.Return) -> None:
    frame.consume(values, FlowKind.RETURNED, statement)
    guard(frame, state, statement)


def _declare_outer(frame: Frame, statement: tree.Global | tree.Nonlocal, names: list[str]) -> None:
    scope: Scope | None = frame.scope.parent
    while scope is not None and scope.parent is not None:
        if isinstance(statement, tree.Nonlocal) and scope.kind is ScopeKind.FUNCTION:
            break
        scope = scope.parent
    if scope is not None:
        frame.outer_names.update(dict.fromkeys(names, scope))
        frame.world.shared.update((scope, name) for name in names)


def _read_if(frame: Frame, state: State, statement: tree.If) -> None:
    values = evaluate(frame, state, statement.test)
    then, otherwise = state.copy(), state.copy()
    guards = tuple(value for value in values if not isinstance(value, Element))
    then.guards = otherwise.guards = union(state.guards, guards)
    chosen = _known_arm(frame, values)
    if chosen is not None:
        _read_known_arm(frame, state, statement, is_then=chosen)
        return
    is_filter = state.in_parameter_loop or any(isinstance(value, Truth) for value in values)
    if is_filter:
        condition = condition_of(frame, values, statement.test)
        then.path = both(state.path, condition)
        otherwise.path = both(state.path, negate(condition))
    if not state.in_parameter_loop:
        _enter_arms(frame, state, then, otherwise, statement, is_turn=not is_filter)
    entered = then.copy(), otherwise.copy()
    read_suite(frame, then, statement.body)
    if is_filter and _only_tells(frame, statement.orelse):
        # Code that prints which parameters it skips has not forgotten them.
        _note_asserted(frame, _named_in(frame, state, statement.body))
    match statement.orelse:
        case tree.If() as following:
            _read_if(frame, otherwise, following)
        case tree.Else(body=body):
            read_suite(frame, otherwise, body)
    if not is_filter:
        _settle_overwrites(frame, state, statement)
    state.become(join(then, otherwise))
    state.is_alive = then.is_alive or otherwise.is_alive
    go_on_after(state, (then, otherwise), entered)


def _enter_arms(
    frame: Frame, state: State, then: State, otherwise: State, statement: tree.If, *, is_turn: bool
) -> None:
    """Set the reach of each arm of an `if` from its test."""
    reach = reach_where(frame, state, statement.test)
    asked = lists_asked(state, statement.test)
    arms = ((TurnKind.THEN, then, reach), (TurnKind.OTHERWISE, otherwise, reach.negated()))
    for kind, inner, holds in arms:
        if is_turn:
            inner.branch = state.branch.into(Turn(statement, kind, reach=holds, asked=asked))
        else:
            inner.branch = state.branch.where(state.branch.reach.both(holds))


def _only_tells(frame: Frame, orelse: tree.If | tree.Else | None) -> bool:
    """Whether the last arm of an `if` chain only prints or logs."""
    while isinstance(orelse, tree.If):
        orelse = orelse.orelse
    if orelse is None or not isinstance(orelse.body, tree.IndentedBlock):
        return False
    calls = [
        small.value if isinstance(small, tree.Expr) else None
        for line in orelse.body.body
        for small in (line.body if isinstance(line, tree.SimpleStatementLine) else (None,))
    ]
    return bool(calls) and all(isinstance(call, tree.Call) and is_shown(frame, call) for call in calls)


def _known_arm(frame: Frame, values: Values) -> bool | None:
    """Whether the body of an `if` runs, where a function is read with a literal flag of its caller; None if unknown."""
    if frame.context and len(values) == 1 and isinstance(values[0], Constant):
        return bool(values[0].value)
    return None


def _read_known_arm(frame: Frame, state: State, statement: tree.If, *, is_then: bool) -> None:
    if is_then:
        read_suite(frame, state, statement.body)
        return
    match statement.orelse:
        case tree.If() as following:
            _read_if(frame, state, following)
        case tree.Else(body=body):
            read_suite(frame, state, body)


def _settle_overwrites(frame: Frame, state: State, statement: tree.If) -> None:
    """Record that an optimizer is replaced on every path if both arms of an `if` replace it."""
    world = frame.world
    here = [state.branch.into(Turn(statement, kind)) for kind in (TurnKind.THEN, TurnKind.OTHERWISE)]
    found = [entry for entry in world.open_overwrites if entry[0] in here]
    if {entry[0] for entry in found} != set(here):
        return
    firsts = [{entry[1] for entry in found if entry[0] == branch} for branch in here]
    for branch, first, second in found:
        world.open_overwrites.remove((branch, first, second))
        if first in firsts[0] & firsts[1]:
            note_overwrite(world, state.branch, first, second)


def _read_with(frame: Frame, state: State, statement: tree.With) -> None:
    for item in statement.items:
        values = evaluate(frame, state, item.item)
        entered = tuple(value for value in values if not isinstance(value, OptimizerValue))
        frame.consume(entered, FlowKind.OPAQUE, item)
        if item.asname is not None and isinstance(item.asname.name, tree.Expression):
            entity = tuple(value for value in values if isinstance(value, Entity))
            assign_target(frame, state, item.asname.name, entity or (frame.world.unknown(item.item, frame.context),))
    before = frame.traits
    for item in statement.items:
        frame.traits |= traits_within(frame, item.item)
    read_suite(frame, state, statement.body)
    frame.traits = before


def _read_try(frame: Frame, state: State, statement: tree.Try) -> None:
    before = state.copy()
    # The body and the handlers count as separate arms: what follows the operation that may fail rarely fails too.
    passes = arm(f"no exception at {frame.world.order(statement)}")
    entered = [before.copy()]
    entered[0].branch = state.branch = before.branch.where(before.branch.reach.both(passes))
    state.within(statement)
    read_suite(frame, state, statement.body)
    state.region = before.region
    interrupted = join_bindings(before, state)
    interrupted.read = before.read
    ends = [state]
    handlers: Iterable[tree.ExceptHandler] = statement.handlers
    for number, handler in enumerate(handlers):
        caught = interrupted.copy()
        failed = passes.negated().both(arm(f"exception at {frame.world.order(statement)}", str(number)))
        caught.branch = before.branch.into(Turn(handler, TurnKind.HANDLER, reach=failed))
        caught.is_alive = True
        entered.append(caught.copy())
        if handler.name is not None and isinstance(handler.name.name, tree.Name):
            store(frame, caught, handler.name.name.value, (frame.world.unknown(handler.name.name),), None)
        read_suite(frame, caught, handler.body)
        ends.append(caught)
    if statement.orelse is not None and state.is_alive:
        state.within(statement)
        read_suite(frame, state, statement.orelse.body)
        state.region = before.region
    ended = state.copy()
    state.become(join(*ends))
    state.path, state.branch = before.path, before.branch
    go_on_after(state, (ended, *ends[1:]), tuple(entered))
    if statement.finalbody is not None:
        is_alive, state.is_alive = state.is_alive, True
        read_suite(frame, state, statement.finalbody.body)
        state.is_alive = is_alive and state.is_alive


def _read_match(frame: Frame, state: State, statement: tree.Match) -> None:
    evaluate(frame, state, statement.subject)
    ends: list[State] = []
    entered: list[State] = []
    rest = state.branch.reach
    for case in statement.cases:
        inner = state.copy()
        matched = reach_of_case(frame, state, statement, case)
        inner.branch = state.branch.where(rest).into(Turn(case, TurnKind.CASE, reach=matched))
        rest = rest.both(matched.negated())
        entered.append(inner.copy())
        for name in _captured(case.pattern):
            store(frame, inner, name.value, (frame.world.unknown(name, frame.context),), None)
        if case.guard is not None:
            evaluate(frame, inner, case.guard)
        read_suite(frame, inner, case.body)
        ends.append(inner)
    unmatched = state.copy()
    unmatched.branch, unmatched.is_alive = state.branch.where(rest), bool(rest.ways)
    go_on_after(state, (unmatched, *ends), (unmatched, *entered))
    state.become(join(unmatched, *ends))
    state.is_alive = any(end.is_alive for end in (unmatched, *ends))


def _captured(pattern: tree.Node) -> list[tree.Name]:
    found = []
    pending: list[tree.Node] = [pattern]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.MatchAs | tree.MatchStar) and isinstance(node.name, tree.Name):
            found.append(node.name)
        pending.extend(children(node))
    return found


_STATEMENTS: dict[type, Callable[..., None]] = {
    tree.SimpleStatementLine: _read_line,
    tree.If: _read_if,
    tree.For: read_for,
    tree.While: read_while,
    tree.With: _read_with,
    tree.Try: _read_try,
    tree.Match: _read_match,
    tree.FunctionDef: read_function,
    tree.ClassDef: read_class,
}
