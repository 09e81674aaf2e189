"""Find the parameters that are in no group of a list, parameters that are in two groups, and groups that are always
empty.

The filters of the groups are columns of a truth table (`truth_table.py`). A row in no column is uncovered; a row in two
columns is an overlap. Each model, and each sub-module that parameters are taken from, is analyzed separately: for a
list over `model.body` and `model.head`, this finds what is left out of the body and of the head, but not whether there
is a neck.

An unknown condition may be true or false for any parameter. A parameter is reported as uncovered or overlapping only if
it is so in both cases, so an unknown condition suppresses the findings that depend on it and nothing else. Parameters
that require no gradient are ignored.

If the class of the model is known, the names of its own parameters are tried (`regions.py`); otherwise conventional
names (`condition_logic.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import combinations
from operator import or_

from optimlint.analysis.coverage.condition_logic import Parameter, meets, traits
from optimlint.analysis.coverage.population import Survey, survey
from optimlint.analysis.coverage.spelling import spell
from optimlint.analysis.coverage.truth_table import Table, atoms_of, bits, logical, rows_of, table_of
from optimlint.analysis.coverage.viewpoint import Universe, universes_of
from optimlint.analysis.coverage.wording import condition_words
from optimlint.facts.conditions import Condition, NameTest, Not, Or
from optimlint.facts.groups import ParamGroup, Part
from optimlint.facts.models import ModelClass
from optimlint.facts.names import Model

MOST_GROUPS = 128
LONGEST_WORDS = 160


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Parameters that are in no group, described by `words`.

    `sub_modules` are the attributes of the model that contain some of them, and `wholly` the attributes of which all
    parameters are among them. `is_place` is set for a whole place (names with `neck`), and not set for a kind of
    parameter (biases) in places that some group covers. `is_flat_kind` is set if biases or norms are left out.
    """

    words: str
    sub_modules: tuple[str, ...]
    wholly: tuple[str, ...]
    is_place: bool
    is_flat_kind: bool
    passed: tuple[tuple[NameTest, ...], ...]
    """The name tests that these parameters pass, one tuple for each kind of name among them."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Parameters that are in two groups, in words, and the indices of the first two such groups."""

    words: str
    groups: tuple[int, int]
    is_doubtful: bool = False
    """Whether only the model itself shows that it has such parameters."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The result for one model or sub-module that groups take parameters from.

    `is_selection` is set if all groups select from the same places, as if nothing else were to be trained. `is_known`
    is False if the filters are too many to be analyzed; the result is then empty.
    """

    model: Model
    uncovered: tuple[Uncovered, ...] = ()
    overlap: Overlap | None = None
    is_selection: bool = False
    is_known: bool = True


def coverage(
    groups: tuple[ParamGroup, ...],
    elsewhere: tuple[tuple[ParamGroup, ...], ...] = (),
    classes: tuple[tuple[int, ModelClass], ...] = (),
    frozen: tuple[Part, ...] = (),
) -> tuple[Coverage, ...]:
    """The parameters that groups leave out or contain twice, for each model or sub-module. `frozen` parameters do not
    count as left out.

    `elsewhere` are the groups of other optimizers, one tuple each. Their parameters do not count as left out either,
    unless an optimizer surely shares a parameter with `groups`: then it is an alternative to `groups`. `classes` are
    the models' classes by `Model.identity`.
    """
    every = tuple(part.condition for one in (groups, *elsewhere) for group in one for part in group.parts)
    every += tuple(part.condition for part in frozen)
    by_identity = dict(classes)
    bare = frozenset(
        (identity, sub_module.name)
        for identity, model_class in classes
        for sub_module in model_class.sub_modules
        if sub_module.kind.rsplit(".", 1)[-1] == "Parameter"
    )
    if len(groups) > MOST_GROUPS or atoms_of(every) is None:
        models = dict.fromkeys(part.model for group in groups for part in group.parts if part.model is not None)
        return tuple(Coverage(model, is_known=False) for model in models)
    universes = universes_of(groups, elsewhere, bare, frozen)
    return tuple(_judge(universe, by_identity.get(universe.base.identity)) for universe in universes)


def holders(groups: tuple[ParamGroup, ...], identity: int, parameter: Parameter) -> tuple[int, ...]:
    """The indices of the groups that surely contain a parameter of the model with this identity."""
    return tuple(index for index, group in enumerate(groups) if _holds(group, identity, parameter))


def always_empty(groups: tuple[ParamGroup, ...]) -> tuple[int, ...]:
    """The indices of the groups that no parameter of any model can be in."""
    return tuple(
        index
        for index, group in enumerate(groups)
        if group.is_readable and group.parts and all(is_never(part.condition) for part in group.parts)
    )


def is_never(condition: Condition) -> bool:
    """Whether no parameter can meet a condition, whatever its name."""
    table = _logical_table((condition,))
    return table is not None and not table.column(condition)


def is_same(first: Condition, second: Condition) -> bool:
    """Whether the same parameters meet both conditions, whatever their names."""
    table = _logical_table((first, second))
    return table is not None and table.column(first) == table.column(second)


def _logical_table(conditions: tuple[Condition, ...]) -> Table | None:
    atoms = atoms_of(conditions)
    rows = None if atoms is None else rows_of(atoms, logical(atoms), {})
    return None if atoms is None or rows is None else table_of(atoms, rows)


