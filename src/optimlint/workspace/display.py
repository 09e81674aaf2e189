"""Make text from sources and file names safe to print: it cannot control a terminal or a CI log."""

import re
import unicodedata

_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories of characters that move the cursor, change direction, are invisible, or cannot be encoded."""


_LOG_COMMAND = re.compile(r"##(?=\w*\[)|^(?P<indent>\s*):(?=:)")
"""CI log commands: `##vso[…]` and the like anywhere in a line, `::error …` at its start."""


def visible(text: str) -> str:
    """`text` on one line, with everything escaped that a terminal or CI log would interpret."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible_character, text))
    return _LOG_COMMAND.sub(_visible_command, text)


def expand(line: str) -> str:
    """A source line for display: tabs become spaces, the rest as in `visible`."""
    return visible(line.expandtabs(4))


def columns(text: str) -> int:
    """The width of `text` in terminal columns: wide characters count two, combining characters none."""
    return len(text) if text.isascii() else sum(map(_character_columns, text))


def count(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _visible_character(character: str) -> str:
    if unicodedata.category(character) not in _UNSEEN:
        return character
    if "\udc80" <= character <= "\udcff":  # a byte of a file name that is not UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def _visible_command(match: re.Match[str]) -> str:
    return "#\\x23" if match["indent"] is None else f"{match['indent']}\\x3a"


def _character_columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
