"""Blocks of code in a text file, each with its place there: what a page or a script of cells is made of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from optimlint.diagnostic import Diagnostic, Edit, Fix, Position, Range, Related
from optimlint.notebook.join import Section
from optimlint.notebook.magics import CellKind, Plain, plain_python, unknown_use
from optimlint.text import Unparseable, split_lines


class Role(Enum):
    """What a block is to the file that it stands in."""

    CELL = "cell"
    """A part of a program: one that does not parse is missed, and said to be."""
    EXAMPLE = "example"
    """An example among prose: Python, if it parses."""
    UNNAMED = "unnamed"
    """Code in a language that is not named: Python, if it parses."""
    MENTION = "mention"
    """Code that is not run as it stands: it may use the names in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a block: its number in the file, what stands before its code there, and the code with its line end."""

    number: int
    lead: str
    code: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some code on whole lines of a file. `lead` is what stands before the code of a line that is added to it; None
    where a line cannot be added, as among prompts."""

    role: Role
    lines: tuple[Line, ...]
    lead: str | None = ""

    @property
    def text(self) -> str:
        """The code."""
        return "".join(line.code for line in self.lines)


def section(number: int, block: Block) -> Section:
    """The block, the `number`th of its file, as a part of a source."""
    if block.role is Role.MENTION:
        return Section(number, Plain(CellKind.PYTHON, unknown_use(block.text)))
    plain = plain_python(block.text)
    is_quiet = block.role is not Role.CELL and plain.kind is CellKind.PYTHON
    return Section(number, replace(plain, kind=CellKind.PERHAPS) if is_quiet else plain)


def to_file(diagnostic: Diagnostic, blocks: Sequence[Block]) -> Diagnostic:
    """A diagnostic whose cells are blocks as one whose lines are those of the file."""
    fixes = (
        Fix(fix.title, tuple(_edit_to_file(edit, blocks) for edit in fix.edits), fix.applicability)
        for fix in diagnostic.fixes
        if all(_has_room(edit, blocks) for edit in fix.edits)
    )
    return replace(
        diagnostic,
        range=range_to_file(diagnostic.range, blocks),
        related=tuple(Related(range_to_file(one.range, blocks), one.message) for one in diagnostic.related),
        fixes=tuple(fixes),
    )


def error_to_file(error: Unparseable, blocks: Sequence[Block]) -> Unparseable:
    """What could not be read of a block, as a place in the file."""
    return replace(error, range=range_to_file(error.range, blocks))


def range_to_file(place: Range, blocks: Sequence[Block]) -> Range:
    """A range of a block as one of the file."""
    if place.cell is None:
        return place
    block = blocks[place.cell - 1]
    return Range(_position_to_file(place.start, block), _position_to_file(place.end, block))


def without_prompts(lines: Sequence[Line]) -> tuple[Line, ...] | None:
    """The lines of an interactive session as a program of as many lines: output is blank, prompts are no code. None
    for lines that begin without a prompt."""
    first = next((line.code for line in lines if line.code.strip()), "")
    if not first.startswith(">>>"):
        return None
    kept = []
    is_code = False
    for line in lines:
        prompt = _PROMPT.match(line.code)
        is_code = prompt is not None and (prompt[1] == ">>>" or is_code)
        if prompt and is_code:
            kept.append(Line(line.number, line.lead + prompt[0], line.code[prompt.end() :]))
        else:
            kept.append(blank(line))
    return tuple(kept)


def blank(line: Line) -> Line:
    """The line without its code."""
    return Line(line.number, line.lead, line.code[len(line.code.rstrip("\r\n")) :])


def numbered(text: str) -> list[Line]:
    """The lines of a file."""
    return [Line(number, "", line) for number, line in enumerate(split_lines(text), 1)]


_PROMPT = re.compile(r"(>>>|\.\.\.)(?: |(?=[\r\n]|$))")


def _position_to_file(position: Position, block: Block) -> Position:
    """A position in a block's code as one in the file. Behind the last line is the start of the line that follows, as
    far in as the block is: what a fix takes away up to there leaves the end of the block as it is."""
    if position.line <= len(block.lines):
        line = block.lines[position.line - 1]
        return Position(line.number, position.column + len(line.lead))
    last = block.lines[-1]
    return Position(last.number + position.line - len(block.lines), position.column + len(block.lead or ""))


def _edit_to_file(edit: Edit, blocks: Sequence[Block]) -> Edit:
    block = blocks[(edit.range.cell or 1) - 1]
    return Edit(range_to_file(edit.range, blocks), edit.text.replace("\n", f"\n{block.lead or ''}"))


def _has_room(edit: Edit, blocks: Sequence[Block]) -> bool:
    """Whether the edit keeps to its lines, or stands where lines can be added and taken away."""
    is_on_its_line = "\n" not in edit.text and edit.range.start.line == edit.range.end.line
    return is_on_its_line or blocks[(edit.range.cell or 1) - 1].lead is not None
