"""The few colours of the reports for people."""

from collections.abc import Callable
from enum import Enum


class Style(Enum):
    """What a piece of text is; the value is how a terminal is told to show it."""

    PLACE = "1"
    FINDING = "1;31"
    EVIDENCE = "1;34"
    HELP = "1;36"
    ADDED = "32"
    REMOVED = "31"


Paint = Callable[[str, Style], str]


def painter(*, is_colored: bool) -> Paint:
    """What colours text, or leaves it as it is."""
    return _colored if is_colored else _plain


def _colored(text: str, style: Style) -> str:
    return f"\x1b[{style.value}m{text}\x1b[0m" if text else text


def _plain(text: str, _: Style) -> str:
    return text
