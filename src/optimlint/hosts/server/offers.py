"""What can be done about findings, worked out beside them in a worker process: fixes that are sound, and the lines that
take a comment."""

import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimlint.cli.work import Source
from optimlint.diagnostic import Applicability, Diagnostic
from optimlint.fix import Fixed, fix_source
from optimlint.hosts.server.questions import Findings
from optimlint.notebook import fix_notebook
from optimlint.notebook.file import read_file
from optimlint.notebook.magics import CellKind, plain_python
from optimlint.text import Unparseable, decode


@dataclass(frozen=True, slots=True)
class Found:
    """A source and what was found in it."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]


def offer(found: Found) -> Findings:
    """The diagnostics with what can be done about them."""
    sound = tuple(_with_sound_fixes(one, found.source) for one in found.diagnostics)
    applied = _fixed(found.source, sound, Applicability.SAFE).applied
    fixes = (next(fix for fix in one.fixes if fix.applicability >= Applicability.SAFE) for one in applied)
    edits = tuple(dict.fromkeys(edit for fix in fixes for edit in fix.edits))
    return Findings(sound, edits, frozenset(_commentable(found.source)))


def _with_sound_fixes(diagnostic: Diagnostic, source: Source) -> Diagnostic:
    alone = ((fix, replace(diagnostic, fixes=(fix,))) for fix in diagnostic.fixes)
    sound = tuple(fix for fix, one in alone if _fixed(source, (one,), Applicability.DISPLAY).applied)
    return replace(diagnostic, fixes=sound)


def _fixed(source: Source, diagnostics: tuple[Diagnostic, ...], applicability: Applicability) -> Fixed:
    if source.is_notebook:
        return fix_notebook(source.content, list(diagnostics), applicability)
    decoded = decode(source.content)
    text = "" if isinstance(decoded, Unparseable) else decoded.text
    return fix_source(text, list(diagnostics), applicability)


def _commentable(source: Source) -> Iterator[tuple[int | None, int]]:
    if source.is_notebook:
        file = read_file(source.content)
        for cell in () if isinstance(file, Unparseable) else file.cells:
            plain = plain_python(cell.text)
            if plain.kind in {CellKind.PYTHON, CellKind.PERHAPS}:
                yield from ((cell.number, line) for line in _ends_of_code(plain.text))
        return
    decoded = decode(source.content)
    if not isinstance(decoded, Unparseable):
        yield from ((None, line) for line in _ends_of_code(decoded.text))


def _ends_of_code(text: str) -> Iterator[int]:
    """The lines whose end is one for Python, too: it is in no string, and no backslash takes it away."""
    strings = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            kind = tokenize.tok_name[token.type]
            strings += kind.endswith("STRING_START")
            strings -= kind.endswith("STRING_END")
            if kind in {"NEWLINE", "NL"} and not strings:
                yield token.start[0]
    except (tokenize.TokenError, SyntaxError):
        return  # What is behind the error may be anything.
