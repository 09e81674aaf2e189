"""Blocks of code in a text file with their positions: the parts of a page or of a script with cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from optimlint.diagnostic import Diagnostic, Edit, Fix, Position, Range, Related
from optimlint.notebook.join import Section
from optimlint.notebook.magics import CellKind, Plain, plain_python, unknown_use
from optimlint.text import Unparseable, split_lines


class Role(Enum):
    """What a block is in its file."""

    CELL = "cell"
    """A part of a program. If it does not parse, that is reported."""
    EXAMPLE = "example"
    """An example in prose. It is Python if it parses."""
    UNNAMED = "unnamed"
    """Code without a named language. It is Python if it parses."""
    MENTION = "mention"
    """Code that is not run as it stands. The names in it count as used."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a block: its line number in the file, the text before its code, and the code with its line end."""

    number: int
    lead: str
    code: str


@dataclass(frozen=True, slots=True)
class Block:
    """Code on whole lines of a file. `lead` is the text before the code of an added line; None if no line can be added,
    as in an interactive session."""

    role: Role
    lines: tuple[Line, ...]
    lead: str | None = ""

    @property
    def text(self) -> str:
        """The code."""
        return "".join(line.code for line in self.lines)


def section(number: int, block: Block) -> Section:
    """Block number `number` of a file as a section of a joined source."""
    if block.role is Role.MENTION:
        return Section(number, Plain(CellKind.PYTHON, unknown_use(block.text)))
    plain = plain_python(block.text)
    is_quiet = block.role is not Role.CELL and plain.kind is CellKind.PYTHON
    return Section(number, replace(plain, kind=CellKind.PERHAPS) if is_quiet else plain)


def to_file(diagnostic: Diagnostic, blocks: Sequence[Block]) -> Diagnostic:
    """A diagnostic with cell numbers as one with line numbers of the file. Fixes that need a new line where none can be
    added are dropped."""
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
    """An error in a block, with its place in the file."""
    return replace(error, range=range_to_file(error.range, blocks))


def range_to_file(place: Range, blocks: Sequence[Block]) -> Range:
    """A range in a block, as a range of the file."""
    if place.cell is None:
        return place
    block = blocks[place.cell - 1]
    return Range(_position_to_file(place.start, block), _position_to_file(place.end, block))


def without_prompts(lines: Sequence[Line]) -> tuple[Line, ...] | None:
    """The lines of an interactive session as a program with as many lines: output becomes blank and prompts are
    removed. None if the first line has no prompt."""
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
    """The lines of a file with their numbers."""
    return [Line(number, "", line) for number, line in enumerate(split_lines(text), 1)]


_PROMPT = re.compile(r"(>>>|\.\.\.)(?: |(?=[\r\n]|$))")


def _position_to_file(position: Position, block: Block) -> Position:
    """A position in a block as one in the file. The position after the last line maps to the start of the next line,
    indented like the block, so that a fix that deletes up to there keeps the end of the block."""
    if position.line <= len(block.lines):
        line = block.lines[position.line - 1]
        return Position(line.number, position.column + len(line.lead))
    last = block.lines[-1]
    return Position(last.number + position.line - len(block.lines), position.column + len(block.lead or ""))


def _edit_to_file(edit: Edit, blocks: Sequence[Block]) -> Edit:
    block = blocks[(edit.range.cell or 1) - 1]
    return Edit(range_to_file(edit.range, blocks), edit.text.replace("\n", f"\n{block.lead or ''}"))


def _has_room(edit: Edit, blocks: Sequence[Block]) -> bool:
    """Whether the edit stays on one line, or is in a block where lines can be added and removed."""
    is_on_its_line = "\n" not in edit.text and edit.range.start.line == edit.range.end.line
    return is_on_its_line or blocks[(edit.range.cell or 1) - 1].lead is not None
