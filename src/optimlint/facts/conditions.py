"""Conditions of filters over parameters: formulas over tests that can be compared."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum


class NameTestKind(Enum):
    """How a parameter's full name is compared with a text."""

    CONTAINS = "contains"
    EQUALS = "equals"
    STARTS = "starts with"
    ENDS = "ends with"


@dataclass(frozen=True, slots=True)
class NameTest:
    """A test of a parameter's name: `"bias" in n`, `n == "bias"`, `n.startswith("bert.")`, `n.endswith("bias")`."""

    kind: NameTestKind
    text: str


@dataclass(frozen=True, slots=True)
class DimensionTest:
    """A test of the number of dimensions: `p.ndim >= least`. `p.ndim < 2` is the negation of `least=2`."""

    least: int


@dataclass(frozen=True, slots=True)
class GradientTest:
    """The test `p.requires_grad`."""


@dataclass(frozen=True, slots=True)
class PositionTest:
    """Whether a parameter's index in a list is at least `least`. `named[:9]` is the negation of `least=9`. With
    `is_from_end`, the last element has index 0. `source` is the list as the code writes it; `number` distinguishes
    lists with the same text."""

    source: str
    number: int
    least: int
    is_from_end: bool = False

    def is_of_same(self, other: "PositionTest") -> bool:
        """Whether both tests count in the same list from the same end."""
        return (self.source, self.number, self.is_from_end) == (other.source, other.number, other.is_from_end)


@dataclass(frozen=True, slots=True)
class UnknownTest:
    """A condition that cannot be interpreted. Equal texts in one scope count as equal conditions if the names in them
    refer to the same objects; `about` has the numbers of these objects.

    `attribute` is set for parameters that are taken as an attribute of some module: `weight` for `layer.weight`.
    """

    text: str
    attribute: str = ""
    about: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Always:
    """The condition that every parameter meets."""


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a condition."""

    operand: "Condition"


@dataclass(frozen=True, slots=True)
class And:
    """The conjunction of conditions; true if there are none."""

    operands: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """The disjunction of conditions; false if there are none."""

    operands: tuple["Condition", ...]


Atom = NameTest | DimensionTest | GradientTest | PositionTest | UnknownTest
"""A single test of a parameter, the leaf of a condition."""

Condition = Atom | Always | Not | And | Or

NEVER = Not(Always())
"""The condition that no parameter meets."""


def negate(condition: Condition) -> Condition:
    """The negation, without double negation."""
    return condition.operand if isinstance(condition, Not) else Not(condition)


def both(first: Condition, second: Condition) -> Condition:
    """The conjunction, flattened and without `Always`."""
    operands: list[Condition] = []
    for part in (first, second):
        parts = part.operands if isinstance(part, And) else (part,)
        operands.extend(one for one in parts if one != Always() and one not in operands)
    return operands[0] if len(operands) == 1 else And(tuple(operands)) if operands else Always()


def either(operands: tuple[Condition, ...]) -> Condition:
    """The disjunction, flattened; `Always` if one of the operands is."""
    flat: list[Condition] = []
    for part in operands:
        flat.extend(part.operands if isinstance(part, Or) else (part,))
    if Always() in flat:
        return Always()
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def without(condition: Condition, given: Condition) -> Condition:
    """The condition without the operands that `given` already requires."""
    known = given.operands if isinstance(given, And) else (given,)
    operands = condition.operands if isinstance(condition, And) else (condition,)
    rest = tuple(one for one in operands if one not in known)
    return rest[0] if len(rest) == 1 else And(rest) if rest else Always()


def signed_tests(condition: Condition) -> Iterator[tuple[Atom, bool]]:
    """The tests in a condition, in order, each with whether it must pass (True) or fail."""
    pending = [(condition, True)]
    while pending:
        match pending.pop():
            case Not(operand), is_passed:
                pending.append((operand, not is_passed))
            case ((And(operands) | Or(operands)), is_passed):
                pending.extend((operand, is_passed) for operand in reversed(operands))
            case (NameTest() | DimensionTest() | GradientTest() | PositionTest() | UnknownTest()) as test, is_passed:
                yield test, is_passed


def tests(condition: Condition) -> Iterator[Atom]:
    """The tests in a condition, in order."""
    return (test for test, _ in signed_tests(condition))


def map_tests(condition: Condition, change: Callable[[Atom], Condition]) -> Condition:
    """The condition with each test replaced by the result of `change`."""
    match condition:
        case Always():
            return condition
        case Not(operand):
            return Not(map_tests(operand, change))
        case And(operands):
            return And(tuple(map_tests(operand, change) for operand in operands))
        case Or(operands):
            return Or(tuple(map_tests(operand, change) for operand in operands))
        case _:
            return change(condition)


def evaluate(condition: Condition, answer: Callable[[Atom], bool | None]) -> bool | None:
    """Whether a condition is met, given the results of its tests, in Kleene's three-valued logic: None is unknown."""
    match condition:
        case Always():
            return True
        case Not(operand):
            met = evaluate(operand, answer)
            return None if met is None else not met
        case And(operands):
            said = [evaluate(operand, answer) for operand in operands]
            return False if False in said else None if None in said else True
        case Or(operands):
            said = [evaluate(operand, answer) for operand in operands]
            return True if True in said else None if None in said else False
        case _:
            return answer(condition)
