"""A fix as a small diff: the lines that it replaces, and what it puts in their place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimlint.cli.report.frame import clip
from optimlint.cli.report.style import Paint, Style
from optimlint.cli.terminal import expand
from optimlint.diagnostic import Edit
from optimlint.text import apply_edits, split_lines


def draw_changes(text: str, edits: Sequence[Edit], paint: Paint, width: int) -> list[str]:
    """The rows of the diff that `edits`, all of one text, make, for a terminal of that width."""
    changes = list(_changes(text, edits))
    numbers = [change.line + max(len(change.before), len(change.after)) for change in changes]
    digits = len(str(max(numbers, default=0)))
    rows = []
    for change in changes:
        for sign, lines, style in (("-", change.before, Style.REMOVED), ("+", change.after, Style.ADDED)):
            for number, line in enumerate(lines, start=change.line):
                shown = clip(expand(line.rstrip("\r\n")), max(20, width - digits - 3))
                rows.append(f"{number:>{digits}} {paint(f'{sign} {shown}'.rstrip(), style)}")
    return rows


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines of the old text, from number `line` on, and the lines in their place."""

    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]


def _changes(text: str, edits: Sequence[Edit]) -> Iterator[_Change]:
    """What the edits do to the lines: edits on the same or neighbouring lines make one change."""
    cluster: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.range.order):
        if cluster and edit.range.start.line > cluster[-1].range.end.line + 1:
            yield _change(text, cluster)
            cluster = []
        cluster.append(edit)
    if cluster:
        yield _change(text, cluster)


def _change(text: str, cluster: Sequence[Edit]) -> _Change:
    before, after = split_lines(text), split_lines(apply_edits(text, tuple(cluster)))
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    return _Change(head + 1, tuple(before[head : len(before) - tail]), tuple(after[head : len(after) - tail]))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
