"""Operators, which hold nothing: their kind says which they are."""

from dataclasses import dataclass

from optimlint.syntax.tree.base import Node


@dataclass(eq=False, slots=True, match_args=False)
class Operator(Node):
    """An operator; the white space around it is its own."""


@dataclass(eq=False, slots=True, match_args=False)
class CompOp(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class In(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class NotIn(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Is(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class IsNot(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Equal(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class NotEqual(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class LessThan(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class LessThanEqual(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class GreaterThan(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class GreaterThanEqual(CompOp):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class And(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Or(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Not(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Minus(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Add(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Subtract(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Multiply(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Divide(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Modulo(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Power(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class BitOr(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class AddAssign(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class BitOrAssign(Operator):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class OtherOperator(CompOp):
    """An operator that nobody asks about."""
