"""Collections as later statements build them: what is put in, what comes out, and which are parameter groups."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import libcst as cst

from optimlint.extract.evaluation import evaluate, evaluate_index
from optimlint.extract.frame import Frame
from optimlint.extract.readings import find_emptied
from optimlint.extract.state import State
from optimlint.extract.values import (
    Constant,
    DraftPart,
    Element,
    Entity,
    Entry,
    Item,
    Mapping,
    OptimizerValue,
    Sequence,
    Stream,
    Value,
    Values,
    consume,
    union,
)
from optimlint.facts.arms import NOWHERE
from optimlint.facts.conditions import Condition, NameTest, NameTestKind, UnknownTest, both

PARAMS = "params"
MOST_VALUES = 2_000
"""How many values are looked at to classify one collection; what stands behind them is left unread."""
_MOST_LOOKED_AT = 50
"""How many items of a list are looked at to tell whether it may hold parameters."""

_ONE_OF_GROUPS = re.compile(r"\bparam_groups\[(?!each\])[^\[\]]+\]$")
"""`optimizer.param_groups[0]`, and not the groups of a loop."""
_MOST_OPENED = 4
"""How often one list is opened where it is spread in others; that something is there twice shows by then."""


def add_items(state: State, sequence: Sequence, item: Item) -> None:
    """Put something in a list; where a test decides, the list is made of what the test was asked of, too."""
    if state.in_parameter_loop:
        item.path = state.path
    if any(id(sequence) in turn.asked for turn in state.branch.turns):
        # What is put in where the list was found empty, or short, is no companion of what it holds on other paths.
        item.branch = item.branch.where(NOWHERE)
    calls = item.branch.calls
    held = sequence.items.setdefault((id(item.node), *calls) if calls else id(item.node), item)
    known = {(value.what, value.parts) for value in held.values if isinstance(value, Element)}
    added = (one for one in item.values if not isinstance(one, Element) or (one.what, one.parts) not in known)
    held.values = union(held.values, tuple(added))
    _depend(state, sequence)
    for value in item.values:
        if isinstance(value, Mapping):
            value.is_listed = True
    if sequence.is_consumed:
        consume(item.values)


def _depend(state: State, collection: Sequence | Mapping) -> None:
    for guard in state.guards:
        if guard is not collection and guard not in collection.dependencies:
            collection.dependencies.append(guard)
            if collection.is_consumed:
                consume((guard,))


def under_path(state: State, values: Values) -> Values:
    """The values as they are put somewhere here: a loop's parameters only where the path's tests hold."""

    def narrow(part: DraftPart) -> DraftPart:
        return DraftPart(part.owner, both(part.condition, state.path), part.condition_node, part.source_node)

    return with_parts(values, narrow)


def with_parts(values: Values, change: Callable[[DraftPart], DraftPart]) -> Values:
    """The values, with each part of an element changed."""
    return tuple(
        Element(value.what, tuple(map(change, value.parts)), value.text, value.is_full_name)
        if isinstance(value, Element)
        else value
        for value in values
    )


def merged_elements(found: list[Value]) -> Values:
    """The values, with the elements of one kind as one."""
    elements: dict[tuple[str, bool], Element] = {}
    others: list[Value] = []
    for value in found:
        if not isinstance(value, Element):
            others.append(value)
            continue
        key = (value.what, value.is_full_name)
        known = elements.get(key)
        parts = tuple(dict.fromkeys((*known.parts, *value.parts))) if known is not None else value.parts
        elements[key] = Element(value.what, parts, value.text, value.is_full_name)
    return (*elements.values(), *dict.fromkeys(others))


def held_by(
    value: Sequence | Stream | Mapping, depth: int = 0, opened: Counter[int] | None = None
) -> Iterator[tuple[Values, Item | None]]:
    """The single values in a collection, spread ones opened, with the item that holds them. Lists that a loop puts into
    each other are opened a few times and not on each of the many ways that lead to them."""
    if not isinstance(value, Sequence) or depth > 12:
        return
    opened = Counter() if opened is None else opened
    for item in value.items.values():
        if not item.is_spread:
            yield item.values, item
            continue
        for inner in item.values:
            if isinstance(inner, Sequence):
                opened[id(inner)] += 1
                if opened[id(inner)] > _MOST_OPENED:
                    continue
                for values, nested in held_by(inner, depth + 1, opened):
                    yield values, (item if nested is None else nested)
            else:
                yield (inner,), item


def is_group_mapping(value: object) -> bool:
    """Whether a dict is, or may be, a parameter group."""
    if not isinstance(value, Mapping) or PARAMS not in value.entries:
        return False
    entry = value.entries[PARAMS]
    return bool(entry.values) and all(_may_be_parameters(held) for held in entry.values)


def _may_be_parameters(value: object) -> bool:
    match value:
        case Stream(what=what):
            return what in ("param", "pair")
        case Element(what=what):
            return what in ("param", "pair")
        case Sequence():
            held = (one for values, _ in islice(held_by(value), _MOST_LOOKED_AT) for one in values)
            return all(_may_be_parameter(one) for one in held)
        case Entity(qualified_name=None):
            return True
        case _:
            return False


def _may_be_parameter(value: object) -> bool:
    match value:
        case Constant() | Mapping():
            return False
        case Element(what=what):
            return what in ("param", "pair")
        case Stream(what=what):
            return what in ("param", "pair")
        case Sequence():
            return True
        case _:
            return True


def is_group_collection(value: object) -> bool:
    """Whether a list holds parameter groups."""
    if not isinstance(value, Sequence) or value.is_mapping:
        return False
    return any(is_group_mapping(one) for values, _ in islice(held_by(value), MOST_VALUES) for one in values)


_Parts = tuple[tuple[DraftPart, ...], bool]
_UNKNOWN_PARTS: _Parts = ((), False)
_DEEPEST_LIST = 12


def parts_of(values: Values) -> _Parts:
    """The parameters that values hold, and whether they are all known."""
    return _parts_of(values, 0, {})


def _parts_of(values: Values, depth: int, known: dict[int, _Parts]) -> _Parts:
    """`known` are the lists that have been looked into: one may stand in many places."""
    parts: list[DraftPart] = []
    is_readable = len(values) == 1
    for value in values:
        match value:
            case Element(what="id"):
                is_readable = False
            case Stream(parts=held, what=what) | Element(parts=held, what=what):
                parts.extend(held)
                is_readable = is_readable and what in ("param", "pair") and bool(held)
            case Sequence() if depth < _DEEPEST_LIST:
                if id(value) not in known:
                    known[id(value)] = _UNKNOWN_PARTS  # This is what a list that holds itself finds of itself.
                    known[id(value)] = _parts_of_list(value, depth, known)
                held, is_known = known[id(value)]
                parts.extend(held)
                is_readable = is_readable and is_known
            case Entity(parent=Entity()) as entity if entity.qualified_name is None and "[each]" not in entity.text:
                parts.append(DraftPart(entity))
                is_readable = False
            case _:
                is_readable = False
    return tuple(dict.fromkeys(parts)), is_readable


def _parts_of_list(value: Sequence, depth: int, known: dict[int, _Parts]) -> _Parts:
    found = [_parts_of_item(item, depth, known) for item in value.items.values()]
    parts = dict.fromkeys(part for held, _ in found for part in held)
    return tuple(parts), not value.is_open and all(is_known for _, is_known in found)


def _parts_of_item(item: Item, depth: int, known: dict[int, _Parts]) -> _Parts:
    """The parameters that one item of a list holds; an attribute of a model that stands there alone is a parameter."""
    if not item.is_spread and len(item.values) == 1:
        held = item.values[0]
        if isinstance(held, Entity) and isinstance(held.parent, Entity) and "[" not in held.text:
            return (DraftPart(held),), held.qualified_name is None
    return _parts_of(item.values, depth + 1, known)


def note_setting_read(frame: Frame, group: Mapping, key: str) -> None:
    """Who takes a setting out of a group uses the group: it may reach an optimizer on its own."""
    if key != PARAMS and not frame.is_looking and is_group_mapping(group):
        consume((group,))


def parameter_named(value: Sequence, index: Values) -> Values:
    """`by_name[n]`, where `by_name` maps names to parameters and `n` is one of some names."""
    parts, _ = parts_of((value,))
    owners = dict.fromkeys(part.owner for part in parts)
    found: list[DraftPart] = []
    for name in index:
        if isinstance(name, Element) and name.what == "name":
            found.extend(name.parts)
        elif isinstance(name, Constant) and isinstance(name.value, str):
            found.extend(DraftPart(owner, NameTest(NameTestKind.EQUALS, name.value)) for owner in owners)
    return (Element("param", tuple(dict.fromkeys(found)), "a parameter by its name"),) if found else ()


def assign_subscript(
    frame: Frame, state: State, target: cst.Subscript, values: Values, expression: cst.BaseExpression | None
) -> None:
    """`collection[key] = values`."""
    index = evaluate_index(frame, state, target)
    key = index[0].value if len(index) == 1 and isinstance(index[0], Constant) else None
    owners = evaluate(frame, state, target.value)
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
                key_node = at.value if isinstance(at, cst.Index) else target
                _set_entry(at_owner, owner, key, Entry(under_path(at_owner, values), key_node, expression))
            case Mapping():
                owner.others[id(target)] = union(owner.others.get(id(target), ()), under_path(at_owner, values))
                _depend(at_owner, owner)
                if owner.is_consumed:
                    consume(values)
            case Sequence(is_mapping=True):
                add_items(at_owner, owner, Item(under_path(at_owner, values), False, state.branch, target))
            case Sequence():
                add_items(at_owner, owner, Item(under_path(at_owner, values), False, state.branch, target))
                owner.is_open = True
            case _:
                consume(values)
    if not owners:
        consume(values)


def where_meant(frame: Frame, state: State, place: cst.BaseExpression, owner: Value) -> State:
    """Where one of the several values of `place` is meant, what is put in each is a choice: by the key, where that was
    chosen by a test, else by what nobody knows."""
    inner = state.copy()
    number = frame.world.order(owner.node) if isinstance(owner, Sequence | Mapping) else 0
    condition: Condition = UnknownTest(f"{frame.world.layout.text(place)} is {number}")
    if isinstance(place, cst.Subscript):
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
    """Whether a subscript's owner is an optimizer's group: `optimizer.param_groups[0]`, or a loop's name for one."""
    return any(isinstance(value, Entity) and "group" in value.text for value in values)


