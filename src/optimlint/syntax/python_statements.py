"""Statements of Python's own trees to the nodes that the interpreter reads."""

import ast
from collections.abc import Callable, Sequence
from typing import Any

from optimlint.syntax import tree
from optimlint.syntax.python_expressions import Expressions
from optimlint.syntax.tokens import CannotConvert, Tokens

Function = ast.FunctionDef | ast.AsyncFunctionDef
Apart = Callable[[int, Function], Callable[[], tree.Suite] | None]
"""What lowers the body of a function, whose name stands at an offset, later; None where that is done at once."""

_AUGMENTED: dict[type[ast.AST], type[tree.Operator]] = {ast.Add: tree.AddAssign, ast.BitOr: tree.BitOrAssign}
_COMPOUND = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    *((ast.TryStar,) if hasattr(ast, "TryStar") else ()),
)


class Statements:
    """Some lines of a text, with the statements that Python's trees say stand there."""

    def __init__(self, text: str, starts: Sequence[int], tokens: Tokens, apart: Apart) -> None:
        self.tokens = tokens
        self._inner = Expressions(text, starts, tokens)
        self._places = self._inner.places
        self._start = starts[0]
        self._apart = apart

    def module(self, node: ast.Module) -> tree.Module:
        """A whole source."""
        body = self._lines(node.body)
        return tree.Module(self._start, body[-1].end if body else self._start, body)

    def block(self, nodes: Sequence[ast.stmt]) -> tree.Suite:
        """The body of a compound statement."""
        body = self._lines(nodes)
        tokens = self.tokens
        first = tokens.at_begin[self._first(nodes[0])]
        start, end = body[0].start, body[-1].end
        if tokens.chars[first - 1] == ":":
            inner = body[0]
            small = inner.body if isinstance(inner, tree.SimpleStatementLine) else ()
            return tree.SimpleStatementSuite(start, end, small)
        return tree.IndentedBlock(start, end, body)

    def _first(self, node: ast.stmt) -> int:
        """Where a statement begins, its decorators included."""
        decorators = getattr(node, "decorator_list", ())
        if not decorators:
            return self._places.start(node)
        return self.tokens.begin[self.tokens.at_begin[self._places.span(decorators[0])[0]] - 1]

    def _lines(self, nodes: Sequence[ast.stmt]) -> tuple[tree.Node, ...]:
        made: list[tree.Node] = []
        small: list[tree.SmallStatement] = []
        for node in nodes:
            if isinstance(node, _COMPOUND):
                made.append(_MAKERS[node.__class__](self, node))
                continue
            make = _SMALL.get(node.__class__)
            if make is None:
                raise CannotConvert(node.__class__.__name__)
            one = make(self, node)
            small.append(one)
            tokens = self.tokens
            following = self._places.behind(self._places.end(node))
            if tokens.chars[following] == ";":
                one.end = tokens.end[following]
                if tokens.chars[following + 1] != "\n":
                    one.end = tokens.begin[following + 1]
                    continue
            made.append(tree.SimpleStatementLine(small[0].start, one.end, tuple(small)))
            small = []
        return tuple(made)

    def _span(self, node: ast.stmt) -> tuple[int, int]:
        return self._places.start(node), self._places.end(node)

    def _keyword_before(self, nodes: Sequence[ast.stmt]) -> int:
        """Where the `else` or `finally` before a block stands."""
        tokens = self.tokens
        index = tokens.at_begin[self._first(nodes[0])] - 1
        while tokens.chars[index] != ":":
            index -= 1
        return tokens.begin[index - 1]

    def _else(self, nodes: Sequence[ast.stmt]) -> tree.Else | None:
        if not nodes:
            return None
        start = self._keyword_before(nodes)
        body = self.block(nodes)
        return tree.Else(start, body.end, body)

    def _if(self, node: ast.If) -> tree.If:
        start, _ = self._span(node)
        test, body = self._inner.expression(node.test), self.block(node.body)
        orelse: tree.If | tree.Else | None
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If) and self._is_elif(node.orelse[0]):
            orelse = self._if(node.orelse[0])
        else:
            orelse = self._else(node.orelse)
        return tree.If(start, orelse.end if orelse else body.end, test, body, orelse)

    def _is_elif(self, node: ast.If) -> bool:
        return self.tokens.word(self.tokens.at_begin[self._places.start(node)]) == "elif"

    def _for(self, node: ast.For | ast.AsyncFor) -> tree.For:
        start, _ = self._span(node)
        target, iterated = self._inner.expression(node.target), self._inner.expression(node.iter)
        body, orelse = self.block(node.body), self._else(node.orelse)
        return tree.For(start, orelse.end if orelse else body.end, target, iterated, body, orelse)

    def _while(self, node: ast.While) -> tree.While:
        start, _ = self._span(node)
        test, body, orelse = self._inner.expression(node.test), self.block(node.body), self._else(node.orelse)
        return tree.While(start, orelse.end if orelse else body.end, test, body, orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> tree.With:
        start, _ = self._span(node)
        items: list[tree.WithItem] = []
        for one in node.items:
            item = self._inner.expression(one.context_expr)
            end, asname = item.end, None
            if one.optional_vars is not None:
                name = self._inner.expression(one.optional_vars)
                asname = tree.AsName(end, name.end, name)
                end = name.end
            items.append(tree.WithItem(item.start, self._places.past_comma(end), item, asname))
        if len(items) == 1:
            self._without_parentheses(items[0])
        body = self.block(node.body)
        return tree.With(start, body.end, tuple(items), body)

    def _without_parentheses(self, only: tree.WithItem) -> None:
        """Leave out the parentheses around the only item of a `with`, which are the statement's."""
        tokens, item = self.tokens, only.item
        first, last = tokens.at_begin[item.start], tokens.at_end[item.end]
        is_around = item.lpar > 0 and not isinstance(item, tree.GeneratorExp)
        if is_around and tokens.partner.get(first) == last and tokens.chars[last + 1] == ":":
            item.start, item.end, item.lpar = tokens.begin[first + 1], tokens.end[last - 1], item.lpar - 1
            only.start, only.end = item.start, item.end

    def _try(self, node: ast.Try) -> tree.Try:
        start, _ = self._span(node)
        body = self.block(node.body)
        handlers = tuple(self._handler(one) for one in node.handlers)
        orelse = self._else(node.orelse)
        final = None
        if node.finalbody:
            at = self._keyword_before(node.finalbody)
            inner = self.block(node.finalbody)
            final = tree.Finally(at, inner.end, inner)
        last = final or orelse or (handlers[-1] if handlers else body)
        return tree.Try(start, last.end, body, handlers, orelse, final)

    def _handler(self, node: ast.ExceptHandler) -> tree.ExceptHandler:
        kind = self._inner.optional(node.type)
        asname = None
        if node.name is not None and kind is not None:
            at = self._places.behind(kind.end) + 1
            name = tree.Name(self.tokens.begin[at], self.tokens.end[at], 0, self.tokens.word(at))
            asname = tree.AsName(kind.end, name.end, name)
        body = self.block(node.body)
        return tree.ExceptHandler(self._places.start(node), body.end, kind, asname, body)

    def _decorators(self, nodes: Sequence[ast.expr]) -> tuple[tree.Decorator, ...]:
        made: list[tree.Decorator] = []
        for node in nodes:
            one = self._inner.expression(node)
            at = self.tokens.begin[self.tokens.at_begin[one.start] - 1]
            made.append(tree.Decorator(at, one.end, one))
        return tuple(made)

    def _function(self, node: Function) -> tree.FunctionDef:
        if getattr(node, "type_params", None):
            raise CannotConvert("type parameters")
        tokens = self.tokens
        decorators = self._decorators(node.decorator_list)
        at = tokens.at_begin[self._places.start(node)] + (2 if isinstance(node, ast.AsyncFunctionDef) else 1)
        name = tree.Name(tokens.begin[at], tokens.end[at], 0, tokens.word(at))
        close = tokens.partner[at + 1]
        params = self._inner.parameters(node.args, at + 2, close)
        returns = None if node.returns is None else self._inner.annotation(tokens.end[close], node.returns)
        start = decorators[0].start if decorators else self._places.start(node)
        lowering = self._apart(name.start, node)
        if lowering is None:
            body = self.block(node.body)
            return tree.FunctionDef(start, body.end, decorators, name, None, params, returns, body)
        end = self._places.end(node)
        body = tree.IndentedBlock(name.end, end, ())
        return tree.FunctionDef(start, end, decorators, name, None, params, returns, body, lowering)

    def _class(self, node: ast.ClassDef) -> tree.ClassDef:
        if getattr(node, "type_params", None):
            raise CannotConvert("type parameters")
        tokens = self.tokens
        decorators = self._decorators(node.decorator_list)
        at = tokens.at_begin[self._places.start(node)] + 1
        name = tree.Name(tokens.begin[at], tokens.end[at], 0, tokens.word(at))
        given: tuple[tree.Arg, ...] = ()
        if tokens.chars[at + 1] == "(":
            given = self._inner.arguments([*node.bases, *node.keywords], at + 1)
        bases = tuple(one for one in given if one.keyword is None and one.star != "**")
        keywords = tuple(one for one in given if one.keyword is not None or one.star == "**")
        body = self.block(node.body)
        start = decorators[0].start if decorators else self._places.start(node)
        return tree.ClassDef(start, body.end, decorators, name, None, bases, keywords, body)

    def _expr(self, node: ast.Expr) -> tree.Expr:
        value = self._inner.expression(node.value)
        return tree.Expr(value.start, value.end, value)

    def _assign(self, node: ast.Assign) -> tree.Assign:
        made = [self._inner.expression(one) for one in node.targets]
        value = self._inner.expression(node.value)
        starts = [*(one.start for one in made[1:]), value.start]
        targets = tuple(tree.AssignTarget(one.start, end, one) for one, end in zip(made, starts, strict=True))
        return tree.Assign(made[0].start, value.end, targets, value)

    def _annotated(self, node: ast.AnnAssign) -> tree.AnnAssign:
        target = self._inner.expression(node.target)
        annotation = self._inner.annotation(target.end, node.annotation)
        value = self._inner.optional(node.value)
        end = value.end if value is not None else annotation.end
        return tree.AnnAssign(target.start, end, target, annotation, value)

    def _augmented(self, node: ast.AugAssign) -> tree.AugAssign:
        target, value = self._inner.expression(node.target), self._inner.expression(node.value)
        kind = _AUGMENTED.get(node.op.__class__, tree.OtherOperator)
        return tree.AugAssign(target.start, value.end, target, kind(target.end, value.start), value)

    def _return(self, node: ast.Return) -> tree.Return:
        value = self._inner.optional(node.value)
        return tree.Return(self._places.start(node), value.end if value is not None else self._places.end(node), value)

    def _raise(self, node: ast.Raise) -> tree.Raise:
        exc = self._inner.optional(node.exc)
        if exc is None:
            return tree.Raise(*self._span(node), None, None)
        cause = None
        if node.cause is not None:
            item = self._inner.expression(node.cause)
            cause = tree.From(exc.end, item.end, item)
        return tree.Raise(self._places.start(node), cause.end if cause else exc.end, exc, cause)

    def _assert(self, node: ast.Assert) -> tree.Assert:
        test, message = self._inner.expression(node.test), self._inner.optional(node.msg)
        return tree.Assert(self._places.start(node), message.end if message else test.end, test, message)

    def _delete(self, node: ast.Delete) -> tree.Del:
        tokens = self.tokens
        made = [self._inner.expression(one) for one in node.targets]
        has_comma = tokens.chars[self._places.behind(made[-1].end)] == ","
        if len(made) == 1 and not has_comma:
            return tree.Del(self._places.start(node), made[0].end, made[0])
        elements = tuple(
            tree.Element(one.start, self._places.past_comma(one.end, is_last=one is made[-1]), one) for one in made
        )
        end = elements[-1].end
        target = tree.Tuple(made[0].start, end, 0, elements)
        return tree.Del(self._places.start(node), end, target)

    def _names(self, node: ast.Global | ast.Nonlocal) -> tuple[tree.NameItem, ...]:
        tokens = self.tokens
        at = tokens.at_begin[self._places.start(node)] + 1
        items: list[tree.NameItem] = []
        for index in range(at, at + 2 * len(node.names), 2):
            name = tree.Name(tokens.begin[index], tokens.end[index], 0, tokens.word(index))
            items.append(tree.NameItem(name.start, self._places.past_comma(name.end), name))
        return tuple(items)

    def _global(self, node: ast.Global) -> tree.Global:
        return tree.Global(*self._span(node), self._names(node))

    def _nonlocal(self, node: ast.Nonlocal) -> tree.Nonlocal:
        return tree.Nonlocal(*self._span(node), self._names(node))

    def _aliases(self, nodes: Sequence[ast.alias]) -> tuple[tree.ImportAlias, ...]:
        tokens = self.tokens
        made: list[tree.ImportAlias] = []
        for node in nodes:
            name = self._places.dotted(node.name, tokens.at_begin[self._places.start(node)])
            end, asname = name.end, None
            if node.asname is not None:
                at = self._places.behind(end) + 1
                alias = tree.Name(tokens.begin[at], tokens.end[at], 0, tokens.word(at))
                asname = tree.AsName(end, alias.end, alias)
                end = alias.end
            made.append(tree.ImportAlias(name.start, self._places.past_comma(end), name, asname))
        return tuple(made)

    def _import(self, node: ast.Import) -> tree.Import:
        return tree.Import(*self._span(node), self._aliases(node.names))

    def _import_from(self, node: ast.ImportFrom) -> tree.ImportFrom:
        tokens = self.tokens
        module = None
        if node.module is not None:
            at = tokens.at_begin[self._places.start(node)] + 1
            while tokens.chars[at] == ".":
                at += 1
            module = self._places.dotted(node.module, at)
        names: tuple[tree.ImportAlias, ...] | tree.ImportStar
        if node.names[0].name == "*":
            names = tree.ImportStar(self._places.start(node.names[0]), self._places.end(node.names[0]))
        else:
            names = self._aliases(node.names)
        return tree.ImportFrom(*self._span(node), node.level, module, names)

    def _pass(self, node: ast.Pass) -> tree.OtherStatement:
        return tree.OtherStatement(*self._span(node), ())

    def _break(self, node: ast.Break) -> tree.Break:
        return tree.Break(*self._span(node))

    def _continue(self, node: ast.Continue) -> tree.Continue:
        return tree.Continue(*self._span(node))


_MAKERS: dict[type[ast.AST], Callable[[Statements, Any], tree.Node]] = {
    ast.If: Statements._if,
    ast.For: Statements._for,
    ast.AsyncFor: Statements._for,
    ast.While: Statements._while,
    ast.With: Statements._with,
    ast.AsyncWith: Statements._with,
    ast.Try: Statements._try,
    ast.FunctionDef: Statements._function,
    ast.AsyncFunctionDef: Statements._function,
    ast.ClassDef: Statements._class,
    **({ast.TryStar: Statements._try} if hasattr(ast, "TryStar") else {}),
}
_SMALL: dict[type[ast.AST], Callable[[Statements, Any], tree.SmallStatement]] = {
    ast.Expr: Statements._expr,
    ast.Assign: Statements._assign,
    ast.AnnAssign: Statements._annotated,
    ast.AugAssign: Statements._augmented,
    ast.Return: Statements._return,
    ast.Raise: Statements._raise,
    ast.Assert: Statements._assert,
    ast.Delete: Statements._delete,
    ast.Global: Statements._global,
    ast.Nonlocal: Statements._nonlocal,
    ast.Import: Statements._import,
    ast.ImportFrom: Statements._import_from,
    ast.Pass: Statements._pass,
    ast.Break: Statements._break,
    ast.Continue: Statements._continue,
}
