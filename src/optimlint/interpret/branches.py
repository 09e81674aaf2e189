"""Positions in the code: the arms and loops around them, and the runs that reach them."""

from dataclasses import dataclass, field, replace
from enum import Enum

from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.interpret.sites import Context
from optimlint.syntax import tree


class TurnKind(Enum):
    """The part of a statement that a turn enters."""

    THEN = "the body of an `if`"
    OTHERWISE = "what runs where its test fails"
    LOOP = "the body of a loop"
    HANDLER = "what runs after an exception"
    CASE = "the body of a `case`"


@dataclass(frozen=True, slots=True)
class Turn:
    """One step into a statement: into an arm, or into the body of a loop. `reach` are the runs that take the step."""

    statement: tree.Node
    kind: TurnKind
    reach: Reach = field(default=EVERYWHERE, compare=False)
    asked: frozenset[object] = field(default=frozenset(), compare=False)
    """The lists whose own content the test depends on."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The turns that lead to a place, outermost first, and the runs that reach it. An arm that leaves early narrows the
    runs of the code after it, but adds no turn. Two places with equal turns are in the same block."""

    turns: tuple[Turn, ...] = ()
    reach: Reach = field(default=EVERYWHERE, compare=False)
    calls: Context = field(default=(), compare=False)
    """The calls through which the place is read."""

    def into(self, turn: Turn) -> "Branch":
        """The place one turn further in."""
        return Branch((*self.turns, turn), self.reach.both(turn.reach), self.calls)

    def where(self, reach: Reach) -> "Branch":
        """The same place with this reach."""
        return replace(self, reach=reach)

    def within(self, calls: Context) -> "Branch":
        """The same place, reached through these calls."""
        return replace(self, calls=calls)

    def encloses(self, other: "Branch") -> bool:
        """Whether every path to `other` leads through the block of this place."""
        return other.turns[: len(self.turns)] == self.turns

    def beyond(self, outer: "Branch") -> tuple[Turn, ...] | None:
        """The turns from `outer` to this place; None if `outer` does not enclose it."""
        return self.turns[len(outer.turns) :] if outer.encloses(self) else None
