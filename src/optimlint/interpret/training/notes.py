"""Notes of what training code does, recorded while it is read: one per node and act."""

from dataclasses import dataclass, field

from optimlint.facts.names import Scope
from optimlint.facts.training import Act, Trait
from optimlint.interpret.branches import Branch
from optimlint.interpret.values import Entity, FunctionValue, Values, union
from optimlint.syntax import tree


@dataclass(frozen=True, slots=True)
class Given:
    """The values that a call passes for one parameter, or for `self`, and the code of the argument if it is a name or
    an attribute."""

    parameter: Values
    values: Values
    text: str


@dataclass(slots=True)
class Note:
    """One act, and the objects that it affects. `receiver` is the expression for the object, if there is only one."""

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
    """Whether there is no evidence that the object whose `step` is called is an optimizer."""


@dataclass(slots=True)
class Notes:
    """All notes of one source, by the function that performs the acts. Empty if the source trains nothing."""

    is_on: bool = False
    leading: frozenset[int] = frozenset()
    """The functions that do something in training or call one that does, by the offset of their name."""
    routines: dict[Scope, dict[tuple[tree.Node, Act], Note]] = field(default_factory=dict)
    scaled: dict[int, Values] = field(default_factory=dict)
    """The scalers by which a loss was multiplied, by the number of the scaled loss."""
    given: dict[Entity, tuple[tuple[tree.Param, Values], ...]] = field(default_factory=dict)
    """The constructor arguments of objects of this source's classes."""
    idle: set[int] = field(default_factory=set)
    """The numbers of scalers that are created with `enabled=False`."""

    def turn_on(self, leading: frozenset[int]) -> None:
        """Start recording; `leading` are the relevant functions."""
        self.is_on, self.leading = True, leading

    def start_pass(self) -> None:
        """Discard the notes of the last pass."""
        self.routines.clear()

    def objects(self) -> list[Entity]:
        """The objects that the code does something to."""
        notes = (note for held in self.routines.values() for note in held.values() if note.act is not Act.OPAQUE)
        return [one for note in notes for one in note.values if isinstance(one, Entity)]

    def add(self, scope: Scope, note: Note) -> None:
        """Record a note. If there is one for the same node and act, from an earlier iteration, they are merged."""
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
