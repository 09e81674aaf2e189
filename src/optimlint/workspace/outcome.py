"""The outcome of a run, as reported to people and to the shell."""

from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import Range


class FailureKind(Enum):
    """Why something could not be checked or done."""

    NOT_FOUND = "not found"
    NOTHING_THERE = "nothing to check"
    NOT_READABLE = "not readable"
    NOT_PARSED = "not parsed"
    CELL_LEFT_OUT = "cell left out"
    TOO_LARGE = "over the size limit"
    TOO_SLOW = "over the time limit"
    CRASHED = "crashed the parser"
    BROKEN = "met an internal error"
    NOT_WRITTEN = "not written"
    NOT_RUN = "not run"


TOLD_BY_RULE = frozenset({FailureKind.NOT_PARSED, FailureKind.CELL_LEFT_OUT})
"""The kinds that findings of the rule `unparseable` report, too."""

_SPEAKS_FOR_ITSELF = TOLD_BY_RULE | {FailureKind.NOT_FOUND, FailureKind.NOTHING_THERE}
"""The kinds whose reason needs no prefix."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that could not be done, reported on standard error. `is_accepted` marks one that the user turned off:
    it is counted but does not affect the exit code. `at` is its place in the file, if known."""

    path: str
    kind: FailureKind
    reason: str
    is_accepted: bool = False
    at: Range | None = None

    @property
    def text(self) -> str:
        """The reason, to be printed after the file name."""
        return self.reason if self.kind in _SPEAKS_FOR_ITSELF else f"{self.kind.value}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of a run: files checked and parsed; findings found, fixed (or suppressed) and left; and of those
    left, how many have a safe fix, or only an unsafe one."""

    checked: int = 0
    parsed: int = 0
    found: int = 0
    fixed: int = 0
    left: int = 0
    safe: int = 0
    unsafe: int = 0
