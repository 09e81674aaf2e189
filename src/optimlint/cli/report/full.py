"""For people at a terminal: each finding with its code frame, the evidence, and the fix as a small diff."""

import textwrap
from collections.abc import Iterator, Sequence

from optimlint.check import INTERNAL_ERROR
from optimlint.cli.report.changes import draw_changes
from optimlint.cli.report.frame import Mark, draw
from optimlint.cli.report.report import Report
from optimlint.cli.report.style import Paint, Style, painter
from optimlint.diagnostic import Applicability, Diagnostic, Fix
from optimlint.rules import UNPARSEABLE
from optimlint.workspace.display import visible
from optimlint.workspace.places import place, syntax_error
from optimlint.workspace.source_texts import Texts


def render(report: Report) -> str:
    """The report, one block of lines per finding."""
    page = _Page(report)
    rows = [row for diagnostic in report.diagnostics for row in (*page.block(diagnostic), "")]
    return "".join(f"{row}\n" for row in (*rows, *page.close(report.diagnostics)))


class _Page:
    """What all blocks share: the texts, the colours, the width."""

    def __init__(self, report: Report) -> None:
        self._paint: Paint = painter(is_colored=report.is_colored)
        self._texts = Texts(report.contents)
        self._folder = report.folder
        self._width = report.columns

    def block(self, diagnostic: Diagnostic) -> Iterator[str]:
        """The lines of one finding."""
        if diagnostic.rule == UNPARSEABLE.name:
            yield from self._wrapped(syntax_error(diagnostic, self._folder), "    ")
            return
        title = f"{diagnostic.code} {diagnostic.rule}: {visible(diagnostic.message)}"
        first, *others = self._wrapped(title, "    ")
        signature = f"{diagnostic.code} {diagnostic.rule}"
        yield self._paint(signature, Style.FINDING) + first.removeprefix(signature)
        yield from others
        yield from self._frames(diagnostic)
        if diagnostic.fixes:
            yield from self._help(diagnostic)

    def close(self, diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
        """A pointer to the documentation."""
        names = list(dict.fromkeys(diagnostic.rule for diagnostic in diagnostics if diagnostic.rule != INTERNAL_ERROR))
        if names:
            yield f"Why it matters: `optimlint rule {names[0] if len(names) == 1 else 'NAME'}`"

    def _frames(self, diagnostic: Diagnostic) -> Iterator[str]:
        """The finding with the evidence in its own cell, then the evidence in other cells and files."""
        marks = [Mark(diagnostic.range, "", True)]
        marks += [Mark(related.range, visible(related.message), False) for related in diagnostic.related]
        for path, cell in dict.fromkeys((mark.range.path, mark.range.cell) for mark in marks):
            here = [mark for mark in marks if (mark.range.path, mark.range.cell) == (path, cell)]
            arrow = "  --> " if (path, cell) == ("", diagnostic.cell) else "  ::: "
            yield self._paint(arrow, Style.EVIDENCE) + place(diagnostic.path, here[0].range, self._folder)
            text = self._texts.text(path or diagnostic.path, cell)
            if text is not None:
                yield from draw(text, here, self._paint, self._width)

    def _help(self, diagnostic: Diagnostic) -> Iterator[str]:
        """The preferred fix as a diff, and the titles of the others."""
        preferred, *others = diagnostic.fixes
        yield from self._titled("help: ", preferred)
        for cell in dict.fromkeys(edit.range.cell for edit in preferred.edits):
            text = self._texts.text(diagnostic.path, cell)
            if text is not None:
                edits = [edit for edit in preferred.edits if edit.range.cell == cell]
                yield from draw_changes(text, edits, self._paint, self._width)
        for other in others:
            yield from self._titled("  or: ", other)

    def _titled(self, word: str, fix: Fix) -> Iterator[str]:
        first, *rest = self._wrapped(f"{word}{visible(fix.title)} ({_HOW[fix.applicability]})", " " * len(word))
        yield self._paint(word, Style.HELP) + first.removeprefix(word)
        yield from rest

    def _wrapped(self, text: str, indent: str) -> list[str]:
        return textwrap.wrap(
            text, self._width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )


_HOW = {
    Applicability.SAFE: "`--fix` does this",
    Applicability.UNSAFE: "`--fix --unsafe-fixes` does this; look at it first",
    Applicability.DISPLAY: "shown only; it is for you to choose",
}
