"""Expressions of Python's own trees to the nodes that the interpreter reads, with the offsets at which they stand."""

import ast
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from optimlint.syntax import tree
from optimlint.syntax.fields import fields_of
from optimlint.syntax.python_places import Places
from optimlint.syntax.tokens import LINE_END, CannotConvert, Tokens

_OPERATORS: dict[type[ast.AST], type[tree.Operator]] = {
    ast.Add: tree.Add,
    ast.Sub: tree.Subtract,
    ast.Mult: tree.Multiply,
    ast.Div: tree.Divide,
    ast.Mod: tree.Modulo,
    ast.Pow: tree.Power,
    ast.BitOr: tree.BitOr,
    ast.And: tree.And,
    ast.Or: tree.Or,
    ast.Not: tree.Not,
    ast.USub: tree.Minus,
}
_COMPARISONS: dict[type[ast.AST], type[tree.CompOp]] = {
    ast.In: tree.In,
    ast.NotIn: tree.NotIn,
    ast.Is: tree.Is,
    ast.IsNot: tree.IsNot,
    ast.Eq: tree.Equal,
    ast.NotEq: tree.NotEqual,
    ast.Lt: tree.LessThan,
    ast.LtE: tree.LessThanEqual,
    ast.Gt: tree.GreaterThan,
    ast.GtE: tree.GreaterThanEqual,
}
_NUMBERS: dict[type, type[tree.Number]] = {int: tree.Integer, float: tree.Float}


