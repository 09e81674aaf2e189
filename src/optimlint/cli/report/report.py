"""What a format renders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimlint.diagnostic import Diagnostic
    from optimlint.workspace.outcome import Failure


@dataclass(frozen=True, slots=True)
class Report:
    """All that a format may tell: the diagnostics, sorted, with the contents, by path, of the files they are about.

    Paths are shown relative to `folder`, and to platforms relative to `root`, the repository around it. `columns` is
    how wide the reader's terminal is; `failures` are what could not be done, lest a platform take it for clean;
    `known` are findings that are not told, among which the others keep their fingerprints.
    """

    diagnostics: "tuple[Diagnostic, ...]"
    contents: Mapping[str, bytes]
    folder: str
    is_colored: bool = False
    columns: int = 80
    failures: "tuple[Failure, ...]" = ()
    root: str | None = None
    known: "tuple[Diagnostic, ...]" = ()
