"""Find sources of parameters that are put in one list twice."""

from collections.abc import Iterable, Iterator

from optimlint.diagnostic import Range
from optimlint.facts.conditions import Always
from optimlint.facts.groups import Repeat
from optimlint.interpret.kinds import SequenceKind
from optimlint.interpret.models.contents import is_group_collection, parts_of
from optimlint.interpret.placing import Placed, placed_in
from optimlint.interpret.values import DraftPart, Element, Entity, Item, Sequence, Stream, Value, contents
from optimlint.interpret.world import World
from optimlint.syntax import tree

_MOST_LEAVES = 2_000


def repeats_in(world: World, values: Iterable[Value]) -> Iterator[Repeat]:
    """The repeated sources in each list among the values and their elements. Sets have no repeats."""
    pending, seen = list(values), set[Value]()
    while pending:
        value = pending.pop()
        if value in seen or (isinstance(value, Sequence) and value.kind is SequenceKind.SET):
            continue
        seen.add(value)
        if isinstance(value, Sequence) and not value.is_open and not is_group_collection(value):
            yield from _repeats(world, value)
        pending.extend(contents(value))


def _repeats(world: World, sequence: Sequence) -> Iterator[Repeat]:
    """The first repeat between items that different expressions put in one list."""
    taken: dict[tuple[Entity, ...], list[Placed]] = {}
    for number, placed in enumerate(placed_in(sequence)):
        if number > _MOST_LEAVES:
            return
        owners = _whole_sources(placed)
        if not owners:
            continue
        before = taken.setdefault(owners, [])
        first = next((one for one in before if one.item is not placed.item and _meet(one, placed)), None)
        if first is not None:
            at = _construct(world, sequence, placed.item.node)
            places = [world.layout.range(one.item.node) for one in (first, placed)]
            source = " and ".join(dict.fromkeys(f"`{owner.display}`" for owner in owners))
            yield Repeat(at, places[0], places[1], source)
            return
        before.append(placed)


def repeated_lists(world: World, sequence: Sequence) -> Iterator[Repeat]:
    """The lists that are spread into one list twice."""
    taken: dict[Sequence, list[Item]] = {}
    for item in sequence.items.values():
        for value in item.values if item.is_spread else ():
            if not isinstance(value, Sequence):
                continue
            before = taken.setdefault(value, [])
            for first in before[:1]:
                if not first.branch.reach.excludes(item.branch.reach):
                    places = [world.layout.range(one.node) for one in (first, item)]
                    yield Repeat(_construct(world, sequence, item.node), places[0], places[1], "one source")
            before.append(item)


def _meet(one: Placed, other: Placed) -> bool:
    return not one.reach.excludes(other.reach)


def _whole_sources(placed: Placed) -> tuple[Entity, ...]:
    """The models of which a value is all parameters; empty for a selection or an unknown value."""
    if not isinstance(placed.value, Stream | Element) or placed.path != Always():
        return ()
    parts, is_readable = parts_of((placed.value,))
    if not is_readable or not all(_is_whole(part) for part in parts):
        return ()
    return tuple(part.owner.representative() for part in parts if part.owner is not None)


def _is_whole(part: DraftPart) -> bool:
    return part.owner is not None and isinstance(part.condition, Always)


def _construct(world: World, sequence: Sequence, second: tree.Node) -> Range:
    """The statement that creates the list, if it also contains the second occurrence; else the second occurrence."""
    added = world.layout.range(second)
    whole = sequence.statement if isinstance(sequence.statement, tree.Assign | tree.AnnAssign) else sequence.node
    at = world.layout.range(whole)
    return at if at.start <= added.start and added.end <= at.end else added
