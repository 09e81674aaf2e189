"""The tokens between the nodes of Python's own trees, which tell where expressions stand but nothing of parentheses,
commas and comments."""

import keyword
import re
from collections.abc import Iterable

LINE_END = re.compile(r"\r\n?|\n")
_LINE_END = r"(?:\r\n?|\n)"
_IN_SINGLE = r"[^'\\\r\n]*+(?:\\(?:\r\n|.)[^'\\\r\n]*+)*+"
_IN_DOUBLE = _IN_SINGLE.replace("'", '"')
_IN_TRIPLE_SINGLE = r"[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+"
_IN_TRIPLE_DOUBLE = _IN_TRIPLE_SINGLE.replace("'", '"')
STRING = (
    rf"""[rRbBuUfF]{{0,2}}(?:'''{_IN_TRIPLE_SINGLE}'''|\"""{_IN_TRIPLE_DOUBLE}\"""|'{_IN_SINGLE}'|"{_IN_DOUBLE}")"""
)
"""A string of any kind; one with fields as long as these hold no quotes of its own."""

_TOKEN = re.compile(
    rf"""(?:[ \t\f]|\\{_LINE_END})*+
    (?:((?:{STRING}|[^\W\d]\w*+
       |0[xX][0-9a-fA-F_]*+|0[bB][01_]*+|0[oO][0-7_]*+
       |(?:[0-9][0-9_]*+\.?(?:[0-9][0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][-+]?[0-9][0-9_]*+)?[jJ]?
       |\.\.\.|\*\*=?|//=?|>>=?|<<=?|->|:=|[-+*/%@&|^=<>!]=|[^\s()\[\]{{}}\#]))
    |([(\[{{])|([)\]}}])|({_LINE_END})|(\#[^\r\n]*+))""",
    re.DOTALL | re.VERBOSE,
)
_PLAIN, _OPEN, _CLOSE, _END_OF_LINE, _COMMENT = 1, 2, 3, 4, 5

_BEFORE_OPERAND = frozenset(keyword.kwlist) - {"True", "False", "None"}
"""Words behind which a parenthesis is no call."""


class CannotConvert(Exception):
    """A source of which Python's own tree does not tell enough; LibCST is asked instead."""


class Tokens:
    """The tokens of some pieces of a text, one after the other, and its comments. The end of a logical line is a token
    too, and one stands before the first and behind the last, so that each has neighbours."""

    __slots__ = ("at_begin", "at_end", "begin", "chars", "comments", "end", "partner", "text")

    def __init__(self, text: str, pieces: Iterable[tuple[int, int]]) -> None:
        self.text = text
        self.begin: list[int] = []
        self.end: list[int] = []
        self.chars: list[str] = []
        """The first character of each."""
        self.partner: dict[int, int] = {}
        """The closing bracket of each opening one."""
        self.comments: list[tuple[int, int]] = []
        self._add(-1, -1, "\n")
        for start, end in pieces:
            self._read(start, end)
        self._add(len(text) + 1, len(text) + 1, "\n")
        self.at_begin = dict(zip(self.begin, range(len(self.begin)), strict=True))
        self.at_end = dict(zip(self.end, range(len(self.end)), strict=True))

    def _add(self, begin: int, end: int, char: str) -> None:
        self.begin.append(begin)
        self.end.append(end)
        self.chars.append(char)

    def _read(self, start: int, stop: int) -> None:
        text, begin, end, chars = self.text, self.begin, self.end, self.chars
        is_open: list[int] = []
        for match in _TOKEN.finditer(text, start, stop):
            kind = match.lastindex or 0
            at, behind = match.span(kind)
            if kind == _END_OF_LINE:
                if is_open or chars[-1] == "\n":
                    continue
                begin.append(at)
                end.append(behind)
                chars.append("\n")
                continue
            if kind == _COMMENT:
                self.comments.append((at, behind))
                continue
            if kind == _OPEN:
                is_open.append(len(begin))
            elif kind == _CLOSE:
                if not is_open:
                    raise CannotConvert("a bracket that closes nothing")
                self.partner[is_open.pop()] = len(begin)
            begin.append(at)
            end.append(behind)
            chars.append(text[at])

    def word(self, index: int) -> str:
        """What a token is written with."""
        return self.text[self.begin[index] : self.end[index]]

    def is_grouping(self, index: int) -> bool:
        """Whether a parenthesis only groups, and neither calls nor belongs to a definition."""
        before = self.chars[index - 1]
        if before in ")]}\"'":
            return False
        return not (before.isalnum() or before == "_") or self.word(index - 1) in _BEFORE_OPERAND
