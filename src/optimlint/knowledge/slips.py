"""Fragments of parameter names that are one slip of the hand away from what torch calls its parameters."""

import re
from itertools import pairwise

from optimlint.knowledge.parameter_names import SPELT

_WORD = re.compile(r"[A-Za-z]+")


def corrected(fragment: str) -> str | None:
    """The fragment without its slip (`bais`, `LayerNorm.wieght`, `LayerNrom`), None where it has none that is sure.

    Two neighbours exchanged, a letter doubled, or a letter inside left out are slips; anything else may be a name."""
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
