"""The content of a list, and the paths on which each element is in it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.facts.arms import EVERYWHERE, Reach, arm
from optimlint.facts.conditions import Always, Condition, both
from optimlint.interpret.branches import Branch, TurnKind
from optimlint.interpret.edits import content
from optimlint.interpret.values import Item, Sequence, Value
from optimlint.syntax import tree

_DEEPEST = 12
_MOST_OPENED = 4
_COMPREHENSIONS = (tree.ListComp, tree.SetComp, tree.GeneratorExp, tree.DictComp)


@dataclass(frozen=True, slots=True)
class Placed:
    """One value in a list. `reach` and `path` are the runs and the condition on loop variables under which it is added.
    `item` is the item of the outer list that brings it, perhaps as part of another list.

    `is_one_of_several` means that another value may be in its place, `is_repeated` that a loop may add it any number of
    times, and `is_conditional` that a branch adds it on some paths only.
    """

    value: Value
    item: Item
    reach: Reach
    path: Condition = Always()
    is_one_of_several: bool = False
    is_repeated: bool = False
    is_conditional: bool = False
    is_each: bool = False
    """Whether the value stands for many elements."""


def placed_in(sequence: Sequence) -> Iterator[Placed]:
    """All single values in a list, with spread lists opened. Lists that contain each other are opened a limited number
    of times."""
    yield from _placed(sequence, None, 0, Counter())


def _placed(sequence: Sequence, version: int | None, depth: int, opened: Counter[Sequence]) -> Iterator[Placed]:
    if depth > _DEEPEST:
        return
    for index, item in enumerate(content(sequence, version)[0]):
        for one in _values_of(sequence, item, index):
            if not item.is_spread or not isinstance(one.value, Sequence):
                yield one
                continue
            opened[one.value] += 1
            if opened[one.value] > _MOST_OPENED:
                continue
            for inner in _placed(one.value, item.version, depth + 1, opened):
                yield Placed(
                    inner.value,
                    item,
                    one.reach.both(inner.reach),
                    both(one.path, inner.path),
                    one.is_one_of_several or inner.is_one_of_several,
                    one.is_repeated or inner.is_repeated,
                    one.is_conditional or inner.is_conditional,
                    one.is_each or inner.is_each,
                )


def _values_of(sequence: Sequence, item: Item, index: int) -> Iterator[Placed]:
    """The values of one item. Several values are alternatives, unless the item stands for many elements."""
    is_repeated, is_conditional = _standing(item.branch, sequence.branch)
    is_each = stands_for_many(sequence, item)
    several = len(item.values) > 1
    for number, value in enumerate(item.values):
        choice = (
            arm(f"item {index} of the list at {sequence.order}", str(number)) if several and not is_each else EVERYWHERE
        )
        yield Placed(
            value, item, item.branch.reach.both(choice), item.path, several, is_repeated, is_conditional, is_each
        )


def stands_for_many(sequence: Sequence, item: Item) -> bool:
    """Whether a loop or comprehension adds the item repeatedly."""
    is_repeated, _ = _standing(item.branch, sequence.branch)
    return is_repeated or item.is_many or (isinstance(sequence.node, _COMPREHENSIONS) and not item.is_spread)


def placed_at(item: Item, value: Value, base: Branch) -> Placed:
    """A value of an item, as part of something that is created at `base`."""
    is_repeated, is_conditional = _standing(item.branch, base)
    several = len(item.values) > 1
    return Placed(value, item, item.branch.reach, item.path, several, is_repeated, is_conditional)


def _standing(branch: Branch, base: Branch) -> tuple[bool, bool]:
    """Whether a loop, and whether any branch, lies between the creation of a list and a place that adds to it. If the
    place is outside of the list's block, the loops around the list count."""
    turns = branch.beyond(base)
    if turns is None:
        return any(turn.kind is TurnKind.LOOP for turn in base.turns), True
    return any(turn.kind is TurnKind.LOOP for turn in turns), bool(turns)
