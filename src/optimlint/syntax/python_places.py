"""Where the nodes of Python's own trees stand in a text, their parentheses and commas included."""

import ast
from collections.abc import Sequence

from optimlint.syntax import tree
from optimlint.syntax.tokens import Tokens

Placed = ast.stmt | ast.expr | ast.arg | ast.keyword | ast.alias | ast.excepthandler
"""What Python's tree tells the place of."""


class Places:
    """Some lines of a text, and the tokens in them."""

    def __init__(self, text: str, starts: Sequence[int], tokens: Tokens) -> None:
        self.text = text
        self.tokens = tokens
        self._starts = starts
        """The offsets at which the lines begin."""
        self._is_ascii = text.isascii()

    def offset(self, line: int, column: int) -> int:
        """The offset of a place that Python tells by its line and by the bytes before it there."""
        start = self._starts[line - 1]
        if self._is_ascii or column == 0:
            return start + column
        # A character has at least one byte, so that so many characters are surely enough.
        before = self.text[start : start + column]
        if before.isascii():
            return start + column
        return start + len(before.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "surrogatepass"))

    def start(self, node: Placed) -> int:
        """Where a node begins, without its parentheses."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: Placed) -> int:
        """Where a node ends, without its parentheses."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def around(self, first: int, last: int) -> tuple[int, int, int]:
        """Where what has these tokens stands with its parentheses, and how many these are."""
        tokens = self.tokens
        chars, count = tokens.chars, 0
        while chars[first - 1] == "(" and chars[last + 1] == ")":
            if tokens.partner[first - 1] != last + 1 or not tokens.is_grouping(first - 1):
                break
            first, last, count = first - 1, last + 1, count + 1
        return tokens.begin[first], tokens.end[last], count

    def span(self, node: ast.expr) -> tuple[int, int, int]:
        """Where a node stands with its parentheses, and how many these are."""
        tokens = self.tokens
        return self.around(tokens.at_begin[self.start(node)], tokens.at_end[self.end(node)])

    def behind(self, offset: int) -> int:
        """The index of the token behind the one that ends at an offset."""
        return self.tokens.at_end[offset] + 1

    def past_comma(self, offset: int, *, is_last: bool = False) -> int:
        """Where an element that ends at an offset ends with its comma, and with the white space behind that."""
        tokens = self.tokens
        comma = self.behind(offset)
        if tokens.chars[comma] != ",":
            return offset
        return tokens.end[comma] if is_last else tokens.begin[comma + 1]

    def dotted(self, name: str, index: int) -> tree.Name | tree.Attribute:
        """A dotted name that begins with a token."""
        tokens = self.tokens
        made: tree.Name | tree.Attribute = tree.Name(tokens.begin[index], tokens.end[index], 0, tokens.word(index))
        for _ in range(name.count(".")):
            index += 2
            part = tree.Name(tokens.begin[index], tokens.end[index], 0, tokens.word(index))
            made = tree.Attribute(made.start, part.end, 0, made, part)
        return made

    def has_own_parentheses(self, node: ast.expr) -> bool:
        """Whether the span of a tuple begins and ends with its own parentheses."""
        tokens = self.tokens
        first = tokens.at_begin[self.start(node)]
        return tokens.chars[first] == "(" and tokens.partner[first] == tokens.at_end[self.end(node)]

    def written(self, name: str, node: ast.expr) -> str:
        """A name as the source writes it: Python's tree tells it in one form only."""
        return name if name.isascii() else self.text[self.start(node) : self.end(node)]

    def past(self, end: int, close: int) -> int:
        """Where an element ends with its comma; white space behind the last one belongs to the bracket."""
        return self.past_comma(end, is_last=self.behind(end) + 1 == close)