def _set_entry(state: State, owner: Mapping, key: str, entry: Entry) -> None:
    known = owner.entries.get(key)
    is_certain = state.branch == owner.branch and state.path == owner.path
    if known is None or known.value_node is not entry.value_node:
        before = known.values if known is not None else ()
        values = entry.values if is_certain else union(before, entry.values)
        entry = Entry(values, entry.key_node, entry.value_node, not is_certain)
    else:
        entry.is_changed = known.is_changed
    owner.entries[key] = entry
    _depend(state, owner)
    if owner.is_consumed:
        consume(entry.values)


def mark_changed(frame: Frame, collections: Values, values: Values) -> None:
    """Something that cannot be followed changed the collections, and reads the values."""
    for collection in collections:
        if isinstance(collection, Sequence | Mapping):
            collection.is_open = True
    consume(values)


def call_method(
    frame: Frame, state: State, value: Sequence | Mapping, method: str, call: cst.Call, arguments: list[Values]
) -> Values | None:
    """What a method of a list, set or dict does; None for one that is not known."""
    if isinstance(value, Mapping) or value.is_mapping:
        return _call_mapping_method(frame, state, value, method, call, arguments)
    match method, arguments:
        case (("append" | "add" | "appendleft"), [values]):
            add_items(state, value, Item(under_path(state, values), False, state.branch, call))
        case (("extend" | "update" | "union" | "__add__"), [*several]):
            for index, values in enumerate(several):
                node = call.args[index] if index < len(call.args) else call
                add_items(state, value, Item(values, True, state.branch, node))
            return (value,)
        case "insert", [_, values]:
            add_items(state, value, Item(under_path(state, values), False, state.branch, call))
        case ("copy", []):
            return (value,)
        case (("sort" | "reverse"), _):
            return ()
        case "pop", [] if value.items and not frame.is_repeated:
            return value.items.pop(next(reversed(value.items))).values
        case (("pop" | "popleft"), _):
            value.is_open = True
            return union(*(values for values, _ in held_by(value)))
        case (("remove" | "clear" | "discard" | "difference_update" | "intersection_update"), _):
            value.is_open = True
        case (("index" | "count" | "__len__" | "intersection" | "difference" | "isdisjoint" | "issubset"), _):
            return _derived(frame, call, (value, *union(*arguments)))
        case _:
            return None
    return ()


