"""Edits and methods of lists and dicts."""

import re
from dataclasses import replace

from optimlint.facts.arms import NOWHERE
from optimlint.facts.conditions import Condition, UnknownTest, both
from optimlint.interpret.edits import (
    before,
    change,
    lose_entries,
    note_edit,
    put_entry,
    remove_entry,
    settle,
    spread,
)
from optimlint.interpret.evaluation import evaluate, evaluate_index
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect
from optimlint.interpret.models.contents import held_by, is_group_mapping, parts_of, under_path
from optimlint.interpret.models.flattening import note_loop
from optimlint.interpret.readings import find_emptied
from optimlint.interpret.sites import Key
from optimlint.interpret.state import State
from optimlint.interpret.values import PARAMS as PARAMS  # Re-exported for code about groups.
from optimlint.interpret.values import (
    Constant,
    EditKind,
    Element,
    Entity,
    Entry,
    Item,
    Mapping,
    Sequence,
    Stream,
    Value,
    Values,
    union,
)
from optimlint.syntax import tree

_ONE_OF_GROUPS = re.compile(r"\bparam_groups\[(?!each\])[^\[\]]+\]$")
"""`optimizer.param_groups[0]`, but not an element of a loop over the groups."""


def add_items(
    frame: Frame,
    state: State,
    sequence: Sequence,
    item: Item,
    kind: EditKind = EditKind.ADD,
    at: int | slice | None = None,
) -> None:
    """Add an item to a list. If tests decide whether it is added, the list also depends on what they test."""
    if state.in_parameter_loop:
        item.path = state.path
    if any(sequence in turn.asked for turn in state.branch.turns):
        # An item that is added if the list is empty or short is never in it together with those of other paths.
        item.branch = item.branch.where(NOWHERE)
    calls = item.branch.calls
    key: Key = (item.node, *calls) if calls else item.node
    held = sequence.items.setdefault(key, item)
    note_edit(frame, state, sequence, item.node, kind, key, at)
    known = {(value.what, value.parts) for value in held.values if isinstance(value, Element)}
    added = (one for one in item.values if not isinstance(one, Element) or (one.what, one.parts) not in known)
    held.values = union(held.values, tuple(added))
    frame.world.flows.add(state.guards, sequence, FlowKind.DECIDES, item.node)
    for value in item.values:
        if isinstance(value, Mapping):
            value.is_listed = True


def note_setting_read(frame: Frame, group: Mapping, key: str) -> None:
    """Record that reading a setting uses the group, since the value may reach an optimizer on its own."""
    if key != PARAMS and not frame.is_looking and is_group_mapping(group):
        frame.consume((group,), FlowKind.READ, None)


def literal_slice(frame: Frame, state: State, node: tree.Subscript) -> slice | None:
    """The slice in a subscript, if its bounds are literal integers; None otherwise."""
    if len(node.slice) != 1 or not isinstance(node.slice[0].slice, tree.Slice):
        return None
    part = node.slice[0].slice
    bounds: list[int | None] = []
    for bound in (part.lower, part.upper, part.step):
        known = None if bound is None else _literal_index(evaluate(frame, state, bound))
        if bound is not None and not known and known != 0:
            return None
        bounds.append(known)
    return slice(*bounds) if bounds[2] != 0 else None


