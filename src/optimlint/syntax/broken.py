"""Recover the readable part of a source with a syntax error: the whole statements above the error."""

import re
from collections.abc import Iterator

from optimlint.syntax.logical import statements
from optimlint.syntax.outline import Outline
from optimlint.syntax.parse import Parsed, parse
from optimlint.text import Lines, Unparseable
from optimlint.unread import stand_in

_MOST_TRIES = 6
"""How many cut positions are tried. The first one nearly always works."""

_GOING_ON = frozenset({"elif", "else", "except", "finally"})
"""Keywords that continue the previous statement."""

_FIRST_CODE = re.compile(r"^[ \t\f]*[^\s#]", re.MULTILINE)


def readable_part(text: str, fault: Unparseable) -> str | None:
    """`text` with everything from the broken statement on replaced by a stand-in; None if no such text parses."""
    for candidate in _candidates(text, fault):
        if not isinstance(parse(candidate), Unparseable):
            return candidate
    return None


def parse_above(text: str, fault: Unparseable) -> Parsed | Unparseable:
    """The syntax nodes of the readable part of `text`, or `fault` if there is none."""
    for candidate in _candidates(text, fault):
        parsed = parse(text, Outline(text, candidate))
        if isinstance(parsed, Parsed):
            return parsed
    return fault


def _candidates(text: str, fault: Unparseable) -> Iterator[str]:
    """Texts to try to parse, the one that keeps the most code first."""
    line = fault.range.start.line
    above = [one for one in statements(text) if one.line <= line]
    tried: set[int] = set()
    for statement in (one.whole or one for one in reversed(above)):
        if len(tried) == _MOST_TRIES:
            break
        if statement.begin not in tried and statement.word not in _GOING_ON:
            tried.add(statement.begin)
            yield text[: statement.begin] + stand_in(text[statement.begin :], statement.blocks)
    first = _FIRST_CODE.search(text)
    start = first.start() if first else 0
    if text[start:].strip() and Lines(text).position(start).line <= line:
        yield text[:start] + stand_in(text[start:])
