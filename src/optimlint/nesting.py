"""Detect nesting that overflows the stack of a recursive parser or takes it too long. Works on tokens, before any
parser runs.

LibCST's parser recurses on its thread's stack. On a 1 MB stack, the thread default of some systems, it crashes the
process at about 170 nested brackets or 40 nested blocks; on 8 MB at eight times as many. It takes quadratic time for
chains and exponential time for nested patterns.
"""

import re
from dataclasses import dataclass, field

from optimlint.text import Lines, Unparseable

DEEPEST_BRACKETS = 100
"""The deepest nesting of brackets that is parsed."""

DEEPEST_BLOCKS = 32
"""The deepest nesting of blocks that is parsed; Python itself accepts 99."""

_DEEPEST = 140
_BRACKETS_IN_A_BLOCK = 4
"""A block uses as much stack as four brackets. `_DEEPEST` limits the sum of both."""

LONGEST_CHAIN = 200
"""The longest chain of operators, attributes, calls or `elif`s that is parsed: each link nests."""

MOST_STRINGS = 400
"""The most adjacent string literals that are parsed: implicit concatenation nests, too."""

MOST_LINKS = 2 * LONGEST_CHAIN
"""The most chain links in an expression, including those in the brackets around it."""

DEEPEST_PATTERN = 12
"""The deepest nesting of brackets in a `case`, with braces counted twice: LibCST's time doubles with each bracket and
triples with each brace."""


def unsafe_nesting(text: str) -> Unparseable | None:
    """Where and how `text` nests too deeply to be parsed; None if it is safe. Linear time."""
    scan = _Scan(text)
    place = 0
    while place < len(text):
        for match in _TOKEN.finditer(text, place):
            excess = scan.read(match)
            if excess:
                where = Lines(text).range(match.start(match.lastgroup or 0), match.start(match.lastgroup or 0))
                return Unparseable(where, f"not parsed: {excess}")
            if scan.is_in_literal:
                break
        else:
            return None
        place = match.end()
        while scan.is_in_literal:
            place = scan.read_literal(place)
    return None


def exhausts_python(text: str) -> bool:
    """Whether even Python's own parser might overflow a small stack. It limits brackets and blocks itself, but not
    prefix operators. Usually decided by counting words, without reading tokens."""
    return any(text.count(word) > most for word, most in _PREFIXES) and unsafe_nesting(text) is not None


_PREFIXES = (
    *((word, 1000) for word in ("lambda", "not", "else", "await", "**")),
    *((sign, 3000) for sign in ("-", "+", "~")),
)
"""The prefix operators and words on which Python's parser recurses, and how many are safe on a stack of half a
megabyte."""

_LINE_END = r"(?:\r\n?|\n)"
_IN_SINGLE = r"[^'\\\r\n]*+(?:\\(?:\r\n|.)[^'\\\r\n]*+)*+"
_IN_DOUBLE = _IN_SINGLE.replace("'", '"')
_IN_TRIPLE_SINGLE = r"[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+"
_IN_TRIPLE_DOUBLE = _IN_TRIPLE_SINGLE.replace("'", '"')

_TOKEN = re.compile(
    rf"""(?:[ \t\f]++|\\{_LINE_END}|\#[^\r\n]*+|\.\.\.
    |(?:0[xX][0-9a-fA-F_]*+|0[bB][01_]*+|0[oO][0-7_]*+
       |(?:[0-9][0-9_]*+\.?(?:[0-9][0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][-+]?[0-9][0-9_]*+)?[jJ]?)
    |(?!(?:or|and|if|not|lambda|in|is|await|for)\b|[rRbBuUfFtT]{{1,2}}['"])[^\W\d]\w*+
    |=(?!=)|[^\w\s'"()\[\]{{}},;:.\-+*/%@&|^<>~=]|[^\S\r\n]|(?![^\W\d])\w)*+
    (?:(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<comma>,)|(?P<colon>:=?)|(?P<semicolon>;)
    |(?P<line>{_LINE_END}(?:[ \t\f]*+(?:\#[^\r\n]*+)?{_LINE_END})*+(?P<indent>[ \t\f]*+)(?:\\{_LINE_END}[ \t\f]*+)*+
       (?P<first>(?:elif|else|except|finally)\b|case\b(?=[ \t]*[^\s=.,:;)\]}}+/%@&|^<>!]))?)
    |(?P<link>(?:or|and|if|not|lambda|in|is|await|for)\b|\.|[-+*/%@&|^<>~]=?|==)
    |(?P<string>[rRbBuU]{{0,2}}(?:'''{_IN_TRIPLE_SINGLE}(?:''')?|\"""{_IN_TRIPLE_DOUBLE}(?:\""")?
       |'{_IN_SINGLE}'?|"{_IN_DOUBLE}"?))
    |(?P<formatted>(?:[fFtT][rR]?|[rR][fFtT])(?P<quote>'''|\"""|'|"))
    |(?P<end>\Z))""",
    re.DOTALL | re.VERBOSE,
)
"""Anything that does not nest, followed by a token that may. Matches are consecutive. An unterminated string extends to
the end of its line or of the text."""

