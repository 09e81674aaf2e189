"""Limits of what is read for one source, so that a check ends soon. What lies past one is unknown."""

from enum import Enum


class Limit(Enum):
    """What was left unread, in words for people, of one and of several."""

    CALL = "call", "calls"
    FILE = "imported file", "imported files"
    CALLER = "file with callers", "files with callers"

    def count(self, number: int) -> str:
        """`3 imported files`."""
        one, several = self.value
        return f"{number} {one if number == 1 else several}"
