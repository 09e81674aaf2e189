"""Tabs in indentation, which Python accepts and LibCST rejects.

Python expands a tab to the next multiple of eight columns, and rejects text whose meaning would depend on the tab
width. LibCST requires a block's indentation to start with that of the enclosing block.
"""

import ast
import warnings

from optimlint.syntax.logical import statements
from optimlint.syntax.outline import Outline


def without_tabs(text: str) -> Outline | None:
    """`text` with spaces for the tabs before its statements, and a mapping back to offsets in `text`. None if there are
    no such tabs, or Python rejects the text too."""
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
    """The offsets of indentation with tabs."""
    return [(one.offset - len(one.indent), one.offset) for one in statements(text) if "\t" in one.indent]


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
