"""The value at one position of a collection. If one value stands for many elements, each position holds a different
one."""

from collections.abc import Iterator

from optimlint.facts.conditions import NEVER, Always, Condition, PositionTest, both, negate
from optimlint.interpret.edits import exact, is_single
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect
from optimlint.interpret.making import narrowed
from optimlint.interpret.models.collections import derived, note_setting_read
from optimlint.interpret.models.contents import parameter_named, parts_of
from optimlint.interpret.placing import placed_in, stands_for_many
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Constant,
    Element,
    Entity,
    Item,
    Mapping,
    Sequence,
    Stream,
    Value,
    Values,
    contents,
)
from optimlint.syntax import tree

_MOST_HELD = 200


def subscript(frame: Frame, value: Sequence | Mapping, index: Values, key: str, node: tree.Subscript) -> Values:
    """The possible values of `value[index]`. `key` is the index as code; equal code means equal index."""
    if isinstance(value, Mapping):
        return _look_up(frame, value, index, key, node)
    if value.is_mapping:
        return parameter_named(value, index)
    note_taken_out(frame, value)
    known = exact(value)
    items = list(value.items.values()) if known is None else known
    number = index[0].value if len(index) == 1 and isinstance(index[0], Constant) else None
    is_apart = is_told_apart(value) or (known is not None and all(map(is_single, known)))
    if isinstance(number, int) and is_apart and -len(items) <= number < len(items):
        return items[number].values
    return pick(frame, value, key, node)


def note_taken_out(frame: Frame, sequence: Sequence) -> None:
    """Record that dicts taken out of a list depend on the list."""
    for held in contents(sequence):
        if isinstance(held, Mapping):
            frame.world.flows.add((sequence,), held, FlowKind.MADE_FROM, None)


def is_told_apart(sequence: Sequence) -> bool:
    """Whether each item of a list is exactly one element, in order."""
    return not sequence.is_restructured and not any(
        item.is_spread or item.branch != sequence.branch or stands_for_many(sequence, item)
        for item in sequence.items.values()
    )


def _look_up(frame: Frame, mapping: Mapping, index: Values, key: str, node: tree.Node) -> Values:
    literal = index[0].value if len(index) == 1 and isinstance(index[0], Constant) else None
    if isinstance(literal, str) and literal in mapping.entries:
        note_setting_read(frame, mapping, literal)
        return mapping.entries[literal].values
    computed = [one for values in mapping.others.values() for one in values]
    found: dict[Value, None] = {}
    if not (isinstance(literal, str) and computed):
        found.update(dict.fromkeys(one for entry in mapping.entries.values() for one in entry.values))
    found.update(dict.fromkeys(_one_of_many(frame, mapping, one, key, node) for one in computed))
    if mapping.is_open:
        found.update(dict.fromkeys(derived(frame, node, (mapping,))))
    return tuple(found)


def pick(frame: Frame, sequence: Sequence, key: str, node: tree.Node) -> Values:
    """The possible values at an unknown position of a list."""
    return tuple(dict.fromkeys(_picked(frame, sequence, key, node)))


def _picked(frame: Frame, sequence: Sequence, key: str, node: tree.Node) -> Iterator[Value]:
    for number, placed in enumerate(placed_in(sequence)):
        if number > _MOST_HELD:
            yield frame.world.unknown(node, frame.context)
            return
        yield _one_of_many(frame, sequence, placed.value, key, node) if placed.is_each else placed.value


def _one_of_many(frame: Frame, holder: Sequence | Mapping, value: Value, key: str, node: tree.Node) -> Value:
    """The element at a key, if the value stands for many elements; otherwise the value."""
    match value:
        case Entity(qualified_name=None, own_class=None):
            return _named(frame, holder, value, key)
        case Stream() | Element() | Sequence() if parts_of((value,))[0]:
            what = value.what if isinstance(value, Stream | Element) else Aspect.PARAMETER
            parts, _ = parts_of((value,))
            made = frame.world.make(node, ("one of", value), frame.context, lambda: _new(frame, holder, node))
            element = Element(what, narrowed(frame, parts, node), frame.world.layout.text(node))
            made.items[node] = Item((element,), False, holder.branch, node)
            frame.world.flows.add((holder, value), made, FlowKind.MADE_FROM, node)
            return made
        case _:
            return value


def _named(frame: Frame, holder: Sequence | Mapping, value: Entity, key: str) -> Entity:
    one = frame.world.child(value, f"[{key}]")
    one.made_by, one.architecture = one.made_by or value.made_by, one.architecture or value.architecture
    frame.world.flows.add((holder, value), one, FlowKind.MADE_FROM, None)
    return one


def _new(frame: Frame, holder: Sequence | Mapping, node: tree.Node) -> Sequence:
    return Sequence(node, holder.scope, holder.branch, frame.world.order(node), context=frame.context)


def slice_condition(frame: Frame, state: State, sequence: Sequence, node: tree.Subscript) -> Condition | None:
    """The condition on position that selects the parameters of a slice with literal bounds; None if it is unknown or
    the list has parameters of several models."""
    match node.slice:
        case [tree.SubscriptElement(slice=tree.Slice(lower=lower, upper=upper, step=None))] if not sequence.is_open:
            pass
        case _:
            return None
    parts, is_readable = parts_of((sequence,))
    if not is_readable or len({part.owner for part in parts}) != 1:
        return None
    source, number = _place(frame, sequence)
    condition: Condition = Always()
    for bound, is_lower in ((lower, True), (upper, False)):
        if bound is None:
            continue
        position = _whole_number(evaluate(frame, state, bound))
        if position is None:
            return None
        test = PositionTest(source, number, abs(position), position < 0)
        if position:
            # The elements before `[-9]` are the tenth and the following ones, counted from the end.
            condition = both(condition, test if is_lower == (position > 0) else negate(test))
        elif not is_lower:
            return NEVER
    return condition


def _place(frame: Frame, sequence: Sequence) -> tuple[str, int]:
    """A list as the code writes it, and a number that distinguishes it from others."""
    if sequence.place is not None:
        return sequence.place, sequence.order
    is_fresh = isinstance(sequence.node, tree.Call)
    return frame.world.layout.code(sequence.node), 0 if is_fresh else sequence.order


def _whole_number(values: Values) -> int | None:
    match values:
        case (Constant(value=int() as number),) if not isinstance(number, bool):
            return number
        case _:
            return None
