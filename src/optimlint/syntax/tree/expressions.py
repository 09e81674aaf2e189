"""Expressions and their parts."""

from dataclasses import dataclass

from optimlint.syntax.tree.base import Expression, Node
from optimlint.syntax.tree.operators import CompOp, Operator


@dataclass(eq=False, slots=True, match_args=False)
class OtherExpression(Expression):
    """An expression of a kind that no reader needs."""

    parts: tuple[Node, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Name(Expression):
    value: str


@dataclass(eq=False, slots=True, match_args=False)
class Number(Expression):
    value: str


class Integer(Number):
    __slots__ = ()


class Float(Number):
    __slots__ = ()


class String(Expression):
    """A string of any kind."""

    __slots__ = ()


@dataclass(eq=False, slots=True, match_args=False)
class SimpleString(String):
    """A literal without replacement fields, as written, with prefix and quotes."""

    value: str


@dataclass(eq=False, slots=True, match_args=False)
class ConcatenatedString(String):
    left: String
    right: String


@dataclass(eq=False, slots=True, match_args=False)
class FormattedStringText(Node):
    value: str


@dataclass(eq=False, slots=True, match_args=False)
class FormattedStringExpression(Node):
    """A field `{x!r:>3}`; `conversion` is the letter after `!`."""

    expression: Expression
    conversion: str | None
    format_spec: tuple[Node, ...] | None


@dataclass(eq=False, slots=True, match_args=False)
class FormattedString(String):
    parts: tuple[FormattedStringText | FormattedStringExpression, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Attribute(Expression):
    value: Expression
    attr: Name


@dataclass(eq=False, slots=True, match_args=False)
class Index(Node):
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Slice(Node):
    lower: Expression | None
    upper: Expression | None
    step: Expression | None


@dataclass(eq=False, slots=True, match_args=False)
class SubscriptElement(Node):
    slice: Index | Slice


@dataclass(eq=False, slots=True, match_args=False)
class Subscript(Expression):
    value: Expression
    slice: tuple[SubscriptElement, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Arg(Node):
    """An argument of a call or class definition; `star` is "", "*" or "**"."""

    star: str
    keyword: Name | None
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Call(Expression):
    func: Expression
    args: tuple[Arg, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Annotation(Node):
    annotation: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Param(Node):
    name: Name
    annotation: Annotation | None
    default: Expression | None


@dataclass(eq=False, slots=True, match_args=False)
class ParamStar(Node):
    """The bare `*` that starts keyword-only parameters."""


@dataclass(eq=False, slots=True, match_args=False)
class Parameters(Node):
    posonly_params: tuple[Param, ...]
    params: tuple[Param, ...]
    star_arg: Param | ParamStar | None
    kwonly_params: tuple[Param, ...]
    star_kwarg: Param | None


@dataclass(eq=False, slots=True, match_args=False)
class Lambda(Expression):
    params: Parameters
    body: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Await(Expression):
    expression: Expression


@dataclass(eq=False, slots=True, match_args=False)
class IfExp(Expression):
    body: Expression
    test: Expression
    orelse: Expression


@dataclass(eq=False, slots=True, match_args=False)
class From(Node):
    item: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Yield(Expression):
    value: Expression | From | None


@dataclass(eq=False, slots=True, match_args=False)
class NamedExpr(Expression):
    target: Expression
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Element(Node):
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class StarredElement(Expression):
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class DictElement(Node):
    key: Expression
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class StarredDictElement(Node):
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Tuple(Expression):
    elements: tuple[Element | StarredElement, ...]


@dataclass(eq=False, slots=True, match_args=False)
class List(Expression):
    elements: tuple[Element | StarredElement, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Set(Expression):
    elements: tuple[Element | StarredElement, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Dict(Expression):
    elements: tuple[DictElement | StarredDictElement, ...]


@dataclass(eq=False, slots=True, match_args=False)
class CompIf(Node):
    test: Expression


@dataclass(eq=False, slots=True, match_args=False)
class CompFor(Node):
    target: Expression
    iter: Expression
    ifs: tuple[CompIf, ...]
    inner_for_in: "CompFor | None"


@dataclass(eq=False, slots=True, match_args=False)
class GeneratorExp(Expression):
    elt: Expression
    for_in: CompFor


@dataclass(eq=False, slots=True, match_args=False)
class ListComp(Expression):
    elt: Expression
    for_in: CompFor


@dataclass(eq=False, slots=True, match_args=False)
class SetComp(Expression):
    elt: Expression
    for_in: CompFor


@dataclass(eq=False, slots=True, match_args=False)
class DictComp(Expression):
    key: Expression
    value: Expression
    for_in: CompFor


@dataclass(eq=False, slots=True, match_args=False)
class UnaryOperation(Expression):
    operator: Operator
    expression: Expression


@dataclass(eq=False, slots=True, match_args=False)
class BinaryOperation(Expression):
    left: Expression
    operator: Operator
    right: Expression


@dataclass(eq=False, slots=True, match_args=False)
class BooleanOperation(Expression):
    left: Expression
    operator: Operator
    right: Expression


@dataclass(eq=False, slots=True, match_args=False)
class ComparisonTarget(Node):
    operator: CompOp
    comparator: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Comparison(Expression):
    left: Expression
    comparisons: tuple[ComparisonTarget, ...]
