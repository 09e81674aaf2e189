"""Indentation that Python reads and LibCST refuses: tabs among the blanks.

Python takes a tab as up to the next column of eight, where no other width would give another program. LibCST wants the
white space of a block to begin with that of the block around it.
"""

import ast
import warnings

from optimlint.syntax.logical import statements
from optimlint.syntax.outline import Outline


def without_tabs(text: str) -> Outline | None:
    """`text` with blanks for the tabs before its statements, and where that stands in `text`; None where it has no such
    tabs, or Python does not read it, either."""
    if "\t" not in text or not _is_python(text):
        return None
    pieces: list[str] = []
    cuts: list[tuple[int, int]] = []
    end = written = missing = 0
    for start, stop in _white_space(text):
        before = text[start:stop]
        blanks = before.expandtabs(8)
        pieces += [text[end:start], blanks]
        written += start - end + len(blanks)
        missing += len(before) - len(blanks)
        cuts.append((written, missing))
        end = stop
    return Outline(text, "".join([*pieces, text[end:]]), cuts=tuple(cuts)) if cuts else None


def _white_space(text: str) -> list[tuple[int, int]]:
    """Where white space with tabs stands before statements."""
    return [(one.offset - len(one.indent), one.offset) for one in statements(text) if "\t" in one.indent]


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
