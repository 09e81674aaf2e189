"""Name-based analysis of which functions create, return or take a source's models, before anything is parsed. In doubt
a function counts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_NEVER_NAMED = re.compile(r"__\w+__$|forward$")
"""Methods that callers never call by name."""
_MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """A function, under the name that callers use (the class name for `__init__`). `takes` says whether it has
    parameters."""

    name: str
    text: str
    takes: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """Names of a source's model classes, of functions that may return a model, and of functions that may be passed a
    model whose parameters they take."""

    classes: frozenset[str] = frozenset()
    makers: frozenset[str] = frozenset()
    takers: frozenset[str] = frozenset()

    def are_in(self, text: str) -> bool:
        """Whether a function with this text creates a model or passes one on."""
        return self.are_among(frozenset(_WORD.findall(text)), text)

    def are_among(self, words: frozenset[str], text: str) -> bool:
        """Like `are_in`, for a text whose set of words is known."""
        if words & self.classes or ("cls" in words and "cls(" in text):
            return True
        return _calls(text, words & self.makers, "") or _calls(text, words & self.takers, r"\s*[^\s)]")


def _calls(text: str, names: Iterable[str], arguments: str) -> bool:
    named = "|".join(sorted(names))
    return bool(named) and re.search(rf"(?<!def )\b(?:{named})\s*\({arguments}", text) is not None


def ways_of(units: Iterable[Unit], classes: frozenset[str]) -> Ways:
    """The ways of a source with these functions and model classes, computed as a bounded fixpoint."""
    named = [(unit, frozenset(_WORD.findall(unit.text))) for unit in units if not _NEVER_NAMED.match(unit.name)]
    ways = Ways(classes, takers=frozenset(one.name for one, _ in named if one.takes and "parameters(" in one.text))
    for _ in range(_MOST_ROUNDS):
        found = [unit for unit, words in named if ways.are_among(words, unit.text)]
        makers = ways.makers.union(unit.name for unit in found if "return" in unit.text)
        takers = ways.takers.union(unit.name for unit in found if unit.takes)
        before, ways = ways, Ways(classes, makers, takers)
        if ways == before:
            break
    return ways
