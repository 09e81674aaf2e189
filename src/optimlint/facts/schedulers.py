"""Learning rate schedulers and their uses."""

from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import Range
from optimlint.facts.models import Exposed


class StartRate(Enum):
    """The learning rate that a scheduler sets when it is constructed, and that remains if it is never stepped."""

    OPTIMIZERS = "the rate that the optimizer was given"
    ZERO = "0.0, the start of a warm-up"
    FRACTION = "a fraction of the rate, at which a cycle or a warm-up starts"


@dataclass(frozen=True, slots=True)
class IdleScheduler:
    """A scheduler of class `kind` that is bound to a name and, in this source, never stepped, passed on or stored.

    `range` is the target of the assignment, and `looks` are the places where it is only inspected. `exposed` is the
    name by which other files can use it.
    """

    range: Range
    name: str
    kind: str
    start: StartRate
    looks: tuple[Range, ...] = ()
    exposed: Exposed | None = None