def assign_subscript(
    frame: Frame, state: State, target: tree.Subscript, values: Values, expression: tree.Expression | None
) -> None:
    """Evaluate `collection[key] = values`."""
    index = evaluate_index(frame, state, target)
    key = index[0].value if len(index) == 1 and isinstance(index[0], Constant) else None
    owners = evaluate(frame, state, target.value)
    if key == "lr":
        note_loop(frame, state, target, owners, expression)
    if isinstance(key, str) and _is_param_group(owners):
        frame.world.changed_keys.add((key, frame.scope))
        if any(isinstance(owner, Entity) and _ONE_OF_GROUPS.search(owner.text) for owner in owners):
            frame.world.telling_apart.add(frame.scope)
    for owner in owners:
        at_owner = where_meant(frame, state, target.value, owner) if len(owners) > 1 else state
        match owner:
            case Mapping() if isinstance(key, str):
                if key == PARAMS:
                    find_emptied(frame, state, expression, values)
                at = target.slice[0].slice
                key_node = at.value if isinstance(at, tree.Index) else target
                _set_entry(frame, at_owner, owner, key, Entry(under_path(at_owner, values), key_node, expression))
            case Mapping():
                owner.others[target] = union(owner.others.get(target, ()), under_path(at_owner, values))
                owner.is_escaped = True  # The key may be "params".
                frame.world.flows.add(at_owner.guards, owner, FlowKind.DECIDES, target)
            case Sequence(is_mapping=True):
                add_items(frame, at_owner, owner, Item(under_path(at_owner, values), False, state.branch, target))
            case Sequence():
                at_index = key if isinstance(key, int) and not isinstance(key, bool) else None
                put = Item(under_path(at_owner, values), False, state.branch, target)
                add_items(frame, at_owner, owner, put, EditKind.SET, at_index)
            case Entity():
                change(frame, state, owner, key if isinstance(key, str) and key != PARAMS else None, target)
                frame.consume(values, FlowKind.STORED, target)
            case Stream():
                owner.is_edited = True
                frame.consume(values, FlowKind.STORED, target)
            case _:
                frame.consume(values, FlowKind.STORED, target)
    if not owners:
        frame.consume(values, FlowKind.STORED, target)


def where_meant(frame: Frame, state: State, place: tree.Expression, owner: Value) -> State:
    """The state for a store in one of several collections that `place` may be. The store is conditional: on the test
    that chose the key of a subscript, or else on an unknown test."""
    inner = state.copy()
    number = frame.world.order(owner.node) if isinstance(owner, Sequence | Mapping) else 0
    condition: Condition = UnknownTest(f"{frame.world.layout.text(place)} is {number}")
    if isinstance(place, tree.Subscript):
        for key in evaluate_index(frame, state, place):
            if not isinstance(key, Constant) or key.condition is None:
                continue
            for holder in evaluate(frame, state, place.value):
                entry = holder.entries.get(str(key.value)) if isinstance(holder, Mapping) else None
                if entry is not None and owner in entry.values:
                    condition = key.condition
    inner.path = both(state.path, condition)
    return inner


def _is_param_group(values: Values) -> bool:
    """Whether the owner of a subscript is an optimizer's group: `optimizer.param_groups[0]`, or a variable whose name
    suggests one."""
    return any(isinstance(value, Entity) and "group" in value.text for value in values)


def _set_entry(frame: Frame, state: State, owner: Mapping, key: str, entry: Entry) -> None:
    put_entry(frame, state, owner, key, entry)
    frame.world.flows.add(state.guards, owner, FlowKind.DECIDES, entry.key_node)


def mark_changed(frame: Frame, state: State, collections: Values, values: Values, node: tree.Node) -> None:
    """Record that unknown code changed the collections and read the values."""
    for collection in collections:
        if isinstance(collection, Sequence):
            note_edit(frame, state, collection, node, EditKind.LOST)
            collection.is_open = collection.is_reduced = True
        elif isinstance(collection, Mapping):
            lose_entries(collection)
    frame.consume(values, FlowKind.OPAQUE, node)


