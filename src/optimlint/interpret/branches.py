"""Where a place of the code stands: in which arms and loops, and which runs reach it."""

from dataclasses import dataclass, field, replace
from enum import Enum

from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.interpret.sites import Context
from optimlint.syntax import tree


class TurnKind(Enum):
    """Which part of a statement a turn leads into."""

    THEN = "the body of an `if`"
    OTHERWISE = "what runs where its test fails"
    LOOP = "the body of a loop"
    HANDLER = "what runs after an exception"
    CASE = "the body of a `case`"


@dataclass(frozen=True, slots=True)
class Turn:
    """One step into a statement: an arm of it, or the body of a loop. `reach` is what the step itself asks for."""

    statement: tree.Node
    kind: TurnKind
    reach: Reach = field(default=EVERYWHERE, compare=False)
    asked: frozenset[object] = field(default=frozenset(), compare=False)
    """The lists whose own content is asked for."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The turns that lead to a place, outermost first, and the runs that reach it: an arm that is left early says
    something of what follows, without being a turn. Two places of equal turns are in one block."""

    turns: tuple[Turn, ...] = ()
    reach: Reach = field(default=EVERYWHERE, compare=False)
    calls: Context = field(default=(), compare=False)
    """The calls through which the place is read."""

    def into(self, turn: Turn) -> "Branch":
        """The place one step further in."""
        return Branch((*self.turns, turn), self.reach.both(turn.reach), self.calls)

    def where(self, reach: Reach) -> "Branch":
        """The same place, for the runs that reach it."""
        return replace(self, reach=reach)

    def within(self, calls: Context) -> "Branch":
        """The place as it is reached through calls."""
        return replace(self, calls=calls)

    def encloses(self, other: "Branch") -> bool:
        """Whether every path to `other` leads through the block that this is in."""
        return other.turns[: len(self.turns)] == self.turns

    def beyond(self, outer: "Branch") -> tuple[Turn, ...] | None:
        """The turns that lead here from `outer`; None where `outer` does not enclose this."""
        return self.turns[len(outer.turns) :] if outer.encloses(self) else None
