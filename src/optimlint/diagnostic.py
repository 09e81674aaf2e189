"""What optimlint says about a source: plain, frozen, picklable values.

Lines and columns are 1-based and count code points, as editors show them to a person; ranges are half-open. In a
notebook a range also carries the 1-based number of its cell among all the notebook's cells, and lines count from the
cell's first line.
"""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: 1-based line, 1-based column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Range:
    """A half-open stretch of one source, or of one cell of a notebook. `path` is the file that it is in, where that is
    another one than the source that is spoken of."""

    start: Position
    end: Position
    cell: int | None = None
    path: str = ""

    def part(self, start: Position, end: Position) -> "Range":
        """Another stretch of the same file, and of the same cell."""
        return replace(self, start=start, end=end)

    @property
    def order(self) -> tuple[str, int, Position, Position]:
        """A key that sorts ranges as a reader meets them."""
        return (self.path, self.cell or 0, self.start, self.end)


START = Range(Position(1, 1), Position(1, 1))
"""Where a finding about a whole source is reported."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in place of `range`: an empty range inserts, an empty text deletes."""

    range: Range
    text: str


class Applicability(IntEnum):
    """How far a fix may be trusted. Every fix changes training: that is its point."""

    DISPLAY = 1
    """Shown only: a person must choose or complete it."""
    UNSAFE = 2
    """Plausible, but a person should look."""
    SAFE = 3
    """One repair, no value to choose, and nothing hints that the author did otherwise on purpose."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair: all of its edits or none. The title is a verb phrase."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability


@dataclass(frozen=True, slots=True)
class Related:
    """A place that is evidence for a finding, and what is to be seen there."""

    range: Range
    message: str


class Severity(Enum):
    """How much a diagnostic weighs in editors and in CI; the exit code does not depend on it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says. `fixes` are alternatives, the preferred one first; `severity` is the rule's own where it is
    None."""

    range: Range
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding signed by the engine with the path, the rule's name and code, and its severity."""

    path: str
    range: Range
    rule: str
    code: str
    severity: Severity
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()

    @property
    def cell(self) -> int | None:
        """The notebook cell it is in, 1-based among all cells; None outside notebooks."""
        return self.range.cell