def call_method(
    frame: Frame, state: State, value: Sequence | Mapping, method: str, call: tree.Call, arguments: list[Values]
) -> Values | None:
    """The result of a method of a list, set or dict, after applying its edits; None for an unknown method."""
    if isinstance(value, Mapping) or value.is_mapping:
        return _call_mapping_method(frame, state, value, method, call, arguments)
    index = _literal_index(arguments[0]) if arguments else None
    match method, arguments:
        case (("append" | "add"), [values]):
            add_items(frame, state, value, Item(under_path(state, values), False, state.branch, call))
        case "appendleft", [values]:
            put = Item(under_path(state, values), False, state.branch, call)
            add_items(frame, state, value, put, EditKind.INSERT, 0)
        case "insert", [_, values]:
            put = Item(under_path(state, values), False, state.branch, call)
            add_items(frame, state, value, put, EditKind.INSERT, index)
        case (("extend" | "update"), [*several]):
            for number, values in enumerate(several):
                node = call.args[number].value if number < len(call.args) else call
                add_items(frame, state, value, spread(frame, values, state.branch, node))
            return (value,)
        case (("union" | "__add__"), [*_]) | ("copy", []):
            return (_copied(frame, state, value, call, arguments),)
        case "reverse", []:
            note_edit(frame, state, value, call, EditKind.REVERSE)
        case "sort", _:
            note_edit(frame, state, value, call, EditKind.LOST)
        case "clear", []:
            note_edit(frame, state, value, call, EditKind.CLEAR)
        case ("pop", []) | ("pop", [_]) | ("popleft", []):
            at = 0 if method == "popleft" else index if arguments else -1
            return _popped(frame, state, value, call, at)
        case (("remove" | "discard" | "difference_update" | "intersection_update"), _):
            note_edit(frame, state, value, call, EditKind.REMOVE)
        case (("index" | "count" | "__len__" | "intersection" | "difference" | "isdisjoint" | "issubset"), _):
            return _derived(frame, call, (value, *union(*arguments)))
        case _:
            return None
    return ()


def _literal_index(values: Values) -> int | None:
    match values:
        case (Constant(value=int() as index),) if not isinstance(index, bool):
            return index
        case _:
            return None


def _copied(frame: Frame, state: State, value: Sequence, call: tree.Call, arguments: list[Values]) -> Sequence:
    """The result of `groups.copy()` or `groups.__add__(more)`: a new list with the same elements."""
    made = frame.world.make(call, "copy", frame.context, lambda: _new_sequence(frame, state, call, []))
    settle(made, state)
    made.items[0] = spread(frame, (value,), state.branch, call)
    for index, values in enumerate(arguments, 1):
        made.items[index] = spread(frame, values, state.branch, call.args[index - 1].value)
    frame.world.flows.add((value,), made, FlowKind.MADE_FROM, call)
    return made


def _popped(frame: Frame, state: State, value: Sequence, call: tree.Call, at: int | None) -> Values:
    """The item that `pop` removes; all items if the position is unknown."""
    note_edit(frame, state, value, call, EditKind.REMOVE, at=at)
    known = before(state, value, call)
    if known is not None and at is not None and -len(known) <= at < len(known):
        return known[at].values
    return union(*(values for values, _ in held_by(value)))


def _call_mapping_method(
    frame: Frame, state: State, value: Sequence | Mapping, method: str, call: tree.Call, arguments: list[Values]
) -> Values | None:
    key = arguments[0][0] if arguments and len(arguments[0]) == 1 else None
    name = key.value if isinstance(key, Constant) and isinstance(key.value, str) else None
    if isinstance(value, Sequence):
        match method:
            case "items":
                return (value,)
            case "values" | "keys":
                return (_projected(frame, state, value, call, Aspect.PARAMETER if method == "values" else Aspect.NAME),)
            case _:
                return None
    match method:
        case "pop":
            if name is not None:
                if name in value.entries:
                    note_setting_read(frame, value, name)
                return remove_entry(frame, state, value, name, call) or union(*arguments[1:])
            lose_entries(value)
            return union(*(entry.values for entry in value.entries.values()), *value.others.values())
        case "get" | "setdefault":
            if name is not None:
                if name in value.entries:
                    note_setting_read(frame, value, name)
                if name in value.entries and (method == "get" or not value.entries[name].is_changed):
                    return value.entries[name].values
                if method == "setdefault" and len(arguments) > 1:
                    # An optimizer that was passed the dict has already set defaults in it.
                    known = value.entries.get(name)
                    values = union(known.values if known is not None else (), arguments[1])
                    is_changed = bool(value.given_to) or known is not None
                    _set_entry(frame, state, value, name, Entry(values, call, None, is_changed))
                    return value.entries[name].values
            elif method == "setdefault" and len(arguments) > 1:
                value.others[call] = arguments[1]
            return union(*(entry.values for entry in value.entries.values()), *value.others.values())
        case "values":
            return (_values_listed(frame, state, value, call),)
        case "update":
            for argument, held in zip(call.args, arguments, strict=False):
                _update(frame, state, value, argument, held)
            return ()
        case "copy":
            copy = frame.world.make(call, "copied dict", frame.context, lambda: _new_mapping(frame, state, call))
            settle(copy, state)
            copy.entries.update(value.entries)
            copy.others.update(value.others)
            copy.is_open, copy.is_escaped = value.is_open, value.is_escaped
            frame.world.flows.add((value,), copy, FlowKind.MADE_FROM, call)
            return (copy,)
        case "clear" | "popitem":
            lose_entries(value)
            return ()
        case "keys" | "items":
            return _derived(frame, call, (value,))
        case _:
            return None


