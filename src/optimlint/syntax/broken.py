"""What of a broken text can still be read: the code above the fault, whole statements only."""

import re
from collections.abc import Iterator

from optimlint.syntax.logical import statements
from optimlint.syntax.outline import Outline
from optimlint.syntax.parse import Parsed, parse
from optimlint.text import Lines, Unparseable
from optimlint.unread import stand_in

_MOST_TRIES = 6
"""How many places are tried; nearly always the first one does."""

_GOING_ON = frozenset({"elif", "else", "except", "finally"})
"""What begins a part of the statement above."""

_FIRST_CODE = re.compile(r"^[ \t\f]*[^\s#]", re.MULTILINE)


def readable_part(text: str, fault: Unparseable) -> str | None:
    """`text` with a stand-in for all that begins with the broken statement; None where no such text can be parsed."""
    for candidate in _candidates(text, fault):
        if not isinstance(parse(candidate), Unparseable):
            return candidate
    return None


def parse_above(text: str, fault: Unparseable) -> Parsed | Unparseable:
    """The tree of what can be read of `text`, or `fault` again where nothing can."""
    for candidate in _candidates(text, fault):
        parsed = parse(text, Outline(text, candidate))
        if isinstance(parsed, Parsed):
            return parsed
    return fault


def _candidates(text: str, fault: Unparseable) -> Iterator[str]:
    """The texts that may be parsed, the one with the most code first."""
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
