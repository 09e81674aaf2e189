"""Truth tables over the tests of filters.

A row is one combination of results of all tests that can occur together. A column is an integer with one bit for each
row, so that a filter of any size is evaluated over all rows by a few operations on integers. Rows are built test by
test, and a row that contradicts an earlier result is dropped at once: a no-decay list of twenty fragments has about
twenty rows, not a million. Filters that still have too many rows are unknown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from optimlint.analysis.coverage.condition_logic import Traits, excludes, implies, is_whole_name, seldom_meet, traits
from optimlint.facts.conditions import (
    Always,
    And,
    Atom,
    Condition,
    DimensionTest,
    GradientTest,
    NameTest,
    Not,
    Or,
    PositionTest,
    UnknownTest,
    evaluate,
    negate,
)

MOST_ATOMS = 48
MOST_ROWS = 2048
MOST_NODES = 4000
DEEPEST = 60

Answers = Mapping[Atom, bool]
"""Results of some tests that are known in advance."""


@dataclass(frozen=True, slots=True)
class Clauses:
    """Combinations of test results that cannot occur. `pairs[i][a]` are two bit masks: the tests that must not be
    false, and those that must not be true, if the result of test `i` is `a`. `never` are results that do not occur at
    all."""

    pairs: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    never: frozenset[tuple[int, bool]] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """The combinations of test results that can occur. Bit `i` of a row is the result of `atoms[i]`."""

    atoms: tuple[Atom, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def all(self) -> int:
        """The column of a condition that is always true."""
        return (1 << len(self.rows)) - 1

    def column(self, condition: Condition) -> int:
        """The column of a condition: the rows that meet it."""
        match condition:
            case Always():
                return self.all
            case Not(operand):
                return self.all ^ self.column(operand)
            case And(operands):
                met = self.all
                for operand in operands:
                    met &= self.column(operand)
                return met
            case Or(operands):
                met = 0
                for operand in operands:
                    met |= self.column(operand)
                return met
            case _:
                return self.columns[self.atoms.index(condition)]

    def where(self, keep: Callable[[int], bool]) -> int:
        """The column of the rows that `keep` accepts."""
        return sum(1 << index for index, row in enumerate(self.rows) if keep(row))


def bits(column: int) -> Iterator[int]:
    """The indices of the rows in a column."""
    return (index for index, bit in enumerate(reversed(bin(column))) if bit == "1")


def atoms_of(conditions: Iterable[Condition]) -> tuple[Atom, ...] | None:
    """The distinct tests that conditions consist of; None if there are too many to be analyzed."""
    found: dict[Atom, None] = {}
    stack = [(condition, 0) for condition in reversed(tuple(conditions))]
    nodes = 0
    while stack:
        condition, depth = stack.pop()
        nodes += 1
        if depth > DEEPEST or nodes > MOST_NODES:
            return None
        match condition:
            case Not(operand):
                stack.append((operand, depth + 1))
            case And(operands) | Or(operands):
                stack.extend((operand, depth + 1) for operand in reversed(operands))
            case NameTest() | DimensionTest() | GradientTest() | PositionTest() | UnknownTest():
                found[condition] = None
            case Always():
                pass
    return tuple(found) if len(found) <= MOST_ATOMS else None


def table_of(atoms: tuple[Atom, ...], rows: Iterable[int]) -> Table:
    """The table with these rows, without duplicates."""
    order = tuple(dict.fromkeys(rows))
    return Table(atoms, order, tuple(_transposed(order, index) for index in range(len(atoms))))


def rows_of(atoms: tuple[Atom, ...], clauses: Clauses, answers: Answers) -> list[int] | None:
    """The rows that agree with the clauses and with `answers`; None if there are too many. Clauses between two tests in
    `answers` are not checked."""
    given = sum(1 << index for index, atom in enumerate(atoms) if atom in answers)
    rows = [0]
    for index, atom in enumerate(atoms):
        longer: list[int] = []
        for answer in (False, True):
            if answers.get(atom, answer) != answer or (atom not in answers and (index, answer) in clauses.never):
                continue
            doubted = ((1 << index) - 1) & ~(given if atom in answers else 0)
            not_false, not_true = (mask & doubted for mask in clauses.pairs[index][answer])
            bit = answer << index
            longer.extend(row | bit for row in rows if not (row & not_true or ~row & not_false))
        rows = longer
        if len(rows) > MOST_ROWS:
            return None
    return rows


def logical(atoms: tuple[Atom, ...], conditions: Iterable[Condition] = ()) -> Clauses:
    """Clauses for what logic excludes, and for the ends of lists that no condition includes."""
    return Clauses(_clauses(atoms, implies, excludes).pairs, frozenset(_ends(atoms, conditions)))


def customary(atoms: tuple[Atom, ...], conditions: tuple[Condition, ...]) -> Clauses:
    """Clauses for what logic or naming convention excludes. Combinations that some condition asks for are allowed."""
    pairs: set[frozenset[Atom]] = set()
    asked = {atom for condition in conditions for atom in _asked(condition, pairs)}
    kinds: dict[Atom, Traits] = {atom: traits(atom) for atom in atoms if isinstance(atom, NameTest)}

    def apart(first: Atom, second: Atom) -> bool:
        if excludes(first, second):
            return True
        one, other = kinds.get(first), kinds.get(second)
        if one and other:
            seldom = seldom_meet(one, other) and not implies(first, second) and not implies(second, first)
        else:
            dimension, kind = (second, one) if one else (first, other)
            seldom = isinstance(dimension, DimensionTest) and dimension.least > 1 and kind is not None and kind.is_flat
        return seldom and frozenset((first, second)) not in pairs

    def implied(first: Atom, second: Atom) -> bool:
        kind = kinds.get(first)
        if kind is not None and kind.is_place and is_whole_name(first, second):
            return True
        is_broad = kind is not None and kind.is_broad and isinstance(second, DimensionTest) and second.least <= 2
        return is_broad or implies(first, second)

    return Clauses(
        _clauses(atoms, implied, apart).pairs, frozenset((*_unthought_of(atoms, asked), *_ends(atoms, conditions)))
    )


def _unthought_of(atoms: tuple[Atom, ...], asked: set[Atom]) -> Iterator[tuple[int, bool]]:
    """Results that authors do not consider: scalars, and tensors of three dimensions if the filters only separate
    matrices from vectors."""
    for index, atom in enumerate(atoms):
        if atom == DimensionTest(1):
            yield index, False
        elif isinstance(atom, DimensionTest) and atom.least > 2 and atom not in asked:
            yield index, True


def _ends(atoms: tuple[Atom, ...], conditions: Iterable[Condition]) -> Iterator[tuple[int, bool]]:
    """Results for positions before the first slice or behind the last slice of a list. These are left out on purpose;
    only gaps between slices are reported."""
    positions = [(index, atom) for index, atom in enumerate(atoms) if isinstance(atom, PositionTest)]
    if not positions:
        return
    every = tuple(conditions)
    for index, atom in positions:
        leasts = [other.least for _, other in positions if other.is_of_same(atom)]
        for is_behind, end in ((True, max(leasts)), (False, min(leasts))):
            if atom.least == end and all(_takes(one, atom, is_behind) is False for one in every):
                yield index, is_behind


def _takes(condition: Condition, position: PositionTest, is_behind: bool) -> bool | None:
    """Whether a condition is met behind all slices of a list, or before them; None if that depends on other tests."""

    def answer(test: Atom) -> bool | None:
        return is_behind if isinstance(test, PositionTest) and test.is_of_same(position) else None

    return evaluate(condition, answer)


def _asked(condition: Condition, pairs: set[frozenset[Atom]]) -> set[Atom]:
    """The tests that a condition may require. Pairs of tests from two operands of one conjunction are added to `pairs`:
    an author who asks for both knows such names."""
    match condition:
        case And(operands):
            asked: set[Atom] = set()
            for operand in operands:
                more = _asked(operand, pairs)
                pairs.update(frozenset((one, other)) for one in asked for other in more)
                asked |= more
            return asked
        case Or(operands):
            return {atom for operand in operands for atom in _asked(operand, pairs)}
        case Not(And(operands)):
            return _asked(Or(tuple(negate(operand) for operand in operands)), pairs)
        case Not(Or(operands)):
            return _asked(And(tuple(negate(operand) for operand in operands)), pairs)
        case Not(Not(operand)):
            return _asked(operand, pairs)
        case NameTest() | DimensionTest() | GradientTest() | PositionTest() | UnknownTest():
            return {condition}
        case _:
            return set()


def _clauses(
    atoms: tuple[Atom, ...], implied: Callable[[Atom, Atom], bool], apart: Callable[[Atom, Atom], bool]
) -> Clauses:
    not_false = [[0, 0] for _ in atoms]
    not_true = [[0, 0] for _ in atoms]
    for index, first in enumerate(atoms):
        for other in range(index):
            second = atoms[other]
            if implied(first, second):
                not_false[index][True] |= 1 << other
                not_true[other][False] |= 1 << index
            if implied(second, first):
                not_true[index][False] |= 1 << other
                not_false[other][True] |= 1 << index
            if apart(first, second):
                not_true[index][True] |= 1 << other
                not_true[other][True] |= 1 << index
    return Clauses(
        tuple(
            ((no_false[False], no_true[False]), (no_false[True], no_true[True]))
            for no_false, no_true in zip(not_false, not_true, strict=True)
        )
    )


def _transposed(rows: tuple[int, ...], index: int) -> int:
    """The column of one test."""
    return int("".join("1" if row >> index & 1 else "0" for row in reversed(rows)) or "0", 2)