def _values_listed(frame: Frame, state: State, value: Mapping, call: tree.Call) -> Sequence:
    """The values of a dict, in the order of its keys."""
    made = frame.world.make(call, ("values of", value), frame.context, lambda: _new_sequence(frame, state, call, []))
    settle(made, state)
    for index, entry in enumerate(value.entries.values()):
        made.items[index] = Item(entry.values, False, state.branch, call)
    for index, held in enumerate(value.others.values()):
        made.items[("other", index)] = Item(held, False, state.branch, call, is_many=True)
    made.is_open = value.is_open or any(entry.is_changed for entry in value.entries.values())
    frame.world.flows.add((value,), made, FlowKind.MADE_FROM, call)
    return made


def _update(frame: Frame, state: State, value: Mapping, argument: tree.Arg, values: Values) -> None:
    if argument.keyword is not None:
        entry = Entry(values, argument.keyword, argument.value)
        _set_entry(frame, state, value, argument.keyword.value, entry)
        return
    update_entries(frame, state, value, values)


def update_entries(frame: Frame, state: State, value: Mapping, values: Values) -> None:
    """Add the entries of the dicts `values` to `value`."""
    for held in values:
        if isinstance(held, Mapping) and len(values) == 1:
            for key, entry in list(held.entries.items()):
                _set_entry(frame, state, value, key, replace(entry))
            value.others.update(held.others)
            value.is_open = value.is_open or held.is_open
            value.is_escaped = value.is_escaped or held.is_escaped or held.is_open or bool(held.others)
        else:
            lose_entries(value)


def _new_mapping(frame: Frame, state: State, node: tree.Node) -> Mapping:
    return Mapping(node, frame.scope, state.branch, frame.world.order(node), context=frame.context)


def _new_sequence(frame: Frame, state: State, node: tree.Node, dependencies: list[object]) -> Sequence:
    return Sequence(node, frame.scope, state.branch, frame.world.order(node), context=frame.context)


def _projected(frame: Frame, state: State, value: Sequence, call: tree.Call, what: Aspect) -> Sequence:
    """The names or the parameters of a dict that maps names to parameters."""
    made = frame.world.make(call, what.value, frame.context, lambda: _new_sequence(frame, state, call, []))
    settle(made, state)
    parts, is_readable = parts_of((value,))
    made.items[call] = Item((Element(what, parts, frame.world.layout.text(call)),), False, state.branch, call)
    made.is_open = not is_readable
    frame.world.flows.add((value,), made, FlowKind.MADE_FROM, call)
    return made


def _derived(frame: Frame, node: tree.Node, values: Values) -> Values:
    """An unknown value made of others: reading it reads them."""
    entity = frame.world.unknown(node, frame.context)
    frame.world.flows.add(values, entity, FlowKind.MADE_FROM, node)
    return (entity,)


derived = _derived
