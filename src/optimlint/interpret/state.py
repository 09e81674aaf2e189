"""The abstract state at one place of the code: the values of names on the paths that lead there."""

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
    """The key of a read that only counts the elements of an iterator."""

    value: Value


@dataclass(slots=True)
class State:
    """The bindings on all paths to a place.

    `read` holds the one-shot iterators that some path has already read, with the node that read them. `path` is the
    condition on loop variables under which the place is reached. `branch` holds the arms of other statements that lead
    to it, and the runs that reach it.
    """

    bindings: dict[str, Values] = field(default_factory=dict)
    read: dict[Value | Counted, tree.Node] = field(default_factory=dict)
    path: Condition = Always()
    branch: Branch = field(default_factory=Branch)
    in_parameter_loop: bool = False
    is_alive: bool = True
    guards: Values = ()
    """The values that the enclosing tests depend on."""
    region: Region = ()
    """The constructs that may keep the place from being reached exactly once: loops, bodies of `try`, operands of
    `and`."""

    def copy(self) -> "State":
        """An independent copy."""
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
        """This state, moved into code that may run any number of times or not at all."""
        self.region = (*self.region, *(Step(node, is_loop) for node in nodes))
        return self

    def become(self, other: "State") -> None:
        """Take over the bindings of `other`, but not its place in the code."""
        self.bindings = other.bindings
        self.read = other.read
        self.is_alive = other.is_alive


def join(*states: State) -> State:
    """The join of the states whose paths continue; the first one if none does."""
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
    """Set the path and reach after a branching statement from the states at the start and the end of its arms. If an
    arm leaves early, wholly or in part, only the rest continues."""
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
    """The path with at most `_MOST_TESTS` tests; the others become one unknown test."""
    if isinstance(path, And) and len(path.operands) > _MOST_TESTS:
        return both(And(path.operands[:_MOST_TESTS]), UnknownTest("more is asked before"))
    return path


def _stands_alike(end: State, start: State) -> bool:
    return end.path == start.path and end.branch.reach == start.branch.reach


def beside(reach: Reach, left: list[Reach]) -> Reach:
    """The runs of `reach` without those that have left; unchanged if that leaves none."""
    rest = reach
    for one in dict.fromkeys(left):
        rest = rest.both(one.negated())
    return rest if rest.ways else reach
