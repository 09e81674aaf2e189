"""Notes of what training code does, as it is read: one for each place and act."""

from dataclasses import dataclass, field

from optimlint.facts.names import Scope
from optimlint.facts.training import Act, Trait
from optimlint.interpret.branches import Branch
from optimlint.interpret.values import Entity, FunctionValue, Values, union
from optimlint.syntax import tree


@dataclass(frozen=True, slots=True)
class Given:
    """What a call gives one parameter, or `self`: the values that it stands for there, and the code of the argument,
    where that is a name."""

    parameter: Values
    values: Values
    text: str


@dataclass(slots=True)
class Note:
    """Something that is done, and to what. `receiver` is the code of the one object that it is done to."""

    act: Act
    node: tree.Node
    values: Values
    branch: Branch
    receiver: tree.Expression | None = None
    traits: frozenset[Trait] = frozenset()
    scalers: Values = ()
    statement: tree.Node | None = None
    callee: FunctionValue | None = None
    given: tuple[Given, ...] = ()
    is_guess: bool = False
    """Whether nothing says that what makes the step is an optimizer."""


@dataclass(slots=True)
class Notes:
    """All notes of one source, by the function that does it. Nothing is noted where the source trains nothing."""

    is_on: bool = False
    leading: frozenset[int] = frozenset()
    """The functions that do something in training or lead there, by the offset of their name."""
    routines: dict[Scope, dict[tuple[tree.Node, Act], Note]] = field(default_factory=dict)
    scaled: dict[int, Values] = field(default_factory=dict)
    """The scalers that scaled a loss, by the number of the scaled loss."""
    given: dict[Entity, tuple[tuple[tree.Param, Values], ...]] = field(default_factory=dict)
    """What objects of this source's classes are given as they are made."""
    idle: set[int] = field(default_factory=set)
    """Scalers that are switched off where they are made, by their number."""

    def turn_on(self, leading: frozenset[int]) -> None:
        """Note what the source does, above all in these functions."""
        self.is_on, self.leading = True, leading

    def start_pass(self) -> None:
        """Forget what the last pass noted."""
        self.routines.clear()

    def add(self, scope: Scope, note: Note) -> None:
        """Keep a note; what is done again at one place, in a later round, may be done to more."""
        held = self.routines.setdefault(scope, {})
        known = held.setdefault((note.node, note.act), note)
        if known is not note:
            known.values = union(known.values, note.values)
            known.scalers = union(known.scalers, note.scalers)
            known.traits |= note.traits
            known.is_guess = known.is_guess and note.is_guess
            if note.given:
                known.given = _merged(known.given, note.given)


def _merged(known: tuple[Given, ...], more: tuple[Given, ...]) -> tuple[Given, ...]:
    if len(known) != len(more):
        return more
    pairs = zip(known, more, strict=True)
    return tuple(Given(one.parameter, union(one.values, other.values), one.text) for one, other in pairs)
