"""Calls with a summary: a row of the table of calls, or the summary for unknown calls."""

from collections.abc import Callable
from dataclasses import dataclass

from optimlint.facts.conditions import UnknownTest
from optimlint.interpret.builtins import (
    default_dict_call,
    dict_call,
    filtered,
    get_attribute,
    id_of,
    lazy,
    number,
    open_scope,
    quantified,
    super_call,
    total,
)
from optimlint.interpret.edits import escape, note_edit, spread
from optimlint.interpret.evaluation import evaluate, look_at
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.following import want_helper
from optimlint.interpret.frame import Frame
from optimlint.interpret.iteration import iterate
from optimlint.interpret.kinds import SequenceKind
from optimlint.interpret.making import new_sequence, truth
from optimlint.interpret.models.collections import derived
from optimlint.interpret.models.contents import is_group_collection
from optimlint.interpret.models.freezing import freeze_by_name, freeze_receiver
from optimlint.interpret.models.library_calls import copied, deep_copied, known_builder
from optimlint.interpret.models.optimizers import read_groups
from optimlint.interpret.origins import made_elsewhere
from optimlint.interpret.partials import partial_call
from optimlint.interpret.readings import note_handed_on, note_partial, read_stream
from optimlint.interpret.state import State
from optimlint.interpret.training.acts import note_unfollowed
from optimlint.interpret.values import EditKind, Element, Entity, Item, Value, Values, union
from optimlint.knowledge.summaries import (
    Form,
    Path,
    Summary,
    class_said_by,
    find_alike,
    find_call,
    find_method,
)
from optimlint.syntax import tree

MODELS: dict[str, Callable[[Frame, State, tree.Call, Values], Values | None]] = {
    "copy": copied,
    "deepcopy": deep_copied,
    "defaultdict": default_dict_call,
    "dict": dict_call,
    "filter": filtered,
    "getattr": get_attribute,
    "id": id_of,
    "lazy": lazy,
    "number": number,
    "partial": partial_call,
    "quantifier": quantified,
    "requires_grad": freeze_receiver,
    "scope": open_scope,
    "sum": total,
    "super": super_call,
}
"""The models of rows whose result depends on the values of the arguments. A model returns None if the rest of the row
applies."""

MODULE = "torch.nn.Module"
"""The class that is assumed for the receiver of a method if it is unknown."""


def summary_of_method(owner: Value, method: str) -> Summary | None:
    """The summary of a method, by the class that created or annotates its receiver, or else by `torch.nn.Module`. None
    if there is none."""
    match owner:
        case Element():
            return find_method("torch.nn.Parameter", method)
        case Entity(qualified_name=None):
            for known in (owner.made_by, *owner.annotation):
                name = known.qualified_name if isinstance(known, Entity) else None
                if name is not None and (found := find_method(name, method)) is not None:
                    return found
            return find_method(MODULE, method)
        case _:
            return None


def summary_of_showing(frame: Frame, func: tree.Expression) -> Summary | None:
    """The summary of a function that only displays its arguments, found by its name or by that of a logger; None for
    others."""
    found = None
    match func:
        case tree.Name(value=name):
            found = find_call(name)
        case tree.Attribute(attr=tree.Name(value=method), value=owner):
            said = class_said_by(frame.world.layout.text(owner).split("(")[0])
            found = (find_method(said, method) if said is not None else None) or find_alike(method)
    return found if found is not None and found.shows else None


@dataclass(frozen=True, slots=True)
class _Calling:
    """A call that is being read, with its summary and the values of its arguments."""

    frame: Frame
    state: State
    node: tree.Call
    row: Summary
    callee: Entity | None
    owners: Values
    given: list[Values]

    def at(self, path: Path) -> list[tuple[tree.Expression, Values]]:
        """The expressions and values at a path. A path into a collection covers positional arguments only."""
        if path.is_receiver:
            return [(self.node.func, self.owners)]
        return [
            (argument.value, values)
            for argument, place, values in zip(self.node.args, _places(self.node), self.given, strict=True)
            if _is_among(place, (path,)) and (isinstance(place, int) or not path.depth)
        ]


def is_shown(frame: Frame, call: tree.Call) -> bool:
    """Whether a call only displays its arguments."""
    return summary_of_showing(frame, call.func) is not None


def call_known(
    frame: Frame, state: State, node: tree.Call, row: Summary, callee: Entity | None = None, owners: Values = ()
) -> Values | None:
    """Apply the summary of a call and return its result; None if the model of the call finds that it is unknown."""
    if row.model:
        result = MODELS[row.model](frame, state, node, owners)
        if result is not None or row.returns.form is Form.UNKNOWN:
            return result
    call = _Calling(frame, state, node, row, callee, owners, _read_arguments(frame, state, node, row))
    if callee is not None:
        want_helper(frame, callee, call.given)
        note_unfollowed(frame, state, node, callee, owners, call.given)
    if not row.is_exact and callee is not None:
        name = (callee.qualified_name or frame.world.layout.text(node.func)).rpartition(".")[2]
        freeze_by_name(frame, node, name, owners, call.given)
    if row.escapes and (built := _hand_over(call)) is not None:
        return built
    return _result(call)


