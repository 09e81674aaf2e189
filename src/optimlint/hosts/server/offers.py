"""Compute the data for code actions in a worker process: fixes that keep the code valid, and lines where a comment
fits."""

import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from optimlint.diagnostic import Applicability, Diagnostic, Edit, Position, Range
from optimlint.hosts.server.questions import Findings
from optimlint.notebook.file import read_file
from optimlint.notebook.files import FixedFile, fix_any
from optimlint.notebook.magics import CellKind, plain_python
from optimlint.text import Unparseable, decode, split_lines
from optimlint.workspace.worker import Source


@dataclass(frozen=True, slots=True)
class SourceFindings:
    """A source and its findings."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]


def offer(found: SourceFindings) -> Findings:
    """The findings with valid fixes, the edits of all safe fixes, and the lines where a comment fits."""
    source = found.source
    sound = tuple(_with_sound_fixes(one, source) for one in found.diagnostics)
    fixed = _fixed(source, sound, Applicability.SAFE)
    before, after = _texts(source), _texts(replace(source, content=fixed.content))
    edits = (edit for cell in before for edit in _edits(before[cell], after[cell], cell)) if fixed.applied else ()
    commentable = ((cell, line) for cell, text in before.items() for line in _commentable(text, cell))
    return Findings(sound, tuple(edits), frozenset(commentable))


def _with_sound_fixes(diagnostic: Diagnostic, source: Source) -> Diagnostic:
    alone = ((fix, replace(diagnostic, fixes=(fix,))) for fix in diagnostic.fixes)
    sound = tuple(fix for fix, one in alone if _fixed(source, (one,), Applicability.DISPLAY).applied)
    return replace(diagnostic, fixes=sound)


def _fixed(source: Source, diagnostics: tuple[Diagnostic, ...], applicability: Applicability) -> FixedFile:
    return fix_any(source.content, source.path, list(diagnostics), applicability)


def _texts(source: Source) -> dict[int | None, str]:
    """The texts of the cells by number; the key of a file is None."""
    if source.is_notebook:
        file = read_file(source.content)
        return {} if isinstance(file, Unparseable) else {cell.number: cell.text for cell in file.cells}
    decoded = decode(source.content)
    return {} if isinstance(decoded, Unparseable) else {None: decoded.text}


def _edits(before: str, after: str, cell: int | None) -> Iterator[Edit]:
    """Edits of whole lines that turn one text into the other."""
    old, new = split_lines(before), split_lines(after)
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            place = Range(Position(start + 1, 1), Position(end + 1, 1), cell)
            yield Edit(place, "".join(new[new_start:new_end]))


def _commentable(text: str, cell: int | None) -> list[int]:
    """The lines at whose end a comment can be added: the end is not in a string and not escaped by a backslash."""
    plain = plain_python(text)
    if cell is not None and plain.kind not in {CellKind.PYTHON, CellKind.PERHAPS}:
        return []
    lines: list[int] = []
    # Notebooks contain lines of IPython syntax, and scripts exported from notebooks may, too.
    for candidate in (text, plain.text) if cell is None else (plain.text,):
        lines.clear()
        try:
            for line in _line_ends(candidate):
                lines.append(line)
            break
        except (tokenize.TokenError, SyntaxError):
            continue  # Nothing after the error can be trusted.
    return lines


def _line_ends(text: str) -> Iterator[int]:
    strings = 0
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        kind = tokenize.tok_name[token.type]
        strings += kind.endswith("STRING_START")
        strings -= kind.endswith("STRING_END")
        if kind in {"NEWLINE", "NL"} and not strings:
            yield token.start[0]
