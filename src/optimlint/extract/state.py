"""What is known at one place of the code: the values that names hold on the paths that lead there."""

from dataclasses import dataclass, field

import libcst as cst

from optimlint.extract.values import Values, union
from optimlint.facts.conditions import Always, Condition


@dataclass(slots=True)
class State:
    """The bindings on all paths to a place.

    `read` holds the one-shot iterators that some path has already read, and where. `path` is the condition on a
    loop's parameters under which the place is reached, `branch` the arms of other statements that lead to it.
    """

    bindings: dict[str, Values] = field(default_factory=dict)
    read: dict[int, cst.CSTNode] = field(default_factory=dict)
    path: Condition = Always()
    branch: tuple[int, ...] = ()
    in_parameter_loop: bool = False
    is_alive: bool = True
    guards: Values = ()
    """The values that the enclosing tests were asked of."""

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
        )

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
