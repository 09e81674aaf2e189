"""What came of a file: its diagnostics, or why there are none."""

from dataclasses import dataclass
from enum import Enum


class FailureKind(Enum):
    """Why something could not be checked or done, in the words of the summary."""

    NOT_FOUND = "not found"
    NOT_READABLE = "not readable"
    NOT_PARSED = "not parsed"
    CELL_LEFT_OUT = "cell left out"
    TOO_LARGE = "over the size limit"
    TOO_SLOW = "over the time limit"
    CRASHED = "crashed the parser"
    BROKEN = "met an internal error"
    NOT_WRITTEN = "not written"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that could not be done, to be named on standard error. `is_accepted` marks one that the user said he
    accepts: it is counted, but does not decide the exit code."""

    path: str
    kind: FailureKind
    reason: str
    is_accepted: bool = False
