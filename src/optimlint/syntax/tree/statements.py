"""Statements and their parts."""

from collections.abc import Callable
from dataclasses import dataclass

from optimlint.syntax.tree.base import Expression, Node
from optimlint.syntax.tree.expressions import Annotation, Arg, Attribute, From, Name, Parameters
from optimlint.syntax.tree.operators import Operator


@dataclass(eq=False, slots=True, match_args=False)
class SmallStatement(Node):
    """A statement that contains no other statement."""


@dataclass(eq=False, slots=True, match_args=False)
class OtherStatement(SmallStatement):
    """A small statement of a kind that no reader needs."""

    parts: tuple[Node, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Expr(SmallStatement):
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class AssignTarget(Node):
    target: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Assign(SmallStatement):
    targets: tuple[AssignTarget, ...]
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class AnnAssign(SmallStatement):
    target: Expression
    annotation: Annotation
    value: Expression | None


@dataclass(eq=False, slots=True, match_args=False)
class AugAssign(SmallStatement):
    target: Expression
    operator: Operator
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class Return(SmallStatement):
    value: Expression | None


@dataclass(eq=False, slots=True, match_args=False)
class Raise(SmallStatement):
    exc: Expression | None
    cause: From | None


class Break(SmallStatement):
    __slots__ = ()


class Continue(SmallStatement):
    __slots__ = ()


@dataclass(eq=False, slots=True, match_args=False)
class Assert(SmallStatement):
    test: Expression
    msg: Expression | None


@dataclass(eq=False, slots=True, match_args=False)
class Del(SmallStatement):
    target: Expression


@dataclass(eq=False, slots=True, match_args=False)
class NameItem(Node):
    name: Name


@dataclass(eq=False, slots=True, match_args=False)
class Global(SmallStatement):
    names: tuple[NameItem, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Nonlocal(SmallStatement):
    names: tuple[NameItem, ...]


@dataclass(eq=False, slots=True, match_args=False)
class AsName(Node):
    name: Expression


@dataclass(eq=False, slots=True, match_args=False)
class ImportAlias(Node):
    name: Attribute | Name
    asname: AsName | None

    @property
    def evaluated_name(self) -> str:
        """The dotted name that is imported."""
        return dotted(self.name)

    @property
    def evaluated_alias(self) -> str | None:
        """The name that it is bound to with `as`; None without one."""
        return self.asname.name.value if self.asname is not None and isinstance(self.asname.name, Name) else None


@dataclass(eq=False, slots=True, match_args=False)
class ImportStar(Node):
    pass


@dataclass(eq=False, slots=True, match_args=False)
class Import(SmallStatement):
    names: tuple[ImportAlias, ...]


@dataclass(eq=False, slots=True, match_args=False)
class ImportFrom(SmallStatement):
    """`from .m import a, b`; `relative` is the number of dots."""

    relative: int
    module: Attribute | Name | None
    names: tuple[ImportAlias, ...] | ImportStar


@dataclass(eq=False, slots=True, match_args=False)
class CompoundStatement(Node):
    """A statement with a body."""


@dataclass(eq=False, slots=True, match_args=False)
class Suite(Node):
    """The body of a compound statement."""

    body: tuple[Node, ...]


@dataclass(eq=False, slots=True, match_args=False)
class SimpleStatementLine(Node):
    body: tuple[SmallStatement, ...]


class SimpleStatementSuite(Suite):
    """A body on the line of its header: small statements."""

    __slots__ = ()


class IndentedBlock(Suite):
    """A body on lines of its own."""

    __slots__ = ()


@dataclass(eq=False, slots=True, match_args=False)
class Else(Node):
    body: Suite


@dataclass(eq=False, slots=True, match_args=False)
class If(CompoundStatement):
    test: Expression
    body: Suite
    orelse: "If | Else | None"


@dataclass(eq=False, slots=True, match_args=False)
class For(CompoundStatement):
    target: Expression
    iter: Expression
    body: Suite
    orelse: Else | None


@dataclass(eq=False, slots=True, match_args=False)
class While(CompoundStatement):
    test: Expression
    body: Suite
    orelse: Else | None


@dataclass(eq=False, slots=True, match_args=False)
class WithItem(Node):
    item: Expression
    asname: AsName | None


@dataclass(eq=False, slots=True, match_args=False)
class With(CompoundStatement):
    items: tuple[WithItem, ...]
    body: Suite


@dataclass(eq=False, slots=True, match_args=False)
class ExceptHandler(Node):
    """`except E as name:` or `except* E as name:`."""

    type: Expression | None
    name: AsName | None
    body: Suite


@dataclass(eq=False, slots=True, match_args=False)
class Finally(Node):
    body: Suite


@dataclass(eq=False, slots=True, match_args=False)
class Try(CompoundStatement):
    """A `try` statement with `except` or `except*`."""

    body: Suite
    handlers: tuple[ExceptHandler, ...]
    orelse: Else | None
    finalbody: Finally | None


@dataclass(eq=False, slots=True, match_args=False)
class MatchAs(Node):
    pattern: Node | None
    name: Name | None


@dataclass(eq=False, slots=True, match_args=False)
class MatchStar(Node):
    name: Name | None


@dataclass(eq=False, slots=True, match_args=False)
class MatchValue(Node):
    value: Expression


@dataclass(eq=False, slots=True, match_args=False)
class MatchOrElement(Node):
    pattern: Node
    separator: Operator | None


@dataclass(eq=False, slots=True, match_args=False)
class MatchOr(Node):
    patterns: tuple[MatchOrElement, ...]


@dataclass(eq=False, slots=True, match_args=False)
class MatchCase(Node):
    pattern: Node
    guard: Expression | None
    body: Suite


@dataclass(eq=False, slots=True, match_args=False)
class Match(CompoundStatement):
    subject: Expression
    cases: tuple[MatchCase, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Decorator(Node):
    decorator: Expression


@dataclass(eq=False, slots=True, match_args=False)
class FunctionDef(CompoundStatement):
    decorators: tuple[Decorator, ...]
    name: Name
    type_parameters: Node | None
    params: Parameters
    returns: Annotation | None
    own_body: Suite
    lowering: Callable[[], Suite] | None = None
    """Lowers the body on first access, and is None afterwards. Until then `own_body` is a placeholder."""

    @property
    def body(self) -> Suite:
        """The body, lowered on first access."""
        if self.lowering is not None:
            self.own_body, self.lowering = self.lowering(), None
        return self.own_body


@dataclass(eq=False, slots=True, match_args=False)
class ClassDef(CompoundStatement):
    decorators: tuple[Decorator, ...]
    name: Name
    type_parameters: Node | None
    bases: tuple[Arg, ...]
    keywords: tuple[Arg, ...]
    body: Suite


@dataclass(eq=False, slots=True, match_args=False)
class Module(Node):
    body: tuple[Node, ...]


def dotted(node: Expression | None) -> str:
    """The dotted name `a.b.c` as text; "" for any other expression."""
    parts: list[str] = []
    while isinstance(node, Attribute):
        parts.append(node.attr.value)
        node = node.value
    return ".".join([node.value, *reversed(parts)]) if isinstance(node, Name) else ""
