"""Schedulers of learning rates, and what is done with them."""

from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import Range
from optimlint.facts.models import Exposed


class StartRate(Enum):
    """The rate that a scheduler sets when it is made, and that stays if nobody steps it."""

    OPTIMIZERS = "the rate that the optimizer was given"
    ZERO = "0.0, the start of a warm-up"
    FRACTION = "a fraction of the rate, at which a cycle or a warm-up starts"


@dataclass(frozen=True, slots=True)
class IdleScheduler:
    """A scheduler of class `kind` that a name is bound to, and that nothing in view steps, hands on or keeps.

    `range` is the assignment's target, `looks` are where it is only looked at. `exposed` is what other files can use it
    by.
    """

    range: Range
    name: str
    kind: str
    start: StartRate
    looks: tuple[Range, ...] = ()
    exposed: Exposed | None = None
