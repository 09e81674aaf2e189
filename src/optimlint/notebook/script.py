"""Scripts with cell markers (`# %%`, `# In[3]:`, jupytext): Python files that may contain IPython lines."""

import re
from collections.abc import Iterator

from optimlint.notebook.blocks import Block, Line, Role, numbered
from optimlint.notebook.magics import unknown_use
from optimlint.notebook.scan import LineScan

_MARKER = re.compile(rb"^#[ \t]*(?:%%|In\[[\d* ]*\]|<codecell>|COMMAND -{5,})", re.MULTILINE)
_MARKER_LINE = re.compile(r"#[ \t]*(?:%%(?![\w%])|In\[[\d* ]*\]|<codecell>|COMMAND -{5,}|\+(?=\s|$))")
_IS_NOTEBOOK = re.compile(rb"^(?:[ \t]*get_ipython\(\)\.|#[ \t]+jupytext:)", re.MULTILINE)
_EXPORTED_LINE = re.compile(r"[ \t]*get_ipython\(\)\.")
_ESCAPED_SPACE = re.compile(r"\\[nt]")


def has_markers(source: bytes) -> bool:
    """Whether comments divide the script into cells."""
    return _MARKER.search(source) is not None


def is_notebook(source: bytes) -> bool:
    """Whether the script is a notebook: one that jupytext keeps, which nobody imports, or one that was exported, its
    magics as calls that hold code in strings."""
    return _IS_NOTEBOOK.search(source) is not None


def cells_of_script(text: str) -> tuple[Block, ...]:
    """The cells of a script; together they contain all of its lines."""
    return tuple(Block(Role.CELL, tuple(lines)) for lines in _divided(numbered(text)))


def _divided(lines: list[Line]) -> Iterator[list[Line]]:
    """The lines, split before each marker."""
    scan = LineScan()
    cell: list[Line] = []
    for line in lines:
        if _MARKER_LINE.match(line.code) and cell:
            yield cell
            # An IPython line such as `!echo "` may have looked like the start of a string.
            scan, cell = LineScan(), []
        cell.append(_plain(line) if scan.is_at_start else line)
        scan.read(cell[-1].code.rstrip("\r\n"))
    if cell:
        yield cell


def _plain(line: Line) -> Line:
    """An exported magic as a line that may do anything with the names in its code."""
    if not (start := _EXPORTED_LINE.match(line.code)):
        return line
    code = line.code.rstrip("\r\n")
    indent = code[: len(code) - len(code.lstrip(" \t"))]
    held = _ESCAPED_SPACE.sub("  ", code[start.end() :])
    return Line(line.number, line.lead, indent + unknown_use(held) + line.code[len(code) :])
