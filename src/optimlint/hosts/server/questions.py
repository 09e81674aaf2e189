"""What the server asks of the process that reads sources, and what it is told: plain data that pickles."""

import struct
from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import START, Diagnostic, Edit
from optimlint.effective import EffectiveOptimizer
from optimlint.rules import UNPARSEABLE
from optimlint.workspace.worker import Source

HEAD = struct.Struct("!Q")
"""What stands before each question and each answer on its way: the number of bytes of its pickle."""


Unsaved = tuple[tuple[str, bytes], ...]
"""Files by their paths, with contents that the disk does not have yet."""


class Wish(Enum):
    """What is to be told of a source."""

    FINDINGS = "findings"
    OPTIMIZERS = "optimizers"


@dataclass(frozen=True, slots=True)
class Question:
    """A source as it stands in the editor. `generation` grows whenever other files may have changed; `is_filed` is
    False for a source that was never saved, so that it belongs to no repository. `unsaved` is what is open besides and
    differs from the disk."""

    wish: Wish
    source: Source
    generation: int
    is_filed: bool
    unsaved: Unsaved = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """The diagnostics of a source, with those fixes only that leave a text that parses.

    `safe_edits` are those of all safe fixes that can be made together. `commentable` are the lines, each with its cell,
    at whose end a comment may be written.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    safe_edits: tuple[Edit, ...] = ()
    commentable: frozenset[tuple[int | None, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Optimizers:
    """What the optimizers of a source get."""

    optimizers: tuple[EffectiveOptimizer, ...] = ()


Answer = Findings | Optimizers


def not_checked(source: Source, reason: str) -> Diagnostic:
    """That a source could not be checked, which must not pass for a clean result."""
    rule = UNPARSEABLE
    return Diagnostic(source.path, START, rule.name, rule.code, rule.severity, f"not checked: {reason}")