def _call_mapping_method(
    frame: Frame, state: State, value: Sequence | Mapping, method: str, call: cst.Call, arguments: list[Values]
) -> Values | None:
    key = arguments[0][0] if arguments and len(arguments[0]) == 1 else None
    name = key.value if isinstance(key, Constant) and isinstance(key.value, str) else None
    if isinstance(value, Sequence):
        match method:
            case "items":
                return (value,)
            case "values" | "keys":
                return (_projected(frame, state, value, call, "param" if method == "values" else "name"),)
            case _:
                return None
    match method:
        case "get" | "pop" | "setdefault":
            if name is not None:
                if name in value.entries:
                    note_setting_read(frame, value, name)
                    return value.entries[name].values
                if method == "setdefault" and len(arguments) > 1:
                    _set_entry(state, value, name, Entry(arguments[1], call, None))
                    return arguments[1]
            elif method == "setdefault" and len(arguments) > 1:
                value.others[id(call)] = arguments[1]
            return union(*(entry.values for entry in value.entries.values()), *value.others.values())
        case "values":
            made = frame.world.make(
                call,
                f"values of {value.order}",
                frame.context,
                lambda: _new_sequence(frame, state, call, list(value.dependencies)),
            )
            values = union(*(entry.values for entry in value.entries.values()), *value.others.values())
            for index, held in enumerate(values):
                made.items[index] = Item((held,), False, state.branch, call)
            made.is_open = value.is_open
            made.dependencies.append(value)
            return (made,)
        case "update":
            _update(frame, state, value, call, arguments)
            return ()
        case "copy":
            return (value,)
        case "keys" | "items":
            return _derived(frame, call, (value,))
        case _:
            return None


