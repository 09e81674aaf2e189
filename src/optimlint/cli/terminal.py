"""Text on its way out: whatever comes from a source or a file name is shown, and never acts."""

import os
import re
import sys
import unicodedata
from typing import TextIO

_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""The Unicode categories that move a cursor, turn text round, hide, or cannot be encoded."""

_LOG_COMMAND = re.compile(r"##(?=\w*\[)|^(?P<indent>\s*):(?=:)")
"""What CI systems obey in a log: `##vso[…]` and its like anywhere in a line, `::error …` at its beginning."""


class CommandError(Exception):
    """The command cannot do what it was asked for; the message says what and, where possible, how to mend it."""


def visible(text: str) -> str:
    """`text` on one line, with everything escaped that a terminal or a CI log would obey."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible_character, text))
    return _LOG_COMMAND.sub(_visible_command, text)


def expand(line: str) -> str:
    """A line of a source as it is shown: tabs as spaces, the rest as `visible` has it."""
    return visible(line.expandtabs(4))


def columns(text: str) -> int:
    """How many columns of a terminal `text` takes: wide characters two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_character_columns, text))


def count(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody is looking. A stream that was closed before the command started is None."""
    return stream is not None and stream.isatty()


def is_colored(choice: str) -> bool:
    """Whether standard output gets colours: as `always` and `never` say; for `auto` as the environment says
    (no-color.org, force-color.org), else where a terminal shows them."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"


def say(text: str) -> None:
    """A message for people, on standard error. Where it cannot be written, nobody can be told so either."""
    _write(sys.stderr, f"{text}\n")


def write_out(text: str | bytes) -> None:
    """The product of the run, on standard output, in one piece. A reader that has gone is no failure."""
    error = _write(sys.stdout, text)
    if error is not None and not isinstance(error, BrokenPipeError):
        raise CommandError(f"cannot write: {error.strerror}") from error


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


def _write(stream: TextIO | None, text: str | bytes) -> OSError | None:
    """Write at once, and return what prevented it."""
    if stream is None:  # The command was started with the stream closed.
        return None
    data = text if isinstance(text, bytes) else text.encode(stream.encoding or "utf-8", "backslashreplace")
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except OSError as error:
        # What Python itself flushes on its way out would fail again, with a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None
