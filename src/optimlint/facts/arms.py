"""Which combinations of branch arms lead to a place in the code (its reach).

A reach is a disjunction of ways, and a way is a set of arms that must all be taken. Two places are exclusive if every
way of one contradicts every way of the other: no run reaches both. If there are too many ways, only their common arms
are kept. That is less precise but never wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

_MOST_WAYS = 16
_MOST_ARMS = 64
_REMEMBERED = 2048
"""How many answers are kept: the same arms meet again in the second round of a loop, and of the source."""


class Arm(NamedTuple):
    """One answer to what a branch asks. `site` is what is asked; `answer` the literal that it is compared with, "" for
    a plain test. A site is equal to one literal in a run, so that two answers exclude each other."""

    site: str
    answer: str = ""
    is_taken: bool = True


_Way = frozenset[Arm]
_ALL_WAYS: tuple[_Way, ...] = (frozenset(),)
_FALSE = frozenset(("None", "False", "0", "''"))
"""Literals that fail a plain test."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The ways that lead to a place; none where nothing does. `is_exact` is False where it says less than is known."""

    ways: tuple[_Way, ...] = _ALL_WAYS
    is_exact: bool = True

    def both(self, other: "Reach") -> "Reach":
        """What is reached where both are."""
        if not _says_something(self) or not _says_something(other):
            said = other if not _says_something(self) else self
            return said if self.is_exact and other.is_exact else Reach(said.ways, is_exact=False)
        return _both(self, other)

    def either(self, other: "Reach") -> "Reach":
        """What is reached where at least one is."""
        return _reach((*self.ways, *other.ways), is_exact=self.is_exact and other.is_exact)

    def negated(self) -> "Reach":
        """What is reached where this is not; anything, where this is not exact."""
        return _negated(self) if self.is_exact else Reach(is_exact=False)

    def excludes(self, other: "Reach") -> bool:
        """Whether no run reaches both."""
        return all(_contradict(one, another) for one in self.ways for another in other.ways)

    def implies(self, other: "Reach") -> bool:
        """Whether every run that reaches this surely reaches the other."""
        return other.is_exact and other.negated().is_exact and other.negated().excludes(self)


EVERYWHERE = Reach()
NOWHERE = Reach(())


def arm(site: str, answer: str = "") -> Reach:
    """What is reached where a branch is answered so."""
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
        # In an order of its own: which ways are told apart in the end must not hang on that of a hash.
        turned = (frozenset((Arm(arm.site, arm.answer, not arm.is_taken),)) for arm in sorted(way))
        found = found.both(_reach(turned, is_exact=True))
    return found


def _says_something(reach: Reach) -> bool:
    return reach.ways != _ALL_WAYS


def _contradict(one: _Way, other: _Way) -> bool:
    """Whether two ways answer one branch differently."""
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
    """The ways, each once, without those that others include and without tests whose answer makes no difference."""
    found = list(dict.fromkeys(ways))[: _MOST_WAYS * _MOST_WAYS]
    while (merged := _merged(found)) is not None:
        found = merged
    kept = [way for way in found if not any(map(way.__gt__, found))]
    if len(kept) > _MOST_WAYS or any(len(way) > _MOST_ARMS for way in kept):
        common = frozenset.intersection(*kept)
        return Reach((common if len(common) <= _MOST_ARMS else frozenset(),), is_exact=False)
    return Reach(tuple(kept), is_exact)


def _merged(ways: list[_Way]) -> list[_Way] | None:
    """The ways with two of them as one, where these differ in one answer alone; None where none do."""
    for one, other in combinations(ways[: _MOST_WAYS * 2], 2):
        if len(one) == len(other) and len(one ^ other) == 2:
            first, second = one ^ other
            if (first.site, first.answer) == (second.site, second.answer):
                rest = [way for way in ways if way not in (one, other)]
                return list(dict.fromkeys((*rest, one & other)))
    return None
