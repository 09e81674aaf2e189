"""Deduplicate findings about training code by place, because several routines may include the same code."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

from optimlint.diagnostic import Range
from optimlint.facts.training import Routine

Found = TypeVar("Found")


def once_each(
    routines: Iterable[Routine],
    find: Callable[[Routine], Iterable[Found]],
    place: Callable[[Found], Range],
    known: Collection[Range] = (),
) -> Iterator[Found]:
    """The results of `find` for all routines, the first at each place of this file, without the places in `known`."""
    seen = set(known)
    for routine in routines:
        for one in find(routine):
            if place(one) not in seen and not place(one).path:
                seen.add(place(one))
                yield one
