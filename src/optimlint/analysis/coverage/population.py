"""Build the truth table of one universe of parameters: the combinations of test results that some parameter has or may
have."""

from collections.abc import Callable
from dataclasses import dataclass

from optimlint.analysis.coverage.condition_logic import traits
from optimlint.analysis.coverage.regions import Region, regions_of
from optimlint.analysis.coverage.truth_table import (
    MOST_ROWS,
    Table,
    atoms_of,
    bits,
    customary,
    logical,
    rows_of,
    table_of,
)
from optimlint.analysis.coverage.viewpoint import Universe
from optimlint.facts.conditions import Atom, Condition, GradientTest, NameTest, PositionTest, UnknownTest
from optimlint.facts.models import ModelClass


@dataclass(frozen=True, slots=True)
class Survey:
    """A universe and the truth table of its filters.

    `certain` is the column of rows that some parameter surely has, `possible` the column of rows that one may have.
    `names` pairs each attribute of the known model class with the column of its parameters. `places` has the place of
    each row, by the tests that ask for places and not for kinds of parameters. `known` is a bit mask of the tests whose
    result can be known.
    """

    universe: Universe
    table: Table
    certain: int
    possible: int
    names: tuple[tuple[str, int], ...]
    places: tuple[int, ...]
    known: int

    def surely(self, column: int) -> int:
        """The rows that are in `column` whatever the results of unknown tests are."""
        if self.known == (1 << len(self.table.atoms)) - 1:
            return column
        outside = {self.table.rows[index] & self.known for index in bits(self.table.all ^ column)}
        return self.table.where(lambda row: row & self.known not in outside)

    def places_of(self, column: int) -> frozenset[int]:
        """The places of the rows of a column."""
        return frozenset(self.places[index] for index in bits(column))


def survey(universe: Universe, model_class: ModelClass | None) -> Survey | None:
    """The survey of a universe; None if its filters are too many to be analyzed."""
    conditions = (*universe.groups, *universe.elsewhere, universe.frozen)
    atoms = atoms_of((*conditions, *(test for test, _ in universe.insides)))
    if atoms is None:
        return None
    regions = regions_of(model_class, universe.base.path, atoms)
    rows_by_region = _rows_by_region(universe, regions, atoms, conditions)
    if rows_by_region is None:
        return None
    table = table_of(atoms, (row for _, rows in rows_by_region for row in rows))
    if len(table.rows) > MOST_ROWS:
        return None
    certain = possible = 0
    names: dict[str, int] = {}
    for region, rows in rows_by_region:
        column = table.where(set(rows).__contains__)
        possible |= column
        if region.is_certain:
            certain |= column
            names[region.name] = names.get(region.name, 0) | column
    names.pop("", None)
    place = _mask(atoms, lambda atom: isinstance(atom, NameTest) and not traits(atom).is_kind)
    known = _mask(atoms, lambda atom: _is_known(atom, atoms))
    places = tuple(row & place for row in table.rows)
    return Survey(universe, table, certain, possible, tuple(names.items()), places, known)


def _is_known(atom: Atom, atoms: tuple[Atom, ...]) -> bool:
    """Whether the result of a test can be known. Positions in two lists, or from both ends of one list, cannot be
    compared."""
    if isinstance(atom, PositionTest):
        return all(atom.is_of_same(other) for other in atoms if isinstance(other, PositionTest))
    return not isinstance(atom, UnknownTest)


def _rows_by_region(
    universe: Universe, regions: tuple[Region, ...], atoms: tuple[Atom, ...], conditions: tuple[Condition, ...]
) -> list[tuple[Region, list[int]]] | None:
    clauses = {
        is_exact: logical(atoms, conditions) if is_exact else customary(atoms, conditions)
        for is_exact in {region.is_exact for region in regions}
    }
    strange = _strange(atoms, universe)
    found = []
    for region in regions:
        rows = rows_of(atoms, clauses[region.is_exact], {**region.answers, GradientTest(): True})
        if rows is None:
            return None
        if not region.is_exact:
            rows = [row for row in rows if not any(row & one and not row & around for one, around in strange)]
        found.append((region, rows))
    return found


def _strange(atoms: tuple[Atom, ...], universe: Universe) -> tuple[tuple[int, int], ...]:
    """The tests that make a row strange, as bits of the row, each with the tests of which one has to hold beside it. A
    row is strange if its name would contain the name of a sub-module without belonging to that sub-module. Filters over
    `model.bert` and `"bert" not in n` are meant to complement one another. So are filters over parts of `model.bert`,
    unless it is known to have other parts."""
    found = []
    for index, atom in enumerate(atoms):
        if not isinstance(atom, NameTest) or traits(atom).is_kind:
            continue
        meant = atom.text.strip(".")
        fits = [test for test, path in universe.insides if meant and _is_around(meant, path)]
        if fits:
            found.append((1 << index, sum(1 << place for place in {atoms.index(test) for test in fits})))
    return tuple(found)


def _is_around(meant: str, path: tuple[str, ...]) -> bool:
    """Whether a text names the sub-module at `path` or one that contains it."""
    return any(meant in part for part in path) or meant == ".".join(path)


def _mask(atoms: tuple[Atom, ...], accepts: Callable[[Atom], bool]) -> int:
    return sum(1 << index for index, atom in enumerate(atoms) if accepts(atom))
