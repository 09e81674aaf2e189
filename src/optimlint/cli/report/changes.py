"""Show a fix as a small diff: the replaced lines and the new ones.

If a line is too long for the terminal, the part that changes is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from optimlint.cli.report.frame import CUT, clip
from optimlint.cli.report.style import Paint, Style
from optimlint.diagnostic import Edit
from optimlint.text import apply_edits, split_lines
from optimlint.workspace.display import columns, expand


def draw_changes(text: str, edits: Sequence[Edit], paint: Paint, width: int) -> list[str]:
    """The rows of the diff for `edits` of one text, for a terminal of that width."""
    changes = list(_changes(text, edits))
    numbers = [change.line + max(len(change.before), len(change.after)) for change in changes]
    digits = len(str(max(numbers, default=0)))
    room = max(20, width - digits - 3)
    rows = []
    for change in changes:
        hidden = change.hidden_columns(room)
        for sign, lines, style in (("-", change.before, Style.REMOVED), ("+", change.after, Style.ADDED)):
            for number, line in enumerate(lines):
                shown = _slide(line, hidden[number], room)
                rows.append(f"{change.line + number:>{digits}} {paint(f'{sign} {shown}'.rstrip(), style)}")
    return rows


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines of the old text from number `line` on, and their replacement."""

    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    def hidden_columns(self, room: int) -> list[int]:
        """How many characters to cut on the left of each line so that its change is visible."""
        return [_hidden_columns(*pair, room) for pair in zip_longest(self.before, self.after, fillvalue="")]


def _hidden_columns(before: str, after: str, room: int) -> int:
    """How many characters to cut on the left of a pair of lines. 0 if one is missing, or if both fit up to the end of
    the change; otherwise just enough to show the ends."""
    before, after = before.rstrip("\r\n"), after.rstrip("\r\n")
    start = _common(before, after)
    same_end = min(_common(before[::-1], after[::-1]), min(len(before), len(after)) - start)
    longest = max((line[: len(line) - same_end] for line in (before, after)), key=len)
    if not before or not after or columns(expand(longest)) + len(CUT) <= room:
        return 0
    too_long = max(columns(expand(line)) for line in (before, after)) + len(CUT) - room
    return max(0, min(start - room // 3, too_long))


def _slide(line: str, hidden: int, room: int) -> str:
    """The line without its hidden characters, clipped to the available columns."""
    shown = expand(line.rstrip("\r\n")[hidden:])
    return clip(CUT + shown if hidden else shown, room)


def _changes(text: str, edits: Sequence[Edit]) -> Iterator[_Change]:
    """The changes that the edits make. Edits on the same or adjacent lines are one change."""
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
    """The length of the common prefix, in lines or in characters."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
