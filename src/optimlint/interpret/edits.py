"""Edits of lists and dicts, kept in order, so that the content at each point is known.

`Sequence.items` holds everything that was ever put in a list, which is enough for its possible content. The groups of
an optimizer need more: the order, and what was removed again. So each list keeps its edits, and code that copies or
takes the list records the number of edits by then. `exact` replays them. It returns None if one of them cannot be
followed.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from optimlint.facts.arms import Reach
from optimlint.interpret.branches import Branch, TurnKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import ONE_SHOT, SequenceKind
from optimlint.interpret.sites import Key
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    PARAMS,
    Edit,
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
    contents,
    union,
)
from optimlint.knowledge.words import LOOKING
from optimlint.syntax import tree

_REMOVALS = (EditKind.SET, EditKind.REMOVE, EditKind.CLEAR)
_ARMS = (TurnKind.THEN, TurnKind.OTHERWISE, TurnKind.CASE)
_MOST_ARMS = 3
"""The most conditional edits of a list that are distinguished."""
_DEEPEST = 12
_MOST_ITEMS = 500
"""The most items of a list that are replayed; the order of a longer list is unknown."""
_MOST_ENTITIES = 50
"""The most unknown values that are searched for collections that they may edit."""


def settle(made: Sequence | Mapping, state: State) -> None:
    """Record where a collection is created, and reset its edits."""
    made.branch, made.region, made.path = state.branch, state.region, state.path
    if isinstance(made, Sequence):
        made.edits.clear()
        made.is_restructured = made.is_shared = made.is_reduced = False
        return
    made.entries.clear()
    made.others.clear()
    made.removed.clear()
    made.given_to.clear()
    made.replaced.clear()
    made.is_open = made.is_escaped = False


def is_straight(frame: Frame, state: State, made: Sequence | Mapping) -> bool:
    """Whether this place is reached exactly once for each creation of the collection."""
    return (
        made.branch == state.branch
        and made.region == state.region
        and made.context == frame.context
        and made.scope == frame.scope
        and (made.path is state.path or made.path == state.path)
    )


def note_edit(
    frame: Frame,
    state: State,
    sequence: Sequence,
    node: tree.Node,
    kind: EditKind,
    put: Key | None = None,
    at: int | slice | None = None,
) -> None:
    """Record the effect of `node` on a list, once per call context. `put` is the key of the item that it adds. If
    unknown elements are removed, the list becomes open."""
    calls = state.branch.calls
    key: Key = (node, *calls) if calls else node
    if key not in sequence.edits:
        sequence.is_shared = sequence.is_shared or sequence.scope != frame.scope
        sequence.is_restructured = sequence.is_restructured or kind not in (EditKind.ADD, EditKind.ESCAPE)
        if put is not None:
            sequence.items[put].number = len(sequence.edits) + 1
        followed = _as_followed(frame, state, sequence, kind)
        perhaps = kind if followed is EditKind.LOST and _is_in_arms(frame, state, sequence) else None
        # An edit inside a function happens at the call, wherever the function is defined.
        order = frame.world.order(calls[0] if calls else node)
        sequence.edits[key] = Edit(followed, order, put, at, perhaps, state.branch.reach)
    if kind in _REMOVALS and exact(sequence) is None:
        sequence.is_open = sequence.is_reduced = True


def _as_followed(frame: Frame, state: State, sequence: Sequence, kind: EditKind) -> EditKind:
    """The kind of an edit, considering how often it happens: GATHER for an addition in a loop, LOST if that is
    unknown."""
    if kind is EditKind.ESCAPE or is_straight(frame, state, sequence):
        return kind
    is_same_call = sequence.context == frame.context and sequence.scope == frame.scope
    is_in_loops = all(step.is_loop for step in state.region[len(sequence.region) :])
    if kind is EditKind.ADD and is_same_call and state.branch == sequence.branch and is_in_loops:
        return EditKind.GATHER
    return EditKind.LOST


def _is_in_arms(frame: Frame, state: State, sequence: Sequence) -> bool:
    """Whether only branches decide if a place is reached, and it is reached at most once per creation of the list."""
    is_same_call = sequence.context == frame.context and sequence.scope == frame.scope
    turns = state.branch.beyond(sequence.branch)
    is_once = sequence.region == state.region and sequence.path == state.path
    return is_same_call and is_once and turns is not None and all(turn.kind in _ARMS for turn in turns)


def before(state: State, sequence: Sequence, node: tree.Node) -> list[Item] | None:
    """The content of a list, in order, before `node` edits it; None if unknown."""
    calls = state.branch.calls
    keys = list(sequence.edits)
    key: Key = (node, *calls) if calls else node
    return exact(sequence, keys.index(key) if key in sequence.edits else None)


def spread(frame: Frame, values: Values, branch: Branch, node: tree.Node) -> Item:
    """The item for all current elements of the values. One-shot iterators are empty after that."""
    version = None
    if len(values) == 1 and isinstance(values[0], Sequence):
        version = read_once(frame, values[0], node)
    for value in values:
        if isinstance(value, Stream):
            version = note_reading(value, node, branch)
    is_drained = node in frame.world.emptied_surely
    return Item(values, True, branch, node, version=version, is_drained=is_drained)


def note_reading(stream: Stream, node: tree.Node, branch: Branch) -> int:
    """Record that `node` may read a stream of parameters. Returns the number of other reads of a one-shot stream in the
    same runs."""
    before = [one for key, one in stream.readings.items() if key != node and not one.reach.excludes(branch.reach)]
    stream.readings[node] = branch
    return len(before) if stream.is_one_shot else 0


def read_once(frame: Frame, sequence: Sequence, node: tree.Node) -> int:
    """The version of a list that `node` reads. Reading exhausts an iterator."""
    if sequence.kind not in ONE_SHOT:
        return len(sequence.edits)
    key = ("read", node, *frame.context)  # The node that creates an iterator may also be the one that reads it.
    if key not in sequence.edits:
        sequence.edits[key] = Edit(EditKind.LOST, frame.world.order(node))
    return list(sequence.edits).index(key)


def exact(sequence: Sequence, version: int | None = None) -> list[Item] | None:
    """The items of a list after its first `version` edits, in order and with spread lists opened; None if not all are
    known."""
    return _replay(sequence, version, 0, [_MOST_ITEMS])


def replays(sequence: Sequence, version: int | None, runs: Reach) -> list[list[Item]]:
    """The items for each possible outcome of the branches that decide about edits, among the outcomes that occur in
    `runs`. Empty if there are no such branches, or if the content is unknown for one outcome."""
    edits = list(sequence.edits.items())[:version]
    arms = [(key, edit.reach) for key, edit in edits if edit.perhaps is not None]
    found: list[list[Item]] = []
    for answers in product((True, False), repeat=len(arms)) if 0 < len(arms) <= _MOST_ARMS else ():
        reach = runs
        for (_, where), is_reached in zip(arms, answers, strict=True):
            reach = reach.both(where if is_reached else where.negated())
        if reach.ways:
            happens = {key: is_reached for (key, _), is_reached in zip(arms, answers, strict=True)}
            held = _replay(sequence, version, 0, [_MOST_ITEMS], happens)
            if held is None:
                return []
            found.append(held)
    return found


def _replay(
    sequence: Sequence, version: int | None, depth: int, left: list[int], happens: dict[Key, bool] | None = None
) -> list[Item] | None:
    """The items of a list, like `exact`. `happens` decides which of the conditional edits take place."""
    if depth > _DEEPEST or sequence.is_open or sequence.is_shared or sequence.is_mapping:
        return None
    if sequence.kind is SequenceKind.SET:
        return None
    held: list[Item] | None = []
    for item in sequence.items.values():
        if held is None:
            return None
        if item.number == 0:
            if sequence.kind in ONE_SHOT and _has_changed_since(item):
                return None
            held = _joined(held, _opened(item, depth, left))
    for key, edit in list(sequence.edits.items())[:version]:
        if held is None:
            return None
        if happens is not None and edit.perhaps is not None:
            if not happens[key]:
                continue
            edit = replace(edit, kind=edit.perhaps)
        held = _edited(held, edit, sequence, depth, left)
    return held


def _has_changed_since(item: Item) -> bool:
    """Whether a collection was edited after an iterator over it was created, and so perhaps before the iterator is
    read."""
    return item.version is not None and any(
        isinstance(value, Sequence) and item.version < len(value.edits) and value.kind not in ONE_SHOT
        for value in item.values
    )


def _joined(first: list[Item], second: list[Item] | None) -> list[Item] | None:
    return None if second is None else first + second


def _opened(item: Item, depth: int, left: list[int]) -> list[Item] | None:
    left[0] -= 1
    if left[0] < 0:
        return None
    if not item.is_spread or len(item.values) != 1 or not isinstance(item.values[0], Sequence):
        return [item]
    return _replay(item.values[0], item.version, depth + 1, left)


def _edited(held: list[Item], edit: Edit, sequence: Sequence, depth: int, left: list[int]) -> list[Item] | None:
    put: list[Item] | None = []
    if edit.kind in (EditKind.ADD, EditKind.INSERT, EditKind.SET):
        item = sequence.items.get(edit.key) if edit.key is not None else None
        put = _opened(item, depth, left) if item is not None else None
    if put is None:
        return None
    match edit.kind, edit.at:
        case EditKind.ADD, _:
            return held + put
        case EditKind.CLEAR, _:
            return []
        case EditKind.REVERSE, _:
            return held[::-1]
        case EditKind.INSERT, 0:
            return put + held
        case EditKind.REMOVE, -1 if held and is_single(held[-1]):
            return held[:-1]
        case EditKind.REMOVE, 0 if held and is_single(held[0]):
            return held[1:]
        case _ if not all(map(is_single, held)):
            return None
        case EditKind.INSERT, int() as index:
            held = list(held)
            held[index:index] = put
            return held
        case EditKind.SET, int() as index if -len(held) <= index < len(held):
            held = list(held)
            held[index] = put[0]
            return held if len(put) == 1 else None
        case EditKind.REMOVE, int() as index if -len(held) <= index < len(held):
            held = list(held)
            del held[index]
            return held
        case EditKind.REMOVE, slice() as part:
            held = list(held)
            del held[part]
            return held
        case _:
            return None


def is_single(item: Item) -> bool:
    """Whether an item of a list is certainly a single element."""
    return not item.is_spread and not item.is_many and len(item.values) == 1 and not isinstance(item.values[0], Element)


def content(sequence: Sequence, version: int | None = None) -> tuple[Iterable[Item], bool]:
    """The items of a list after its first `version` edits: exactly if known, else everything that it ever held. Also
    returns whether that may be more than it held then."""
    is_past = version is not None and version < len(sequence.edits)
    if is_past or sequence.is_restructured:
        known = exact(sequence, version)
        if known is not None:
            return known, False
    return sequence.items.values(), is_past


def remove_entry(frame: Frame, state: State, mapping: Mapping, key: str, node: tree.Node) -> Values:
    """The values under a key that is removed. The entry is only deleted if the removal certainly happens and no
    optimizer has the dict, since an optimizer fills in every missing key. Else it is marked as changed."""
    if node in mapping.removed:
        return mapping.removed[node]
    entry = mapping.entries.get(key)
    if entry is None:
        return ()
    if is_straight(frame, state, mapping) and not mapping.given_to:
        del mapping.entries[key]
        mapping.replaced.extend(entry.values)
        mapping.removed[node] = entry.values
    else:
        mapping.entries[key] = replace(entry, is_changed=True)
    return entry.values


def lose_entries(mapping: Mapping) -> None:
    """Record that something that cannot be followed changes a dict."""
    mapping.is_open = mapping.is_escaped = True


def escape(frame: Frame, state: State, values: Values, node: tree.Node) -> None:
    """Record that `node` passes the values and all their contents to code that cannot be followed and may edit them."""
    pending, seen, entities = list(values), set[Value](), 0
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        match value:
            case Sequence():
                if not value.edits or next(reversed(value.edits.values())).kind is not EditKind.ESCAPE:
                    note_edit(frame, state, value, node, EditKind.ESCAPE)
                    pending.extend(contents(value))
            case Mapping():
                value.is_escaped = True
                pending.extend(contents(value))
            case Stream():
                note_reading(value, node, state.branch)
            case Entity() if entities < _MOST_ENTITIES:
                entities += 1
                note_group_change(frame, value, None)
                pending.extend(_made_of(frame, value))
            case _:
                continue


def change(frame: Frame, state: State, entity: Entity, key: str | None, node: tree.Node) -> None:
    """Record that `node` changes an unknown value, under one key, or an unknown one (None). This may change what the
    value is made of."""
    note_group_change(frame, entity, key)
    escape(frame, state, tuple(_made_of(frame, entity)), node)


def _made_of(frame: Frame, entity: Entity) -> list[Value]:
    """The collections that an unknown value may be part of, or made of."""
    found: list[Value] = []
    pending, seen = [entity], set[Value]()
    while pending and len(seen) < _MOST_ENTITIES:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        for value in frame.world.flows.sources(current):
            if isinstance(value, Entity):
                pending.append(value)
            else:
                found.append(value)
        if current.parent is not None:
            pending.append(current.parent)
    return found


def note_group_change(frame: Frame, entity: Entity, key: str | None) -> None:
    """Record that the code changes an optimizer's own groups, if `entity` is part of them: under one key, or an unknown
    one (None)."""
    current: Entity | None = entity
    inner = ""
    for _ in range(_DEEPEST):
        if current is None:
            return
        if current.groups_of is not None:
            frame.world.changed_groups.note(current.groups_of.call, frame.scope, key)
            return
        if current.attribute == "param_groups" and current.parent is not None:
            frame.world.changed_groups.note(current.parent, frame.scope, key)
            return
        is_params = current.attribute in ('["params"]', "['params']")
        if current.attribute in LOOKING or (current.attribute[:2] in ('["', "['") and not is_params):
            return  # A setting of a group, not the group.
        if is_params and inner[:1] == "[":
            return  # A parameter, not the group.
        inner, current = current.attribute, current.parent


def put_entry(frame: Frame, state: State, mapping: Mapping, key: str, entry: Entry) -> None:
    """Set a key of a dict. If that does not certainly happen, the previous values remain possible, and the entry is
    marked as changed."""
    known = mapping.entries.get(key)
    is_sure = is_straight(frame, state, mapping) and not (mapping.given_to and key == PARAMS)
    if known is not None and known.value_node is not entry.value_node and not is_sure:
        entry = Entry(union(known.values, entry.values), entry.key_node, entry.value_node, is_changed=True)
    elif not is_sure:
        entry = replace(entry, is_changed=True)
    if known is not None:
        mapping.replaced.extend(known.values)
    mapping.entries[key] = entry
