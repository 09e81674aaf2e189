"""Operators. They have no fields: the class says which one it is."""

from dataclasses import dataclass

from optimlint.syntax.tree.base import Node


@dataclass(eq=False, slots=True, match_args=False)
class Operator(Node):
    """An operator with the white space around it."""


class CompOp(Operator):
    __slots__ = ()


class In(CompOp):
    __slots__ = ()


class NotIn(CompOp):
    __slots__ = ()


class Is(CompOp):
    __slots__ = ()


class IsNot(CompOp):
    __slots__ = ()


class Equal(CompOp):
    __slots__ = ()


class NotEqual(CompOp):
    __slots__ = ()


class LessThan(CompOp):
    __slots__ = ()


class LessThanEqual(CompOp):
    __slots__ = ()


class GreaterThan(CompOp):
    __slots__ = ()


class GreaterThanEqual(CompOp):
    __slots__ = ()


class And(Operator):
    __slots__ = ()


class Or(Operator):
    __slots__ = ()


class Not(Operator):
    __slots__ = ()


class Minus(Operator):
    __slots__ = ()


class Add(Operator):
    __slots__ = ()


class Subtract(Operator):
    __slots__ = ()


class Multiply(Operator):
    __slots__ = ()


class Divide(Operator):
    __slots__ = ()


class Modulo(Operator):
    __slots__ = ()


class Power(Operator):
    __slots__ = ()


class BitOr(Operator):
    __slots__ = ()


class AddAssign(Operator):
    __slots__ = ()


class BitOrAssign(Operator):
    __slots__ = ()


class OtherOperator(CompOp):
    """An operator that no reader needs."""

    __slots__ = ()
