"""The IPython extension `%load_ext optimlint`: shows findings in a live session, before a cell trains for a day.

`%%optimlint` shows the findings in a cell, analyzed together with all cells that ran before it, and then runs it.
`%optimlint` shows the findings in the session so far. The enabled rules come from the configuration nearest to the
current folder.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from optimlint.diagnostic import Diagnostic, Range
from optimlint.notebook import check_cells
from optimlint.options import Options
from optimlint.text import split_lines
from optimlint.workspace.display import count, expand, visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.settings import CommandLine, Settings

_SILENT = frozenset({"unparseable", "unused-param-groups"})
"""Rules that are not useful here: IPython itself shows a cell that does not parse, and the next cell may still use the
groups."""

_SESSION = "session.py"
"""The file name of the session, for patterns in the configuration."""


class History(Protocol):
    """The code of a session's cells as it was typed, by number."""

    input_hist_raw: list[str]


class Result(Protocol):
    """The outcome of running a cell."""

    success: bool


class Shell(Protocol):
    """The part of IPython's shell that is used."""

    history_manager: History | None

    def run_cell(self, raw_cell: str) -> Result:
        """Run code as if the user had typed it."""

    def register_magic_function(self, func: Callable[..., None], magic_kind: str) -> None:
        """Add a magic command."""


def load(shell: Shell) -> None:
    """Add the magic commands to `shell`."""

    def optimlint(line: str, cell: str | None = None) -> None:
        """Show what optimlint finds: %optimlint in the session so far, %%optimlint in a cell, which then runs."""
        if line.strip():
            raise _usage_error("%optimlint takes no arguments; its options stand in optimlint.toml or pyproject.toml")
        if cell is None:
            _show(_typed(shell, None), None)
            return
        cells = _typed(shell, cell)
        _show(cells, len(cells))
        result = shell.run_cell(cell)
        if not result.success:
            raise _AlreadyShown

    shell.register_magic_function(optimlint, "line_cell")


class _AlreadyShown(Exception):
    """Raised when a cell fails whose error IPython has already shown, so that running all cells still stops here."""

    def _render_traceback_(self) -> list[str]:
        return []


def _usage_error(message: str) -> Exception:
    from IPython.core.error import UsageError  # Always installed, because this runs in IPython.

    return UsageError(message)


def _typed(shell: Shell, cell: str | None) -> list[str]:
    """The code of the session's cells as it was typed, in order, with `cell`, which is about to run, as the last one.

    A typed cell is in the history before it runs, but a cell that a program runs need not be. IPython's own counter
    cannot be used: depending on the version, it is incremented before or after a cell runs.
    """
    history = shell.history_manager
    typed = history.input_hist_raw[1:] if history else []
    if cell is None or (typed and typed[-1].lstrip().startswith("%%optimlint") and cell.rstrip() in typed[-1]):
        return typed
    return [*typed, f"%%optimlint\n{cell}"]


def _show(cells: Sequence[str], number: int | None) -> None:
    """Print the findings in the cells, or only those that involve the cell with this number."""
    found = [one for one in check_cells(cells, options=_options()) if one.rule not in _SILENT]
    found = [one for one in found if number is None or number in _cells_of(one)]
    for diagnostic in found:
        print("\n".join(_rows(diagnostic, cells)))
    print(f"optimlint: {count(len(found), 'finding') if found else 'no findings'}")


def _options() -> Options:
    folder = os.getcwd()
    try:
        return Settings(CommandLine(folder)).options(os.path.join(folder, _SESSION))
    except CommandError as error:
        raise _usage_error(f"optimlint: {error}") from None


def _cells_of(diagnostic: Diagnostic) -> set[int | None]:
    return {diagnostic.cell, *(related.range.cell for related in diagnostic.related)}


def _rows(diagnostic: Diagnostic, cells: Sequence[str]) -> Iterator[str]:
    """The lines that show a finding, with its evidence and its first fix."""
    yield f"{_place(diagnostic.range)}: {diagnostic.code} {diagnostic.rule}: {visible(diagnostic.message)}"
    yield from _quoted(diagnostic.range, cells)
    for related in diagnostic.related:
        yield f"  {_place(related.range)}: {visible(related.message)}"
        yield from _quoted(related.range, cells)
    if diagnostic.fixes:
        yield f"  fix: {visible(diagnostic.fixes[0].title)}"


def _place(place: Range) -> str:
    return f"In [{place.cell}], line {place.start.line}"


def _quoted(place: Range, cells: Sequence[str]) -> Iterator[str]:
    """The line of code where a range starts."""
    lines = split_lines(cells[place.cell - 1]) if place.cell else []
    if place.start.line <= len(lines):
        yield f"    {expand(lines[place.start.line - 1].strip())}"
