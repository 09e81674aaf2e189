"""Misspellings of torch's parameter names in fragments."""

import re
from itertools import pairwise

from optimlint.knowledge.parameter_names import SPELT

SWITCH = "requires_grad"
"""The attribute of a parameter that switches its gradient."""
_MOST_EDITS = 2
_WORD = re.compile(r"[A-Za-z]+")


def corrected(fragment: str) -> str | None:
    """The corrected fragment (`bais`, `LayerNorm.wieght`, `LayerNrom`); None if it is not certainly misspelled.

    Only a swap of neighbouring letters, a doubled letter, or a missing inner letter counts as a misspelling; anything
    else may be a name.
    """
    for match in _WORD.finditer(fragment):
        for word in SPELT:
            if _is_slip(match[0], word):
                return f"{fragment[: match.start()]}{word}{fragment[match.end() :]}"
    return None


def _is_slip(text: str, word: str) -> bool:
    if text in word:
        return False
    exchanged = (f"{word[:at]}{b}{a}{word[at + 2 :]}" for at, (a, b) in enumerate(pairwise(word)) if a != b)
    doubled = (f"{word[: at + 1]}{letter}{word[at + 1 :]}" for at, letter in enumerate(word) if at)
    shortened = (f"{word[:at]}{word[at + 1 :]}" for at in range(1, len(word) - 1) if len(word) > 4)
    return text in (*exchanged, *doubled, *shortened)


def is_switch_mistyped(attribute: str) -> bool:
    """Whether an attribute is a misspelling of `requires_grad`: one or two edits away."""
    return attribute != SWITCH and abs(len(attribute) - len(SWITCH)) <= _MOST_EDITS and _edits(attribute) <= _MOST_EDITS


def _edits(text: str) -> int:
    """The edit distance from `requires_grad`, with swaps of neighbours as one edit."""
    before: list[int] = []
    last = list(range(len(SWITCH) + 1))
    for row, letter in enumerate(text, 1):
        current = [row]
        for column, wanted in enumerate(SWITCH, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == SWITCH[column - 2] and text[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, last = last, current
    return last[-1]
