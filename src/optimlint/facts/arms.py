"""Reach of a place in the code: the combinations of branch arms that lead to it.

A reach is a disjunction of ways, and a way is a set of arms that must all be taken. Two places are exclusive if every
way of one contradicts every way of the other: no run reaches both. If there are too many ways, only the arms that all
of them share are kept. That is less precise but never wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

_MOST_WAYS = 16
_MOST_ARMS = 64
_REMEMBERED = 2048
"""How many results are cached. The same arms are combined again in the second pass over a loop, and over the source."""


class Arm(NamedTuple):
    """One outcome of a branch condition. `site` is the value that is tested; `answer` is the literal that it is
    compared with, "" for a plain truth test. A site equals at most one literal in a run, so two different answers
    exclude each other."""

    site: str
    answer: str = ""
    is_taken: bool = True


_Way = frozenset[Arm]
_ALL_WAYS: tuple[_Way, ...] = (frozenset(),)
_FALSE = frozenset(("None", "False", "0", "''"))
"""Literals that are false in a truth test."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The ways that lead to a place; empty if the place is never reached. `is_exact` is False if the ways allow more
    runs than really reach the place."""

    ways: tuple[_Way, ...] = _ALL_WAYS
    is_exact: bool = True

    def both(self, other: "Reach") -> "Reach":
        """The conjunction of two reaches."""
        if not _says_something(self) or not _says_something(other):
            said = other if not _says_something(self) else self
            return said if self.is_exact and other.is_exact else Reach(said.ways, is_exact=False)
        return _both(self, other)

    def either(self, other: "Reach") -> "Reach":
        """The disjunction of two reaches."""
        return _reach((*self.ways, *other.ways), is_exact=self.is_exact and other.is_exact)

    def negated(self) -> "Reach":
        """The negation of this reach; anything if this one is not exact."""
        return _negated(self) if self.is_exact else Reach(is_exact=False)

    def excludes(self, other: "Reach") -> bool:
        """Whether no run reaches both."""
        return all(_contradict(one, another) for one in self.ways for another in other.ways)

    def implies(self, other: "Reach") -> bool:
        """Whether every run that has this reach surely has the other one, too."""
        return other.is_exact and other.negated().is_exact and other.negated().excludes(self)


EVERYWHERE = Reach()
NOWHERE = Reach(())


def arm(site: str, answer: str = "") -> Reach:
    """The reach of code that runs if a branch condition has this outcome."""
    return Reach((frozenset((Arm(site, answer),)),))


@lru_cache(_REMEMBERED)
def _both(first: Reach, second: Reach) -> Reach:
    pairs = ((one, another) for one in first.ways for another in second.ways)
    ways = (one | another for one, another in pairs if not _contradict(one, another))
    return _reach(ways, is_exact=first.is_exact and second.is_exact)


@lru_cache(_REMEMBERED)
def _negated(reach: Reach) -> Reach:
    found = EVERYWHERE
    for way in reach.ways:
        # Sorted, so that the result does not depend on the order of hashes.
        turned = (frozenset((Arm(arm.site, arm.answer, not arm.is_taken),)) for arm in sorted(way))
        found = found.both(_reach(turned, is_exact=True))
    return found


def _says_something(reach: Reach) -> bool:
    return reach.ways != _ALL_WAYS


def _contradict(one: _Way, other: _Way) -> bool:
    """Whether two ways need different outcomes of one condition."""
    for arm in one:
        site = arm.site
        for another in other:
            if another.site == site and _exclude(arm, another):
                return True
    return False


def _exclude(one: Arm, other: Arm) -> bool:
    if one.answer == other.answer:
        return one.is_taken != other.is_taken
    if one.answer and other.answer:
        return one.is_taken and other.is_taken
    plain, literal = (other, one) if one.answer else (one, other)
    return literal.is_taken and plain.is_taken == (literal.answer in _FALSE)


def _reach(ways: Iterable[_Way], *, is_exact: bool) -> Reach:
    """The reach with these ways, simplified: no duplicates, no way that another one includes, no condition whose
    outcome makes no difference."""
    found = list(dict.fromkeys(ways))[: _MOST_WAYS * _MOST_WAYS]
    while (merged := _merged(found)) is not None:
        found = merged
    kept = [way for way in found if not any(map(way.__gt__, found))]
    if len(kept) > _MOST_WAYS or any(len(way) > _MOST_ARMS for way in kept):
        common = frozenset.intersection(*kept)
        return Reach((common if len(common) <= _MOST_ARMS else frozenset(),), is_exact=False)
    return Reach(tuple(kept), is_exact)


def _merged(ways: list[_Way]) -> list[_Way] | None:
    """The ways with two of them merged that differ only in the outcome of one condition; None if there are no such
    two."""
    for one, other in combinations(ways[: _MOST_WAYS * 2], 2):
        if len(one) == len(other) and len(one ^ other) == 2:
            first, second = one ^ other
            if (first.site, first.answer) == (second.site, second.answer):
                rest = [way for way in ways if way not in (one, other)]
                return list(dict.fromkeys((*rest, one & other)))
    return None
