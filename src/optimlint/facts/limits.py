"""Limits on how much is read for one source, so that a check ends soon. What is beyond a limit is unknown."""

from enum import Enum


class Limit(Enum):
    """The kinds of things left unread, in words, singular and plural."""

    CALL = "call", "calls"
    FILE = "imported file", "imported files"
    DEFINITION = "file with imported code", "files with imported code"
    CALLER = "file with callers", "files with callers"

    def count(self, number: int) -> str:
        """The number with the noun: `3 imported files`."""
        one, several = self.value
        return f"{number} {one if number == 1 else several}"
