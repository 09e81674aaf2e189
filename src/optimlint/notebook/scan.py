"""Track strings, brackets and continued lines from line to line, without a parser, which would fail at the first
`!ls`."""

import re

_TOKEN = re.compile(
    r"""(?P<triple>'{3}|"{3})|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?P<comment>\#)|(?P<open>[(\[{])|(?P<close>[)\]}])"""
)
_REST = {"'''": re.compile(r"(?:\\.|[^\\])*?'''"), '"""': re.compile(r'(?:\\.|[^\\])*?"""')}
"""The rest of a triple-quoted string, by its quotes."""


class LineScan:
    """Tracks whether the next line is inside a string or brackets, or continues the line before."""

    __slots__ = ("_depth", "_is_continued", "_quote")

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0
        self._is_continued = False

    @property
    def is_at_start(self) -> bool:
        """Whether a statement may start on the next line."""
        return not (self._quote or self._depth or self._is_continued)

    def read(self, line: str) -> None:
        """Process `line`, given without its line end."""
        self._is_continued = False
        place: int | None = 0
        while place is not None and place < len(line):
            place = self._string_end(line, place) if self._quote else self._next(line, place)
        self._is_continued = place is not None and not self._quote and line.endswith("\\")

    def _string_end(self, line: str, place: int) -> int | None:
        """The offset after the end of the open string; None if it does not end on this line."""
        match = _REST[self._quote].match(line, place)
        if match is None:
            return None
        self._quote = ""
        return match.end()

    def _next(self, line: str, place: int) -> int | None:
        """The offset after the next relevant token; None if the rest is a comment."""
        match = _TOKEN.search(line, place)
        if match is None:
            return len(line)
        match match.lastgroup:
            case "triple":
                self._quote = match.group()
            case "open":
                self._depth += 1
            case "close":
                self._depth = max(self._depth - 1, 0)
            case "comment":
                return None
        return match.end()
