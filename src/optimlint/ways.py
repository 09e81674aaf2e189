"""By which functions models come and go: what makes a model of the source, what is given one, and who calls these. By
words, before anything is parsed; when in doubt a function is one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_NEVER_NAMED = re.compile(r"__\w+__$|forward$")
"""Methods that no caller calls by name."""
_MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """A function by the name that callers write, which is its class's for `__init__`; `takes` says whether they give
    it anything."""

    name: str
    text: str
    takes: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """The names of a source's models, of functions that may return one, and of functions that are given what they take
    parameters of."""

    classes: frozenset[str] = frozenset()
    makers: frozenset[str] = frozenset()
    takers: frozenset[str] = frozenset()

    def are_in(self, text: str) -> bool:
        """Whether a function with that text makes a model, or hands one on."""
        return self.are_among(frozenset(_WORD.findall(text)), text)

    def are_among(self, words: frozenset[str], text: str) -> bool:
        """The same of a text whose words are known."""
        if words & self.classes or ("cls" in words and "cls(" in text):
            return True
        return _calls(text, words & self.makers, "") or _calls(text, words & self.takers, r"\s*[^\s)]")


def _calls(text: str, names: Iterable[str], arguments: str) -> bool:
    named = "|".join(sorted(names))
    return bool(named) and re.search(rf"(?<!def )\b(?:{named})\s*\({arguments}", text) is not None


def ways_of(units: Iterable[Unit], classes: frozenset[str]) -> Ways:
    """The ways of models through the functions of a source, whose models are `classes`."""
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
