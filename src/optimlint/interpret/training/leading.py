"""Find the functions that are worth reading for training: those that do something in it, and those that lead to one
that does."""

import re
from bisect import bisect_right
from collections.abc import Mapping

_DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
ACTS = re.compile(r"\bbackward\(|\.step\(|zero_grad|\.eval\(|\.train\(|clip_grad|unscale_|\.grad\b")
"""Code that does something in training."""
_LEADS = re.compile(r"(?:train|fit)\w*\(")
"""Calls of functions whose names suggest training. They may be in other files."""
_MOST_PIECES = 4_000


def leading_functions(text: str, mentions: Mapping[str, list[int]]) -> frozenset[int]:
    """The functions that do something in training, and those that mention one, directly or indirectly, by the offset of
    their name. Code after a nested function is attributed to the nested function, but the outer one counts as well
    because it mentions it."""
    definitions = list(_DEFINITION.finditer(text))[:_MOST_PIECES]
    starts = [one.start() for one in definitions]
    found: dict[int, None] = {}
    for number, definition in enumerate(definitions):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        if ACTS.search(text, definition.end(), end) or _LEADS.search(text, definition.end(), end):
            found[number] = None
    pending, seen = list(found), set[str]()
    while pending:
        name = definitions[pending.pop()][1]
        if name in seen:
            continue
        seen.add(name)
        for offset in mentions.get(name, ()):
            number = bisect_right(starts, offset) - 1
            if number >= 0 and number not in found:
                found[number] = None
                pending.append(number)
    return frozenset(definitions[number].start(1) for number in found)
