"""Text on its way out: whatever comes from a source or a file name is shown, and never acts."""

import os
import sys
from typing import TextIO

from optimlint.workspace.errors import CommandError


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