def _read_arguments(frame: Frame, state: State, node: tree.Call, row: Summary) -> list[Values]:
    """The values of the arguments. Iterators are read if the summary says so."""
    found: list[Values] = []
    for argument, place in zip(node.args, _places(node), strict=True):
        is_shown = _is_among(place, row.shows)
        found.append((look_at if is_shown else evaluate)(frame, state, argument.value))
        if _is_among(place, row.reads):
            read_stream(frame, state, argument.value, found[-1])
            if row.returns.kind == SequenceKind.CHAIN.value:
                note_partial(frame, argument.value)
    return found


_Place = int | str
"""The position or the name of an argument."""


def _places(node: tree.Call) -> list[_Place]:
    return [index if one.keyword is None else one.keyword.value for index, one in enumerate(node.args)]


def _is_among(place: _Place, paths: tuple[Path, ...]) -> bool:
    return any(path.is_every or place in (path.position, path.name) for path in paths)


def _hand_over(call: _Calling) -> Values | None:
    """Let the arguments escape that the summary says escape. Returns the groups if the callee is a known group builder,
    else None."""
    frame, row = call.frame, call.row
    escaping: list[Values] = []
    for place, values in zip(_places(call.node), call.given, strict=True):
        if _is_among(place, row.escapes):
            escaping.append(values)
            note_handed_on(frame, call.state, () if _is_among(place, row.reads) else (values,))
    everything = union(*escaping)
    if any(is_group_collection(value) for value in everything):
        # It is unknown whether the callee reads the groups, but iterators that are already empty stay empty.
        read_groups(frame, call.state.copy(), everything)
    if call.callee is not None and any(path.is_receiver for path in row.escapes):
        escape(frame, call.state, (call.callee, *call.owners), call.node)
    escape(frame, call.state, everything, call.node)
    if call.callee is not None:
        builder = known_builder(frame, call.state, call.node, call.callee, call.given)
        if builder is not None:
            return builder
    frame.consume(everything, FlowKind.ARGUMENT, call.node)
    return None


def _result(call: _Calling) -> Values:
    frame, returns = call.frame, call.row.returns
    places = [call.at(path) for path in returns.paths]
    held = union(*(values for place in places for _, values in place))
    match returns.form:
        case Form.NOTHING_KNOWN | Form.NEVER:
            return (frame.world.unknown(call.node, frame.context),)
        case Form.MADE_OF:
            return derived(frame, call.node, held)
        case Form.VALUE if returns.paths[0].depth:
            return union(
                *(iterate(frame, call.state.copy(), code, values) for place in places for code, values in place)
            )
        case Form.VALUE:
            return held
        case Form.MODEL if held and all(isinstance(one, Entity) and one.qualified_name is None for one in held):
            return held
        case Form.EACH if len(call.given) == 1:
            return call.given[0]
        case Form.EACH:
            return _tuple_of(
                call, [one for one, place in zip(places[0], _places(call.node), strict=True) if isinstance(place, int)]
            )
        case Form.TUPLE:
            nothing = (call.node, (frame.world.unknown(call.node, frame.context),))
            return _tuple_of(call, [one for place in places for one in place or [nothing]])
        case Form.NEW:
            return _collection_of(call, [one for place in places for one in place])
        case _:
            return _unknown(call)


def _unknown(call: _Calling) -> Values:
    """The result of an unknown call. If an argument is a parameter, it is a test of the parameter."""
    frame, node = call.frame, call.node
    if any(isinstance(value, Element) for values in call.given for value in values):
        return truth(frame, node, UnknownTest(frame.world.layout.code(node)), union(*call.given))
    if call.callee is None:
        return (frame.world.unknown(node, frame.context),)
    return (made_elsewhere(frame, node, call.callee, call.given, call.owners),)


def _tuple_of(call: _Calling, held: list[tuple[tree.Expression, Values]]) -> Values:
    """`accelerator.prepare(model, optimizer)`: a tuple of the arguments in the same order."""
    made = new_sequence(call.frame, call.state, call.node, SequenceKind.TUPLE)
    made.items.clear()
    for index, (code, values) in enumerate(held):
        made.items[index] = Item(values, False, call.state.branch, code)
    return (made,)


def _collection_of(call: _Calling, held: list[tuple[tree.Expression, Values]]) -> Values:
    """`list(…)`, `chain(…)`: a new collection of the elements of the arguments."""
    frame, returns = call.frame, call.row.returns
    made = new_sequence(frame, call.state, call.node, SequenceKind(returns.kind))
    for code, values in held:
        made.items[code] = spread(frame, values, call.state.branch, code)
        if made.kind is not SequenceKind.CHAIN and all(isinstance(value, Entity) for value in values):
            made.is_open = True
    match returns.order:
        case "reversed":
            note_edit(frame, call.state, made, call.node, EditKind.REVERSE)
        case "sorted":
            note_edit(frame, call.state, made, call.node, EditKind.LOST)
    return (made,)
