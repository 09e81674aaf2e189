"""Questions from the server to the process that analyzes sources, and its answers: plain data that can be pickled."""

import struct
from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import START, Diagnostic, Edit
from optimlint.effective import EffectiveOptimizer
from optimlint.rules import UNPARSEABLE
from optimlint.workspace.worker import Source

HEAD = struct.Struct("!Q")
"""The header of each question and answer on the wire: the number of bytes of its pickle."""


Unsaved = tuple[tuple[str, bytes], ...]
"""The paths and contents of files with changes that are not saved to disk."""


class Wish(Enum):
    """The kind of answer that is requested."""

    FINDINGS = "findings"
    OPTIMIZERS = "optimizers"


@dataclass(frozen=True, slots=True)
class Question:
    """A source in its current state in the editor. `generation` grows whenever other files may have changed. `is_filed`
    is False for a source that was never saved and so belongs to no repository. `unsaved` are the other open files that
    differ from the disk."""

    wish: Wish
    source: Source
    generation: int
    is_filed: bool
    unsaved: Unsaved = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """The diagnostics of a source, with only those fixes that keep the code valid.

    `safe_edits` are the edits of all safe fixes that can be applied together. `commentable` are the lines at whose end
    a comment can be added, each with its cell.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    safe_edits: tuple[Edit, ...] = ()
    commentable: frozenset[tuple[int | None, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Optimizers:
    """The optimizers of a source with their effective groups."""

    optimizers: tuple[EffectiveOptimizer, ...] = ()


Answer = Findings | Optimizers


def not_checked(source: Source, reason: str) -> Diagnostic:
    """A diagnostic that a source could not be checked, so that no findings does not look like a clean result."""
    rule = UNPARSEABLE
    return Diagnostic(source.path, START, rule.name, rule.code, rule.severity, f"not checked: {reason}")