class Expressions:
    """Some lines of a text, where Python's trees say that something stands."""

    def __init__(self, text: str, starts: Sequence[int], tokens: Tokens) -> None:
        self.text = text
        self.tokens = tokens
        self.places = Places(text, starts, tokens)

    def expression(self, node: ast.expr) -> tree.Expression:
        """What an expression becomes."""
        make = _MAKERS.get(node.__class__)
        if make is None:
            raise CannotConvert(node.__class__.__name__)
        return make(self, node)

    def optional(self, node: ast.expr | None) -> tree.Expression | None:
        """The same of one that may be missing."""
        return None if node is None else self.expression(node)

    def _name(self, node: ast.Name) -> tree.Name:
        start, end, lpar = self.places.span(node)
        return tree.Name(start, end, lpar, self.places.written(node.id, node))

    def _constant(self, node: ast.Constant) -> tree.Expression:
        value = node.value
        if isinstance(value, str | bytes):
            return self._string(node)
        start, end, lpar = self.places.span(node)
        if value is None or value is True or value is False:
            return tree.Name(start, end, lpar, repr(value))
        number = _NUMBERS.get(type(value))
        if number is None:
            return tree.OtherExpression(start, end, lpar, ())
        return number(start, end, lpar, self.text[self.places.start(node) : self.places.end(node)])

    def _string(self, node: ast.expr) -> tree.String:
        first, last = self.tokens.at_begin[self.places.start(node)], self.tokens.at_end[self.places.end(node)]
        start, end, lpar = self.places.around(first, last)
        if first == last:
            return self._literal(first, start, end, lpar)
        made = self._literal(last, self.tokens.begin[last], self.tokens.end[last], 0)
        for index in range(last - 1, first - 1, -1):
            left = self._literal(index, self.tokens.begin[index], self.tokens.end[index], 0)
            made = tree.ConcatenatedString(left.start, made.end, 0, left, made)
        made.start, made.end, made.lpar = start, end, lpar
        return made

    def _literal(self, index: int, start: int, end: int, lpar: int) -> tree.String:
        word = self.tokens.word(index)
        quote = len(word) - len(word.lstrip("rRbBuUfF"))
        if word[quote : quote + 1] not in ("'", '"'):
            raise CannotConvert("a string with quotes in its fields")
        if "f" not in word[:quote].lower():
            return tree.SimpleString(start, end, lpar, word)
        length = 3 if word[quote : quote + 3] in ("'''", '"""') else 1
        at = self.tokens.begin[index]
        is_raw = "r" in word[:quote].lower()
        parts = fields_of(self.text, at + quote + length, at + len(word) - length, self._inner, is_raw=is_raw)
        return tree.FormattedString(start, end, lpar, parts)

    def _inner(self, start: int, end: int) -> tree.Expression:
        """The expression of a field, which stands between two offsets."""
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        try:
            node = ast.parse(piece.strip(), mode="eval").body
        except SyntaxError as error:
            raise CannotConvert("a field that only a newer Python reads") from error
        starts = [start, *(match.end() for match in LINE_END.finditer(self.text, start, end))]
        return Expressions(self.text, starts, Tokens(self.text, [(start, end)])).expression(node)

    def _attribute(self, node: ast.Attribute) -> tree.Attribute:
        start, end, lpar = self.places.span(node)
        value = self.expression(node.value)
        last = self.tokens.at_end[self.places.end(node)]
        at, behind = self.tokens.begin[last], self.tokens.end[last]
        name = tree.Name(at, behind, 0, node.attr if node.attr.isascii() else self.text[at:behind])
        return tree.Attribute(start, end, lpar, value, name)

    def _call(self, node: ast.Call) -> tree.Call:
        start, end, lpar = self.places.span(node)
        func = self.expression(node.func)
        bracket = self.places.behind(func.end)
        args = self.arguments([*node.args, *node.keywords], bracket)
        return tree.Call(start, end, lpar, func, args)

    def arguments(self, nodes: Sequence[ast.expr | ast.keyword], bracket: int) -> tuple[tree.Arg, ...]:
        """The arguments that stand in a pair of parentheses."""
        close = self.tokens.partner[bracket]
        if len(nodes) == 1 and isinstance(nodes[0], ast.GeneratorExp):
            own = self.tokens.at_begin[self.places.start(nodes[0])]
            if own == bracket:
                at, behind = self.tokens.begin[own + 1], self.tokens.end[close - 1]
                value: tree.Expression = self._generator(nodes[0], (at, behind, 0))
                return (tree.Arg(at, self.tokens.begin[close], "", None, value),)
        if len(nodes) > 1:
            nodes = sorted(nodes, key=lambda one: (one.lineno, one.col_offset))
        made = [self._argument(node) for node in nodes]
        for one, following in pairwise(made):
            one.end = following.start
        if made:
            made[-1].end = self.tokens.begin[close]
        return tuple(made)

    def _argument(self, node: ast.expr | ast.keyword) -> tree.Arg:
        if isinstance(node, ast.Starred):
            return tree.Arg(self.places.start(node), 0, "*", None, self.expression(node.value))
        if not isinstance(node, ast.keyword):
            value = self.expression(node)
            return tree.Arg(value.start, 0, "", None, value)
        start = self.places.start(node)
        value = self.expression(node.value)
        if node.arg is None:
            return tree.Arg(start, 0, "**", None, value)
        end = self.tokens.end[self.tokens.at_begin[start]]
        return tree.Arg(start, 0, "", tree.Name(start, end, 0, self.text[start:end]), value)

    def _subscript(self, node: ast.Subscript) -> tree.Subscript:
        start, end, lpar = self.places.span(node)
        value = self.expression(node.value)
        inside = node.slice
        is_listed = isinstance(inside, ast.Tuple) and not self.places.has_own_parentheses(inside)
        listed: list[ast.expr] = inside.elts if is_listed and isinstance(inside, ast.Tuple) else [inside]
        parts = tuple(map(self._element_of_subscript, listed))
        return tree.Subscript(start, end, lpar, value, parts)

    def _element_of_subscript(self, node: ast.expr) -> tree.SubscriptElement:
        made: tree.Index | tree.Slice
        if isinstance(node, ast.Slice):
            lower, upper, step = (self.optional(one) for one in (node.lower, node.upper, node.step))
            made = tree.Slice(self.places.start(node), self.places.end(node), lower, upper, step)
        elif isinstance(node, ast.Starred):
            value = self.expression(node.value)
            made = tree.Index(self.places.start(node), value.end, value)
        else:
            value = self.expression(node)
            made = tree.Index(value.start, value.end, value)
        return tree.SubscriptElement(made.start, self.places.past_comma(made.end), made)

    def _elements(self, nodes: Iterable[ast.expr], close: int) -> tuple[tree.Element | tree.StarredElement, ...]:
        made: list[tree.Element | tree.StarredElement] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                start, end, lpar = self.places.span(node)
                value = self.expression(node.value)
                end = self.places.past(max(end, value.end), close)
                made.append(tree.StarredElement(start, end, lpar, value))
            else:
                value = self.expression(node)
                made.append(tree.Element(value.start, self.places.past(value.end, close), value))
        return tuple(made)

    def _tuple(self, node: ast.Tuple) -> tree.Tuple:
        start, end, lpar = self.places.span(node)
        last = self.tokens.at_end[self.places.end(node)]
        has_own = self.places.has_own_parentheses(node)
        elements = self._elements(node.elts, last if has_own else last + 1)
        return tree.Tuple(start, end, lpar + has_own, elements)

    def _list(self, node: ast.List) -> tree.List:
        start, end, lpar = self.places.span(node)
        return tree.List(start, end, lpar, self._elements(node.elts, self.tokens.at_end[self.places.end(node)]))

    def _set(self, node: ast.Set) -> tree.Set:
        start, end, lpar = self.places.span(node)
        return tree.Set(start, end, lpar, self._elements(node.elts, self.tokens.at_end[self.places.end(node)]))

    def _dict(self, node: ast.Dict) -> tree.Dict:
        start, end, lpar = self.places.span(node)
        close = self.tokens.at_end[self.places.end(node)]
        made: list[tree.DictElement | tree.StarredDictElement] = []
        for key, held in zip(node.keys, node.values, strict=True):
            value = self.expression(held)
            behind = self.places.past(value.end, close)
            if key is None:
                at = self.tokens.begin[self.tokens.at_begin[value.start] - 1]
                made.append(tree.StarredDictElement(at, behind, value))
            else:
                named = self.expression(key)
                made.append(tree.DictElement(named.start, behind, named, value))
        return tree.Dict(start, end, lpar, tuple(made))

    def _loops(self, at: int, loops: Sequence[ast.comprehension]) -> tree.CompFor:
        made: list[tree.CompFor] = []
        for loop in loops:
            target, iterated = self.expression(loop.target), self.expression(loop.iter)
            start, at = at, iterated.end
            tests: list[tree.CompIf] = []
            for one in loop.ifs:
                test = self.expression(one)
                tests.append(tree.CompIf(at, test.end, test))
                at = test.end
            made.append(tree.CompFor(start, at, target, iterated, tuple(tests), None))
        for inner, outer in pairwise(reversed(made)):
            outer.inner_for_in, outer.end = inner, inner.end
        return made[0]

    def _generator(self, node: ast.GeneratorExp, span: tuple[int, int, int] | None = None) -> tree.GeneratorExp:
        start, end, lpar = self.places.span(node) if span is None else span
        elt = self.expression(node.elt)
        own = 1 if span is None else 0
        return tree.GeneratorExp(start, end, lpar + own, elt, self._loops(elt.end, node.generators))

    def _list_comprehension(self, node: ast.ListComp) -> tree.ListComp:
        start, end, lpar = self.places.span(node)
        elt = self.expression(node.elt)
        return tree.ListComp(start, end, lpar, elt, self._loops(elt.end, node.generators))

    def _set_comprehension(self, node: ast.SetComp) -> tree.SetComp:
        start, end, lpar = self.places.span(node)
        elt = self.expression(node.elt)
        return tree.SetComp(start, end, lpar, elt, self._loops(elt.end, node.generators))

    def _dict_comprehension(self, node: ast.DictComp) -> tree.DictComp:
        start, end, lpar = self.places.span(node)
        key, value = self.expression(node.key), self.expression(node.value)
        return tree.DictComp(start, end, lpar, key, value, self._loops(value.end, node.generators))

    def _unary(self, node: ast.UnaryOp) -> tree.UnaryOperation:
        start, end, lpar = self.places.span(node)
        operand = self.expression(node.operand)
        kind = _OPERATORS.get(node.op.__class__, tree.OtherOperator)
        return tree.UnaryOperation(start, end, lpar, kind(self.places.start(node), operand.start), operand)

    def _binary(self, node: ast.BinOp) -> tree.BinaryOperation:
        start, end, lpar = self.places.span(node)
        left, right = self.expression(node.left), self.expression(node.right)
        operator = self.operator(node.op, left.end, right.start)
        return tree.BinaryOperation(start, end, lpar, left, operator, right)

    def operator(self, node: ast.operator, start: int, end: int) -> tree.Operator:
        """A binary operator, which stands with the white space around it between two offsets."""
        return _OPERATORS.get(node.__class__, tree.OtherOperator)(start, end)

    def _boolean(self, node: ast.BoolOp) -> tree.BooleanOperation:
        start, end, lpar = self.places.span(node)
        kind = _OPERATORS[node.op.__class__]
        made = self.expression(node.values[0])
        for value in node.values[1:]:
            right = self.expression(value)
            made = tree.BooleanOperation(made.start, right.end, 0, made, kind(made.end, right.start), right)
        assert isinstance(made, tree.BooleanOperation)
        made.start, made.end, made.lpar = start, end, lpar
        return made

    def _comparison(self, node: ast.Compare) -> tree.Comparison:
        start, end, lpar = self.places.span(node)
        left = self.expression(node.left)
        at = left.end
        targets: list[tree.ComparisonTarget] = []
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.expression(comparator)
            kind = _COMPARISONS[op.__class__]
            targets.append(tree.ComparisonTarget(at, right.end, kind(at, right.start), right))
            at = right.end
        return tree.Comparison(start, end, lpar, left, tuple(targets))

    def _conditional(self, node: ast.IfExp) -> tree.IfExp:
        start, end, lpar = self.places.span(node)
        body, test, orelse = (self.expression(one) for one in (node.body, node.test, node.orelse))
        return tree.IfExp(start, end, lpar, body, test, orelse)

    def _lambda(self, node: ast.Lambda) -> tree.Lambda:
        start, end, lpar = self.places.span(node)
        body = self.expression(node.body)
        first = self.tokens.at_begin[self.places.start(node)] + 1
        colon = self.tokens.at_begin[body.start] - 1
        return tree.Lambda(start, end, lpar, self.parameters(node.args, first, colon), body)

    def _await(self, node: ast.Await) -> tree.Await:
        start, end, lpar = self.places.span(node)
        return tree.Await(start, end, lpar, self.expression(node.value))

    def _yield(self, node: ast.Yield) -> tree.Yield:
        start, end, lpar = self.places.span(node)
        return tree.Yield(start, end, lpar, self.optional(node.value))

    def _yield_from(self, node: ast.YieldFrom) -> tree.Yield:
        start, end, lpar = self.places.span(node)
        item = self.expression(node.value)
        word = self.tokens.at_begin[self.places.start(node)] + 1
        return tree.Yield(start, end, lpar, tree.From(self.tokens.begin[word], item.end, item))

    def _walrus(self, node: ast.NamedExpr) -> tree.NamedExpr:
        start, end, lpar = self.places.span(node)
        return tree.NamedExpr(start, end, lpar, self.expression(node.target), self.expression(node.value))

    def parameters(self, node: ast.arguments, first: int, close: int) -> tree.Parameters:
        """Parameters, from the first token to the one that ends them."""
        positional = [*node.posonlyargs, *node.args]
        without = len(positional) - len(node.defaults)
        defaults: list[ast.expr | None] = [*([None] * without), *node.defaults]
        made = [self._parameter(one, default, close) for one, default in zip(positional, defaults, strict=True)]
        star: tree.Param | tree.ParamStar | None = None
        if node.vararg is not None:
            star = self._parameter(node.vararg, None, close, has_star=True)
        named = [
            self._parameter(one, default, close) for one, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)
        ]
        if named and star is None:
            at = self.tokens.at_begin[named[0].start] - 2
            star = tree.ParamStar(self.tokens.begin[at], named[0].start)
        double = None if node.kwarg is None else self._parameter(node.kwarg, None, close, has_star=True)
        count = len(node.posonlyargs)
        begin, end = self.tokens.begin[first], self.tokens.begin[close]
        return tree.Parameters(begin, end, tuple(made[:count]), tuple(made[count:]), star, tuple(named), double)

    def _parameter(self, node: ast.arg, default: ast.expr | None, close: int, *, has_star: bool = False) -> tree.Param:
        tokens = self.tokens
        at = tokens.at_begin[self.places.start(node)]
        name = tree.Name(tokens.begin[at], tokens.end[at], 0, tokens.word(at))
        annotation = None
        end = name.end
        if node.annotation is not None:
            annotation = self.annotation(end, node.annotation)
            end = annotation.end
        value = self.optional(default)
        end = value.end if value is not None else end
        begin = tokens.begin[at - 1] if has_star else name.start
        following = self.places.behind(end)
        end = tokens.begin[following + 1] if tokens.chars[following] == "," else tokens.begin[following]
        return tree.Param(begin, end, name, annotation, value)

    def annotation(self, at: int, node: ast.expr) -> tree.Annotation:
        """What stands behind a colon or an arrow."""
        if isinstance(node, ast.Starred):
            raise CannotConvert("a starred annotation")
        made = self.expression(node)
        return tree.Annotation(at, made.end, made)


_MAKERS: dict[type[ast.AST], Callable[[Expressions, Any], tree.Expression]] = {
    ast.Name: Expressions._name,
    ast.Constant: Expressions._constant,
    ast.JoinedStr: Expressions._string,
    ast.Attribute: Expressions._attribute,
    ast.Call: Expressions._call,
    ast.Subscript: Expressions._subscript,
    ast.Tuple: Expressions._tuple,
    ast.List: Expressions._list,
    ast.Set: Expressions._set,
    ast.Dict: Expressions._dict,
    ast.GeneratorExp: Expressions._generator,
    ast.ListComp: Expressions._list_comprehension,
    ast.SetComp: Expressions._set_comprehension,
    ast.DictComp: Expressions._dict_comprehension,
    ast.UnaryOp: Expressions._unary,
    ast.BinOp: Expressions._binary,
    ast.BoolOp: Expressions._boolean,
    ast.Compare: Expressions._comparison,
    ast.IfExp: Expressions._conditional,
    ast.Lambda: Expressions._lambda,
    ast.Await: Expressions._await,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._yield_from,
    ast.NamedExpr: Expressions._walrus,
}
