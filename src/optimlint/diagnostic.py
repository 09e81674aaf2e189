"""The plain, frozen, picklable values that make up diagnostics.

Lines and columns are 1-based and count code points, as editors display them; ranges are half-open. In a notebook a
range also has the 1-based number of its cell among all cells, and lines count from the start of the cell.
"""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A position between two characters: 1-based line, 1-based column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Range:
    """A half-open range of one source, or of one notebook cell. `path` is set if it is in another file than the current
    one."""

    start: Position
    end: Position
    cell: int | None = None
    path: str = ""

    def part(self, start: Position, end: Position) -> "Range":
        """Another range of the same file and cell."""
        return replace(self, start=start, end=end)

    @property
    def order(self) -> tuple[str, int, Position, Position]:
        """A sort key for reading order."""
        return (self.path, self.cell or 0, self.start, self.end)


START = Range(Position(1, 1), Position(1, 1))
"""The range for findings about a whole source."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `range` by `text`. An empty range inserts, an empty text deletes."""

    range: Range
    text: str


class Applicability(IntEnum):
    """How far a fix can be trusted. Every fix changes training; that is its purpose."""

    DISPLAY = 1
    """Shown only: a person must choose or complete it."""
    UNSAFE = 2
    """Plausible, but a person should review it."""
    SAFE = 3
    """There is only one repair, it needs no choice of a value, and nothing suggests that the author intended
    otherwise."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair. All edits are applied or none. The title is a verb phrase."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability


@dataclass(frozen=True, slots=True)
class Related:
    """A place with evidence for a finding, and what can be seen there."""

    range: Range
    message: str


class Severity(Enum):
    """How severe a diagnostic is in editors and CI. The exit code depends on it only with `--fail-on`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule reports. `fixes` are alternatives, preferred first. A `severity` of None means the rule's own."""

    range: Range
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with the file's path and the rule's name, code and severity."""

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
        """The 1-based number of its notebook cell among all cells; None outside notebooks."""
        return self.range.cell