def _update(frame: Frame, state: State, value: Mapping, call: cst.Call, arguments: list[Values]) -> None:
    for argument, values in zip(call.args, arguments, strict=False):
        if argument.keyword is not None:
            _set_entry(state, value, argument.keyword.value, Entry(values, argument.keyword, argument.value))
            continue
        for held in values:
            if isinstance(held, Mapping):
                for key, entry in held.entries.items():
                    _set_entry(state, value, key, entry)
                value.is_open = value.is_open or held.is_open
            else:
                value.is_open = True


def _new_sequence(frame: Frame, state: State, node: cst.CSTNode, dependencies: list[object]) -> Sequence:
    return Sequence(node, frame.scope, state.branch, frame.world.order(node), context=frame.context)


def _projected(frame: Frame, state: State, value: Sequence, call: cst.Call, what: str) -> Sequence:
    """The names or the parameters of a dict of parameters by name."""
    made = frame.world.make(call, what, frame.context, lambda: _new_sequence(frame, state, call, []))
    parts, is_readable = parts_of((value,))
    made.items[id(call)] = Item((Element(what, parts, frame.world.layout.text(call)),), False, state.branch, call)
    made.is_open = not is_readable
    made.dependencies.append(value)
    return made


def _derived(frame: Frame, node: cst.CSTNode, values: Values) -> Values:
    """An unknown value that is made of others: whoever reads it reads them."""
    entity = frame.world.unknown(node, frame.context)
    for value in values:
        if value not in entity.dependencies and not isinstance(value, Element | OptimizerValue):
            entity.dependencies.append(value)
    return (entity,)


derived = _derived
