"""What is known at one place of the code: the values that names hold on the paths that lead there."""

from dataclasses import dataclass, field
from typing import NamedTuple

from optimlint.facts.arms import Reach
from optimlint.facts.conditions import Always, And, Condition, UnknownTest, both, either, without
from optimlint.interpret.branches import Branch
from optimlint.interpret.sites import Region, Step
from optimlint.interpret.values import Value, Values, union
from optimlint.syntax import tree

_MOST_TESTS = 48


class Counted(NamedTuple):
    """The key of a reading that only counts what an iterator holds."""

    value: Value


@dataclass(slots=True)
class State:
    """The bindings on all paths to a place.

    `read` holds the one-shot iterators that some path has already read, and where. `path` is the condition on a
    loop's parameters under which the place is reached, `branch` the arms of other statements that lead to it, and the
    runs that do.
    """

    bindings: dict[str, Values] = field(default_factory=dict)
    read: dict[Value | Counted, tree.Node] = field(default_factory=dict)
    path: Condition = Always()
    branch: Branch = field(default_factory=Branch)
    in_parameter_loop: bool = False
    is_alive: bool = True
    guards: Values = ()
    """The values that the enclosing tests were asked of."""
    region: Region = ()
    """What may keep the place from being reached exactly once: the loops around it, and the bodies of `try`, the
    operands of `and` and the like."""

    def copy(self) -> "State":
        """A state that can go its own way."""
        return State(
            dict(self.bindings),
            dict(self.read),
            self.path,
            self.branch,
            self.in_parameter_loop,
            self.is_alive,
            self.guards,
            self.region,
        )

    def within(self, *nodes: tree.Node, is_loop: bool = False) -> "State":
        """The same state, in a part of the code that may be reached more often than what is around it, or not."""
        self.region = (*self.region, *(Step(node, is_loop) for node in nodes))
        return self

    def become(self, other: "State") -> None:
        """Take over what `other` says of bindings; the place in the code stays."""
        self.bindings = other.bindings
        self.read = other.read
        self.is_alive = other.is_alive


def join(*states: State) -> State:
    """The union of the paths that go on; one of the dead ones where none does."""
    alive = [state for state in states if state.is_alive] or [states[0]]
    joined = alive[0].copy()
    for state in alive[1:]:
        held = joined.bindings
        for place, values in state.bindings.items():
            known = held.get(place, ())
            if known is not values:
                held[place] = union(known, values)
        joined.read = {**state.read, **joined.read}
    return joined


def go_on_after(state: State, ends: tuple[State, ...], entered: tuple[State, ...]) -> None:
    """Set what is known behind arms from what was known where they were entered and where they end: where an arm, or
    something in it, leaves early, only the rest goes on."""
    if all(end.is_alive and _stands_alike(end, start) for end, start in zip(ends, entered, strict=True)):
        return
    alive = [end for end in ends if end.is_alive]
    if not alive:
        return
    state.path = _bounded(both(state.path, either(tuple(without(end.path, state.path) for end in alive))))
    reach = alive[0].branch.reach
    for end in alive[1:]:
        reach = reach.either(end.branch.reach)
    state.branch = state.branch.where(reach)


def _bounded(path: Condition) -> Condition:
    """The path, without what is asked beyond more tests than anybody compares."""
    if isinstance(path, And) and len(path.operands) > _MOST_TESTS:
        return both(And(path.operands[:_MOST_TESTS]), UnknownTest("more is asked before"))
    return path


def _stands_alike(end: State, start: State) -> bool:
    return end.path == start.path and end.branch.reach == start.branch.reach


def beside(reach: Reach, left: list[Reach]) -> Reach:
    """The runs of `reach` without those that have left; unchanged where nothing tells them apart."""
    rest = reach
    for one in dict.fromkeys(left):
        rest = rest.both(one.negated())
    return rest if rest.ways else reach
