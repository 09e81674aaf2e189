"""Describe rows of a truth table in words: "names with `bias` but without `bert`"."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from operator import and_

from optimlint.analysis.coverage.condition_logic import traits
from optimlint.analysis.coverage.truth_table import Table
from optimlint.analysis.coverage.wording import condition_words, position_words, shown_text
from optimlint.facts.conditions import (
    And,
    Condition,
    DimensionTest,
    NameTest,
    NameTestKind,
    Not,
    Or,
    PositionTest,
    either,
    negate,
)

ALL = "all parameters"

_MOST_SPELT = 2
"""At most this many kinds of names are described. A longer message helps nobody, and the rest shows after these are
fixed."""

_Cube = tuple[Condition, ...]


def spell(rows: int, among: int, table: Table, conditions: tuple[Condition, ...]) -> str:
    """The shortest words that are true of `rows` and of no other row of `among`. Tests are phrased as in the
    conditions, and `any(…)` over a list is kept in one piece. Unknown conditions are not mentioned."""
    if not among & ~rows:
        return ALL
    literals = [(literal, table.column(literal)) for literal in _literals(table, conditions)]
    said: list[str] = []
    rest = rows
    while rest and len(said) < _MOST_SPELT:
        cube, met = _best_cube(rest & -rest, rows, among, literals)
        said.append(_words(cube))
        rest &= ~met
    return " and ".join(dict.fromkeys(said))


def _literals(table: Table, conditions: tuple[Condition, ...]) -> list[Condition]:
    """The lists of fragments, then the single tests, by which rows may be described."""
    lists = dict.fromkeys(found for condition in conditions for found in _lists(condition))
    single = [atom for atom in table.atoms if isinstance(atom, NameTest | DimensionTest | PositionTest)]
    return [*lists, *single]


def _lists(condition: Condition) -> Iterator[Condition]:
    match condition:
        case Not(operand):
            yield from _lists(operand)
        case Or(operands) if len(operands) > 1 and all(isinstance(operand, NameTest) for operand in operands):
            yield condition
        case And(operands) if len(operands) > 1 and all(_is_refusal(operand) for operand in operands):
            yield either(tuple(negate(operand) for operand in operands))
        case And(operands) | Or(operands):
            for operand in operands:
                yield from _lists(operand)


def _is_refusal(condition: Condition) -> bool:
    return isinstance(condition, Not) and isinstance(condition.operand, NameTest)


def _best_cube(row: int, rows: int, among: int, literals: list[tuple[Condition, int]]) -> tuple[_Cube, int]:
    """The conjunction that is true of a row and of no row of `among` outside `rows`: the one that covers the most rows,
    in the fewest words. Returns it with the rows of `among` that it covers. Lists are used whole in one attempt and
    avoided in the other."""
    cubes = [_cube(row, rows, among, literals, rank) for rank in (_by_lists, _by_tests)]
    return max(cubes, key=lambda one: (one[1].bit_count(), -sum(_length(literal) for literal in one[0])))


def _cube(
    row: int,
    rows: int,
    among: int,
    literals: list[tuple[Condition, int]],
    rank: Callable[[Condition], tuple[bool, ...]],
) -> tuple[_Cube, int]:
    every = among | rows
    true = [(one, column & every) if column & row else (negate(one), every & ~column) for one, column in literals]
    needed = sorted(true, key=lambda one: rank(one[0]), reverse=True)
    for literal in list(needed):
        others = [one for one in needed if one is not literal]
        if not reduce(and_, (column for _, column in others), every) & ~rows:
            needed = others
    return tuple(literal for literal, _ in needed), reduce(and_, (column for _, column in needed), every)


def _by_lists(literal: Condition) -> tuple[bool, ...]:
    """The sort key that drops the least useful literals first: the single members of lists, then negated tests."""
    positive = literal.operand if isinstance(literal, Not) else literal
    is_dimension = isinstance(positive, DimensionTest)
    return (isinstance(positive, NameTest), isinstance(literal, Not) and not is_dimension, is_dimension)


def _by_tests(literal: Condition) -> tuple[bool, ...]:
    """The sort key that drops the lists first."""
    is_list = isinstance(literal.operand if isinstance(literal, Not) else literal, Or)
    return (is_list, *_by_lists(literal))


def _length(literal: Condition) -> int:
    positive = literal.operand if isinstance(literal, Not) else literal
    return len(positive.operands) if isinstance(positive, Or) else 1


def _words(cube: _Cube) -> str:
    """A conjunction in words: dimensions first, then what the names contain, then what they do not."""
    dimensions = _dimension_words(cube)
    has = sorted((one for one in cube if isinstance(one, NameTest | Or)), key=lambda one: isinstance(one, Or))
    has_not = _worth_saying(cube)
    places = _stretches(cube)
    if has_not and not (has or dimensions or places) and all(_is_place(test) for test in has_not):
        return f"parameters outside {_listed(has_not, 'and')}"
    names = condition_words(And(tuple(has)) if len(has) > 1 else has[0]) if has else ""
    if has_not:
        refused = _refusal_words(has_not)
        subject = "parameters" if refused.startswith("not named") else "names"
        names = f"{names} but {refused}" if names else f"{subject} {refused}"
    if not names:
        return f"{dimensions}parameters{places}" if dimensions or places else ALL
    return f"{dimensions}parameters ({names}){places}" if dimensions else f"{names}{places}"


def _worth_saying(cube: _Cube) -> tuple[NameTest, ...]:
    """The tests that names fail, without the obvious: a name that contains `head.weight` need not be said to differ
    from `head.weight`."""
    has = {one.text for one in cube if isinstance(one, NameTest)}
    refused = [literal.operand for literal in cube if isinstance(literal, Not) and _is_of_names(literal.operand)]
    flat = dict.fromkeys(one for test in refused for one in (test.operands if isinstance(test, Or) else (test,)))
    tests = tuple(one for one in flat if isinstance(one, NameTest))
    return tuple(one for one in tests if one.kind is not NameTestKind.EQUALS or one.text not in has)


def _is_place(test: NameTest) -> bool:
    """Whether a test asks for a part of the model and nothing else."""
    return (
        test.kind in (NameTestKind.CONTAINS, NameTestKind.STARTS) and traits(test).is_place and not traits(test).is_kind
    )


def _listed(tests: tuple[NameTest, ...], word: str) -> str:
    *first, last = [f"`{shown_text(test).strip('.')}`" for test in tests]
    return f"{', '.join(first)} {word} {last}" if first else last


def _refusal_words(tests: tuple[NameTest, ...]) -> str:
    """Failed tests in words: "without `bert`, `bias` or `norm`", "not beginning with `body.`"."""
    contained = tuple(one for one in tests if one.kind is NameTestKind.CONTAINS)
    others = tuple(one for one in tests if one not in contained)
    said = []
    if contained:
        *first, last = [f"`{shown_text(test)}`" for test in contained]
        said.append(f"without {', '.join(first)} or {last}" if first else f"without {last}")
    said.extend(condition_words(Not(other)).removeprefix("names ").removeprefix("parameters ") for other in others)
    return " and ".join(said)


def _stretches(cube: _Cube) -> str:
    """The positions in words: " in `named[2:4]`". "" if the conjunction has no position test."""
    tests = [one.operand if isinstance(one, Not) else one for one in cube]
    said = []
    for first in dict.fromkeys(replace(test, least=0) for test in tests if isinstance(test, PositionTest)):
        least = [one for one in cube if isinstance(one, PositionTest) and one.is_of_same(first)]
        refused = [one.operand for one in cube if isinstance(one, Not)]
        below = [one for one in refused if isinstance(one, PositionTest) and one.is_of_same(first)]
        said.append(
            position_words(
                max(least, key=lambda one: one.least, default=None), min(below, key=lambda one: one.least, default=None)
            )
        )
    return f" in {' and '.join(said)}" if said else ""


def _is_of_names(condition: Condition) -> bool:
    return isinstance(condition, NameTest | Or)


def _dimension_words(cube: _Cube) -> str:
    """The dimensions in words: "2-dimensional ". "" if the conjunction has no dimension test."""
    least = max((literal.least for literal in cube if isinstance(literal, DimensionTest)), default=None)
    below = min(
        (one.operand.least for one in cube if isinstance(one, Not) and isinstance(one.operand, DimensionTest)),
        default=None,
    )
    match least, below:
        case None, None:
            return ""
        case None, 1:
            return "0-dimensional "
        case None, 2:
            return "1-dimensional "
        case None, int():
            return f"at most {below - 1}-dimensional "
        case int(), None:
            return f"{least}- or more-dimensional "
        case int(), int() if below == least + 1:
            return f"{least}-dimensional "
    return f"{least}- to {(below or 0) - 1}-dimensional "
