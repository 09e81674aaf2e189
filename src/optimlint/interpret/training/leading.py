"""Find the functions that are worth reading: those that do something, above all in training, and those that lead to one
that does."""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping

_DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
ACTS = re.compile(r"\bbackward\(|\.step\(|zero_grad|\.eval\(|\.train\(|clip_grad|unscale_|\.grad\b")
"""Code that does something in training."""
_LEADS = re.compile(r"(?:train|fit)\w*\(")
"""Calls of functions whose names suggest training. They may be in other files."""
_MOST_PIECES = 4_000
_WORD = re.compile(r"\w+")


def mentions_of_functions(text: str) -> dict[str, list[int]]:
    """The offsets at which a text mentions the functions that it defines, by name."""
    found: dict[str, list[int]] = {name: [] for name in _DEFINITION.findall(text)}
    for word in _WORD.finditer(text):
        if (offsets := found.get(word[0])) is not None:
            offsets.append(word.start())
    return found


def acts_in_training(text: str, start: int, end: int) -> bool:
    """Whether code between two offsets performs a training operation, or calls a function named like a trainer."""
    return ACTS.search(text, start, end) is not None or _LEADS.search(text, start, end) is not None


def leading_functions(
    text: str, mentions: Mapping[str, list[int]], does: Callable[[str, int, int], bool] = acts_in_training
) -> frozenset[int]:
    """The functions whose code `does` something, by default in training, and those that mention one, directly or
    indirectly, by the offset of their name. Code after a nested function is attributed to the nested function, but the
    outer one counts as well because it mentions it."""
    definitions = list(_DEFINITION.finditer(text))[:_MOST_PIECES]
    starts = [one.start() for one in definitions]
    found: dict[int, None] = {}
    for number, definition in enumerate(definitions):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        if does(text, definition.end(), end):
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
