"""Fingerprints: identifiers of findings that survive edits, for baselines and code review platforms.

A fingerprint is a hash of the rule's name, the file's path, the names of the enclosing classes and functions, the code
of the finding's lines, and its index among findings that are equal in all of this. It contains no line or cell numbers,
so it stays the same when code is added above, moved within its scope, or reformatted. The scheme is a compatibility
promise: change `VERSION` when you change what is hashed.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from optimlint.diagnostic import Diagnostic, Range
from optimlint.text import split_lines

VERSION = "v1"
"""The prefix of every fingerprint of this scheme."""


def fingerprints(
    diagnostics: Sequence[Diagnostic],
    source: str | Mapping[int, str],
    path: str,
    *,
    beside: Sequence[Diagnostic] = (),
) -> list[str]:
    """The fingerprints of the diagnostics of one file, in the same order.

    `source` is the text that their ranges refer to, or for a notebook the texts of its cells by number. `path` is
    hashed as it is: it should be relative to a folder that all runs share, with `/` as separator. `beside` are other
    findings of the file that count among equal ones, so that a finding keeps its fingerprint in a run that does not
    report the others.
    """
    by_cell: dict[int | None, str] = {None: source} if isinstance(source, str) else dict(source.items())
    texts: dict[int | None, _Text] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    every = [*diagnostics, *beside]
    found = [""] * len(every)
    for index in sorted(range(len(every)), key=lambda index: _order(every[index])):
        diagnostic, cell = every[index], every[index].cell
        if cell not in texts:
            texts[cell] = _read(by_cell.get(cell, ""))
        parts = (diagnostic.rule, path, texts[cell].scope(diagnostic.range), texts[cell].code(diagnostic.range))
        found[index] = _digest(*parts, str(seen[parts]))
        seen[parts] += 1
    return found[: len(diagnostics)]


def _order(diagnostic: Diagnostic) -> tuple[object, ...]:
    """The sort key that numbers equal findings: reading order."""
    return diagnostic.range.order, diagnostic.message


def _digest(*parts: str) -> str:
    data = b"\0".join(part.encode("utf-8", "surrogatepass") for part in parts)
    return f"{VERSION}:{hashlib.sha256(data).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class _Text:
    """The lines of a source, and for each line the dotted names of the enclosing classes and functions."""

    lines: tuple[str, ...]
    scopes: tuple[str, ...]

    def scope(self, place: Range) -> str:
        """The enclosing scope where a range begins."""
        index = place.start.line - 1
        return self.scopes[index] if 0 <= index < len(self.scopes) else ""

    def code(self, place: Range) -> str:
        """The lines of a range without what a formatter may change and without comments after code."""
        last = place.end.line - (place.end.column == 1 and place.end.line > place.start.line)
        text = "".join(self.lines[max(0, place.start.line - 1) : last])
        code = "".join(token.group() for token in _TOKEN.finditer(text) if not token.group().startswith("#"))
        return re.sub(r",(?=[)\]}])", "", "".join((code.strip() or text).split()))


_TOKEN = re.compile(
    r"""
    \"\"\"(?:[^\\]|\\.)*?\"\"\" | '''(?:[^\\]|\\.)*?'''
    | "(?:[^"\\\r\n]|\\(?:\r\n|.))*" | '(?:[^'\\\r\n]|\\(?:\r\n|.))*'
    | \#[^\r\n]*
    | \\(?:\r\n|\r|\n)
    | \r\n | .
    """,
    re.VERBOSE | re.DOTALL,
)
"""A string, a comment, an escaped line end, or another character. Python's own tokenizer stops at invalid code and
differs between versions."""

_DEFINITION = re.compile(r"(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_BLANKS = re.compile(r"[ \t\f]*")


def _read(text: str) -> _Text:
    lines = tuple(split_lines(text))
    starts = set(_statement_starts(text))
    scopes: list[str] = []
    around: list[tuple[int, str]] = []
    scope = ""
    for number, line in enumerate(lines, 1):
        code = line.lstrip(" \t\f")
        if number in starts and code.strip():
            indent = len(line[: len(line) - len(code)].expandtabs(8))
            outer = [one for one in around if one[0] < indent]
            scope = ".".join(name for _, name in outer)
            # A comment may be indented less than the code around it.
            around = around if code.startswith("#") else outer
            if (definition := _DEFINITION.match(code)) is not None:
                around.append((indent, definition[1]))
        scopes.append(scope)
    return _Text(lines, tuple(scopes))


def _statement_starts(text: str) -> Iterator[int]:
    """The line numbers at which a statement may start: not inside a string, brackets or a continued line."""
    line, depth = 1, 0
    yield line
    for token in _TOKEN.finditer(text):
        found = token.group()
        if found in {"\n", "\r", "\r\n"}:
            line += 1
            # A definition inside brackets means that one of them was never closed.
            if depth == 0 or _DEFINITION.match(text, _after_blanks(text, token.end())):
                depth = 0
                yield line
        elif found in {"(", "[", "{"}:
            depth += 1
        elif found in {")", "]", "}"}:
            depth = max(0, depth - 1)
        elif len(found) > 1:
            line += len(re.findall(r"\r\n|\r|\n", found))


def _after_blanks(text: str, offset: int) -> int:
    blanks = _BLANKS.match(text, offset)
    return blanks.end() if blanks else offset
