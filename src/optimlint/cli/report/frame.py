"""A code frame: numbered lines of a source, with what is marked in them drawn beneath.

      |
   12 | /     groups = [
   13 | |         {"params": decay},
   14 | |     ]
      | |_____- `groups` is built here
    ...
   31 |       optimizer = AdamW(model.parameters())
      |                   ^^^^^^^^^^^^^^^^^^^^^^^^^
      |

A mark within one line is drawn below it, one over several lines as a bracket on the left.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimlint.cli.report.style import Paint, Style
from optimlint.diagnostic import Range
from optimlint.text import split_lines
from optimlint.workspace.display import columns, expand

CONTEXT = 2
"""Lines shown before and after a finding."""

TALLEST = 8
"""Marks up to this many lines are shown whole; of a taller one only the first and last lines are."""

CUT = "..."


@dataclass(frozen=True, slots=True)
class Mark:
    """A range to draw, with its label."""

    range: Range
    label: str
    is_primary: bool


def draw(text: str, marks: Sequence[Mark], paint: Paint, width: int) -> list[str]:
    """The rows of a frame with these marks, which all lie in `text`, for a terminal of that width."""
    return list(_Frame(text, marks, paint, width).rows())


def clip(shown: str, room: int) -> str:
    """`shown` clipped to `room` columns."""
    if columns(shown) <= room:
        return shown
    end = 0
    taken = len(CUT)
    while taken + (step := columns(shown[end])) <= room:
        taken += step
        end += 1
    return shown[:end] + CUT


@dataclass(frozen=True, slots=True)
class _Span:
    """A mark by its first and last line, its first column, and the column after its last one, 1-based."""

    mark: Mark
    first: int
    last: int
    start: int
    end: int
    starts_line: bool

    @property
    def is_tall(self) -> bool:
        return self.last > self.first

    @property
    def sign(self) -> str:
        return "^" if self.mark.is_primary else "-"

    @property
    def style(self) -> Style:
        return Style.FINDING if self.mark.is_primary else Style.EVIDENCE


class _Frame:
    """The layout of one frame: which lines are shown, and where their text begins."""

    def __init__(self, text: str, marks: Sequence[Mark], paint: Paint, width: int) -> None:
        self._lines = [line.rstrip("\r\n") for line in split_lines(text)] or [""]
        self._paint = paint
        spans = sorted(map(self._span, marks), key=lambda span: (span.first, span.start))
        self._spans = [span for span in spans if not span.is_tall]
        self._tall = _side_by_side([span for span in spans if span.is_tall])
        self._shown = sorted({number for span in spans for number in self._lines_of(span)})
        self._digits = len(str(self._shown[-1]))
        self._gutter_width = len(self._tall) + 1 if self._tall else 0
        self._room = max(20, width - self._digits - len(" | ") - self._gutter_width)
        self._left = self._hidden_columns(next((span for span in spans if span.mark.is_primary), spans[0]))

    def rows(self) -> Iterator[str]:
        """The rows of the frame from top to bottom."""
        yield self._edge()
        for before, number in zip([self._shown[0], *self._shown], self._shown, strict=False):
            if number > before + 1:
                yield (CUT.ljust(self._digits + 3) + self._gutter(number, is_beneath=False)).rstrip()
            yield self._row(str(number), self._gutter(number, is_beneath=False) + self._code(number))
            yield from self._marks_beneath(number)
        yield self._edge()

    def _span(self, mark: Mark) -> _Span:
        start, end = mark.range.start, mark.range.end
        first = min(start.line, len(self._lines))
        last = min(max(end.line, first), len(self._lines))
        if end.column == 1 and last > first:  # It ends with a line, before the next one begins.
            last -= 1
            end_column = len(self._lines[last - 1]) + 1
        else:
            end_column = end.column
        starts_line = not self._lines[first - 1][: start.column - 1].strip()
        return _Span(mark, first, last, start.column, end_column, starts_line)

    def _lines_of(self, span: _Span) -> Iterator[int]:
        """The lines to show for a mark: its own and, for the finding itself, adjacent lines that are not blank."""
        tall = range(span.first, span.last + 1)
        yield from tall if len(tall) <= TALLEST else (*tall[:3], *tall[-3:])
        if span.mark.is_primary:
            around = (*range(span.first - CONTEXT, span.first), *range(span.last + 1, span.last + 1 + CONTEXT))
            yield from (number for number in around if 0 < number <= len(self._lines) and self._line(number).strip())

    def _hidden_columns(self, span: _Span) -> int:
        """How many characters to cut on the left so that a finding far to the right is visible."""
        if columns(expand(self._line(span.first)[: max(span.start, span.end)])) <= self._room or span.is_tall:
            return 0
        before = columns(expand(self._line(span.first)[: span.start]))
        return 0 if before <= self._room // 2 else max(0, span.start - 1 - self._room // 3)

    def _marks_beneath(self, number: int) -> Iterator[str]:
        for span in self._spans:
            if span.first == number:
                yield from self._flat_mark(span)
        for index, span in [(index, span) for index, track in enumerate(self._tall) for span in track]:
            if span.first == number and not span.starts_line:
                gutter = self._gutter(number, is_beneath=True)[:index]
                line = "_" * (self._gutter_width - index - 1 + self._column(number, span.start))
                yield self._row("", f"{gutter} {self._paint(line + span.sign, span.style)}")
            if span.last == number:
                gutter = self._gutter(number, is_beneath=True)[:index]
                column = self._column(number, max(1, span.end - 1))
                line = "|" + "_" * (self._gutter_width - index - 1 + column) + span.sign
                yield from self._labelled(gutter, line, span, column)

    def _flat_mark(self, span: _Span) -> Iterator[str]:
        start, end = self._column(span.first, span.start), self._column(span.first, span.end)
        gutter = self._gutter(span.first, is_beneath=True)
        yield from self._labelled(gutter + " " * start, span.sign * max(1, end - start), span, start)

    def _labelled(self, before: str, drawn: str, span: _Span, column: int) -> Iterator[str]:
        """The row of a mark, with its label after it or, if there is no room, below it."""
        label = span.mark.label
        if columns(before + drawn) + 1 + columns(label) <= self._gutter_width + self._room:
            yield self._row("", before + self._paint(f"{drawn} {label}".rstrip(), span.style))
            return
        yield self._row("", before + self._paint(drawn, span.style))
        indent = min(column, self._room // 2)
        blank = self._gutter(span.last, is_beneath=True) if not span.is_tall else " " * self._gutter_width
        for line in textwrap.wrap(label, self._room - indent, break_long_words=False):
            yield self._row("", blank + " " * indent + self._paint(line, span.style))

    def _gutter(self, number: int, *, is_beneath: bool) -> str:
        """The brackets of tall marks beside line `number`, or in the rows below it."""
        bars = [max(_bar(span, number, is_beneath=is_beneath) for span in track) for track in self._tall]
        return "".join(bars).ljust(self._gutter_width)

    def _column(self, number: int, column: int) -> int:
        """The 0-based column where a 1-based column in code points is drawn."""
        cut = len(CUT) if self._left else 0
        drawn = columns(expand(self._line(number)[self._left : max(self._left, column - 1)])) + cut
        return min(drawn, self._room - 1)

    def _code(self, number: int) -> str:
        shown = expand(self._line(number)[self._left :])
        return clip(CUT + shown if self._left and shown else shown, self._room)

    def _line(self, number: int) -> str:
        return self._lines[number - 1]

    def _row(self, number: str, content: str) -> str:
        return f"{self._paint(f'{number:>{self._digits}} |', Style.EVIDENCE)} {content}".rstrip()

    def _edge(self) -> str:
        return self._row("", "")


def _bar(span: _Span, number: int, *, is_beneath: bool) -> str:
    if number == span.first and span.starts_line:
        return "|" if is_beneath else "/"
    return "|" if span.first < number <= span.last else " "


def _side_by_side(spans: Sequence[_Span]) -> list[list[_Span]]:
    """Assign the spans to as few bracket columns as possible, without overlaps."""
    tracks: list[list[_Span]] = []
    for span in spans:
        track = next((track for track in tracks if track[-1].last < span.first), None)
        if track is None:
            tracks.append([span])
        else:
            track.append(span)
    return tracks