_IN_LITERAL = r"[^'\\{}\r\n]++|\\N\{[\w \-]*\}|\\(?:\r\n|[^{}])|\\(?=[{}])|\{\{|\}\}"
_IN_LONG_LITERAL = rf"{_IN_LITERAL}|[\r\n]++|'(?!'')"
_LITERAL = {
    quote: re.compile(rf"(?:{body.replace(chr(39), quote[0])})*+", re.DOTALL)
    for quote, body in {"'": _IN_LITERAL, '"': _IN_LITERAL, "'''": _IN_LONG_LITERAL, '"""': _IN_LONG_LITERAL}.items()
}
"""The literal text of an f-string up to a field or its end, by quotes."""

_SPECIFICATION = re.compile(r"[^{}'\"\r\n]*+")


@dataclass(frozen=True, slots=True)
class _Literal:
    """The literal text of an f-string, or of a format specification: its quotes, and how many brackets are open around
    it."""

    quote: str
    level: int
    is_specification: bool


@dataclass(slots=True)
class _Scan:
    """The scanner state: what is open at an offset.

    Per open bracket, and for the enclosing statement: `links` counts the chain links of the current element (a chain
    ends at a comma and at the end of a statement), `lambdas` and `targets` count open lambda parameters and
    comprehension targets, in which a comma ends no chain, and `strings` counts adjacent string literals.
    """

    text: str
    links: list[int] = field(default_factory=lambda: [0])
    lambdas: list[int] = field(default_factory=lambda: [0])
    targets: list[int] = field(default_factory=lambda: [0])
    strings: list[int] = field(default_factory=lambda: [0])
    total: int = 0
    blocks: list[int] = field(default_factory=lambda: [0])
    branches: list[int] = field(default_factory=lambda: [0])
    pattern: int | None = None
    """The nesting depth of a `case` pattern; None outside of one."""
    literals: list[_Literal] = field(default_factory=list)
    is_in_literal: bool = False

    def read(self, match: re.Match[str]) -> str | None:
        """Process one token. Returns what nests too deeply, if anything does."""
        kind = match.lastgroup
        if kind in {"string", "formatted"}:
            return self._string(match["quote"])
        if kind != "line" and not (kind == "open" and self._is_in_text()):
            self.strings[-1] = 0
        match kind:
            case "link":
                return self._link(match["link"])
            case "open":
                return self._open(match["open"])
            case "close":
                self._close(match["close"])
            case "comma":
                self._end_element()
            case "colon":
                self._colon(match["colon"])
            case "line" | "semicolon" if len(self.links) == 1:
                return self._statement(match)
        return None

    def read_literal(self, place: int) -> int:
        """Skip a piece of an f-string's literal text from `place`; returns the offset after it."""
        literal = self.literals[-1]
        pattern = _SPECIFICATION if literal.is_specification else _LITERAL[literal.quote]
        found = pattern.match(self.text, place)
        place = found.end() if found else place
        following = self.text[place : place + 1]
        if following == "{":
            self.is_in_literal = False
            return place  # The bracket is read like any other.
        if following == "}":
            if literal.is_specification:
                self.literals.pop()
                self._pop()
            return place + 1
        if literal.is_specification and following in ("'", '"') and not self.text.startswith(literal.quote, place):
            return place + 1
        self._leave_string()
        return place + len(literal.quote) if self.text.startswith(literal.quote, place) else place

    def _string(self, formatted: str | None) -> str | None:
        """Process a string, or the start of an f-string with these quotes."""
        if formatted is not None:
            self.literals.append(_Literal(formatted, len(self.links), False))
            self.is_in_literal = True
        self.strings[-1] += 1
        return f"more than {MOST_STRINGS} strings stand side by side" if self.strings[-1] > MOST_STRINGS else None

    def _is_in_text(self) -> bool:
        """Whether we are in the literal text of an f-string rather than in the code of a field."""
        return bool(self.literals) and len(self.links) <= self.literals[-1].level

    def _leave_string(self) -> None:
        """End the innermost f-string and everything that is open in it."""
        while self.literals and self.literals[-1].is_specification:
            self.literals.pop()
        level = self.literals.pop().level
        while len(self.links) > level:
            self._pop()
        self.is_in_literal = False

    def _link(self, link: str) -> str | None:
        if link == "lambda":
            self.lambdas[-1] += 1
        elif link == "for" and len(self.links) > 1:
            self.targets[-1] += 1
        elif link == "in" and self.targets[-1]:
            self.targets[-1] -= 1
        elif link == "if" and len(self.links) == 1:
            self.pattern = None  # The guard follows.
        self.links[-1] += 1
        self.total += 1
        if self.links[-1] > LONGEST_CHAIN or self.total > MOST_LINKS:
            return f"an expression has more than {LONGEST_CHAIN} links"
        return None

    def _open(self, bracket: str) -> str | None:
        # The fields of an f-string do not chain; other brackets are links of the chain before them.
        excess = None if self._is_in_text() else self._link(bracket)
        self.links.append(0)
        self.lambdas.append(0)
        self.targets.append(0)
        self.strings.append(0)
        if len(self.links) > DEEPEST_BRACKETS:
            return f"brackets nest more than {DEEPEST_BRACKETS} deep"
        if len(self.links) + _BRACKETS_IN_A_BLOCK * len(self.blocks) > _DEEPEST:
            return "brackets in blocks nest too deeply"
        if self.pattern is not None:
            self.pattern += 2 if bracket == "{" else 1
            if self.pattern > DEEPEST_PATTERN:
                return f"the brackets of a pattern nest more than {DEEPEST_PATTERN} deep"
        return excess

    def _close(self, bracket: str) -> None:
        if self.pattern is not None:
            self.pattern = max(self.pattern - (2 if bracket == "}" else 1), 0)
        if len(self.links) > 1:
            self._pop()
        # The end of a field: the f-string continues.
        self.is_in_literal = self._is_in_text()

    def _pop(self) -> None:
        self.total -= self.links.pop()
        self.lambdas.pop()
        self.targets.pop()
        self.strings.pop()

    def _end_element(self) -> None:
        if not self.lambdas[-1] and not self.targets[-1]:
            self.total -= self.links[-1]
            self.links[-1] = 0

    def _colon(self, colon: str) -> None:
        if self.lambdas[-1]:
            self.lambdas[-1] -= colon == ":"
        elif len(self.links) == 1:
            self.pattern = None
        elif self.literals and len(self.links) == self.literals[-1].level + 1:
            self.literals.append(_Literal(self.literals[-1].quote, len(self.links), True))
            self.is_in_literal = True

    def _statement(self, match: re.Match[str]) -> str | None:
        """End the current statement outside of brackets and start the next."""
        self.total -= self.links[0]
        self.links[0] = self.lambdas[0] = self.strings[0] = 0
        self.pattern = None
        if match.lastgroup == "semicolon":
            return None
        self._indent(match["indent"])
        if len(self.blocks) > DEEPEST_BLOCKS:
            return f"blocks nest more than {DEEPEST_BLOCKS} deep"
        match match["first"]:
            case "case":
                self.pattern = 0
            case "elif":
                self.branches[-1] += 1
            case None:
                self.branches[-1] = 0
        return f"an `if` has more than {LONGEST_CHAIN} branches" if self.branches[-1] > LONGEST_CHAIN else None

    def _indent(self, indent: str) -> None:
        width = len(indent.rpartition("\f")[2].expandtabs(8))
        while self.blocks[-1] > width:
            self.blocks.pop()
            self.branches.pop()
        if self.blocks[-1] < width:
            self.blocks.append(width)
            self.branches.append(0)