def _holds(group: ParamGroup, identity: int, parameter: Parameter) -> bool:
    for part in group.parts:
        if part.model is None or part.model.identity != identity:
            continue
        path = ".".join(part.model.path)
        if path == parameter.name:
            return bool(meets(part.condition, parameter))
        below = parameter.name.removeprefix(f"{path}.") if path else parameter.name
        if path and below == parameter.name:
            continue
        if meets(part.condition, Parameter(below, parameter.dimensions, parameter.requires_grad)):
            return True
    return False


@lru_cache(32)
def _judge(universe: Universe, model_class: ModelClass | None) -> Coverage:
    """The coverage of one universe. Cached, because several rules ask for the same one."""
    found = survey(universe, model_class)
    if found is None:
        return Coverage(universe.base, is_known=False)
    columns = tuple(found.table.column(condition) for condition in universe.groups)
    places = {found.places_of(column & found.possible) for column in columns}
    return Coverage(
        universe.base,
        tuple(_uncovered(found, columns)),
        _overlap(found, columns),
        is_selection=len(places) < 2,
    )


def _uncovered(found: Survey, columns: tuple[int, ...]) -> Iterator[Uncovered]:
    """The parameters in no group: kinds of parameters in places that are covered, then whole places."""
    held = reduce(or_, columns, found.table.column(found.universe.frozen))
    for condition in found.universe.elsewhere:
        column = found.table.column(condition)
        if not found.surely(column & held):
            held |= column
    none = found.surely(found.table.all ^ held) & found.possible
    covered = found.places_of(held)
    of_kind = sum(1 << index for index in bits(none) if found.places[index] in covered)
    for rows, is_place in ((of_kind, False), (none & ~of_kind & found.certain, True)):
        if rows:
            yield _describe(found, rows, is_place)


def _describe(found: Survey, rows: int, is_place: bool) -> Uncovered:
    passed = [(atom, found.table.column(atom)) for atom in found.table.atoms if isinstance(atom, NameTest)]
    return Uncovered(
        spell(rows, found.certain if is_place else found.possible, found.table, found.universe.groups),
        tuple(name for name, column in found.names if rows & column),
        tuple(name for name, column in found.names if not column & ~rows),
        is_place,
        any(rows & column and traits(atom).is_kind for atom, column in passed),
        tuple(dict.fromkeys(tuple(atom for atom, column in passed if column >> row & 1) for row in bits(rows))),
    )


def _overlap(found: Survey, columns: tuple[int, ...]) -> Overlap | None:
    """The parameters that two groups share. Groups that are not fully known are not compared."""
    readable = {index: columns[index] for index, is_readable in enumerate(found.universe.is_readable) if is_readable}
    shared: dict[tuple[int, int], int] = {}
    for one, other in combinations(readable, 2):
        if (one, other) in found.universe.alternatives:
            continue
        both = columns[one] & columns[other] & found.possible
        if both and (sure := found.surely(both | found.table.all ^ found.possible) & found.possible):
            shared[one, other] = sure
    if not shared:
        return _enclosed(found, readable)
    # If the class is known, sub-modules that may have no parameters do not prove an overlap.
    unseen = {pair for pair, rows in shared.items() if not found.names or not rows & found.certain}
    doubtful = {pair for pair in unseen if _may_be_apart(found.universe, *pair)}
    chosen = [pair for pair in shared if pair not in doubtful] or [*shared]
    twice = reduce(or_, (shared[pair] for pair in chosen))
    words = spell(twice, found.possible, found.table, found.universe.groups)
    return Overlap(words, chosen[0], is_doubtful=len(doubtful) == len(shared))


def _may_be_apart(universe: Universe, one: int, other: int) -> bool:
    """Whether one group asks for places and the other excludes a different place. An author who writes `"head" in n`
    beside `"body" not in n` may know that all heads of the model are in its body."""
    pairs = ((universe.groups[one], universe.groups[other]), (universe.groups[other], universe.groups[one]))
    return any(
        isinstance(excluding, Not) and _is_place(excluding.operand) and all(map(_is_place, _alternatives_of(asking)))
        for asking, excluding in pairs
    )


def _alternatives_of(condition: Condition) -> tuple[Condition, ...]:
    return condition.operands if isinstance(condition, Or) else (condition,)


def _is_place(condition: Condition) -> bool:
    return isinstance(condition, NameTest) and traits(condition).is_place and not traits(condition).is_kind


def _enclosed(found: Survey, columns: dict[int, int]) -> Overlap | None:
    """An overlap that does not depend on an unknown condition of a group: other groups contain everything that may be
    in it, or have the same filter in the same words."""
    for index, column in columns.items():
        inside = column & found.possible
        others = {
            other: rows
            for other, rows in columns.items()
            if other != index and rows & inside and (index, other) not in found.universe.alternatives
        }
        alike = [other for other in others if _is_written_alike(found.universe, index, other)]
        if inside and (alike or not inside & ~found.surely(reduce(or_, others.values(), 0))):
            other = alike[0] if alike else max(others, key=lambda one: (others[one] & inside).bit_count())
            words = condition_words(found.universe.groups[index])
            said = words if len(words) <= LONGEST_WORDS else "some parameters"
            return Overlap(said, (min(index, other), max(index, other)))
    return None


def _is_written_alike(universe: Universe, one: int, other: int) -> bool:
    is_same_text = universe.filters[one] == universe.filters[other] != ""
    return is_same_text and universe.groups[one] == universe.groups[other]
