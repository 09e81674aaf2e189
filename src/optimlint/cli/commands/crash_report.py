"""The command `optimlint crash-report`: what to paste where optimlint breaks on a file, without private code."""

import os
import platform
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version

import click

import optimlint
from optimlint.cli import exit_codes
from optimlint.cli.commands.source_shrinking import anonymous, shrink
from optimlint.cli.terminal import write_out
from optimlint.options import Options
from optimlint.rules import RULES
from optimlint.syntax.outline import outline_of, whole
from optimlint.text import Unparseable, decode
from optimlint.workspace.display import visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.reading import read_file
from optimlint.workspace.worker_pool import Lost, Pool

_OWN_PACKAGES = ("optimlint", "libcst")
"""The packages whose lines are shown in a traceback."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """How optimlint fails: in which part and with which error. `lines` are the places in its own code and LibCST's."""

    part: str
    error: str
    lines: tuple[str, ...] = ()

    def is_like(self, other: "Symptom | None") -> bool:
        """Whether the other failure is at the same place, whatever its message."""
        return other is not None and (self.part, self.lines[-1:]) == (other.part, other.lines[-1:])


@click.command("crash-report", short_help="Print a report of a crash of optimlint on a file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--with-code", is_flag=True, help="Show the code unchanged, with its own names and strings.")
@click.option(
    "--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True, help="Seconds for each attempt."
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.0),
    default=60.0,
    show_default=True,
    help="Seconds in which the code is shrunk.",
)
def crash_report(file: str, *, with_code: bool, timeout: float, seconds: float) -> int:
    """Print a report to paste into an issue: versions, where optimlint crashed, and the smallest piece of FILE that
    still crashes it.

    In this piece, names and strings are replaced, and comments are left out. Nothing is sent anywhere. FILE must be
    Python: save a notebook as a script first.

    Exit codes: 0 FILE causes no crash, 1 a report was printed, 2 FILE could not be read as Python.
    """
    content = read_file(os.path.abspath(file))
    decoded = decode(content) if isinstance(content, bytes) else None
    if decoded is None or isinstance(decoded, Unparseable):
        raise CommandError(f"{visible(file)}: cannot be read as Python")
    with Pool(1, timeout) as pool:
        tried = _trier(pool)
        symptom = tried(decoded.text)
        if symptom is None:
            write_out(f"{visible(file)} causes no crash in optimlint {optimlint.__version__}\n")
            return exit_codes.FOUND_NOTHING
        small = shrink(decoded.text, lambda text: symptom.is_like(tried(text)), seconds)
        shown: str | None = small
        if not with_code:
            shown = anonymous(small)
            shown = shown if shown is not None and symptom.is_like(tried(shown)) else None
        told = tried(shown) if shown is not None else None
    write_out(_report(told or replace(symptom, error=symptom.error.partition(":")[0]), shown))
    return exit_codes.FOUND


def try_source(text: str) -> Symptom | None:
    """How optimlint fails on a source; None if it does not. A crash of the process is handled by the caller."""
    from optimlint.interpret import interpret

    try:
        # Read the piece even if nothing in it can matter; otherwise it could not shrink that far.
        outline = outline_of(text)
        facts = interpret(text, outline or whole(text), Options(reads_all=outline is None))
    except Exception as error:  # noqa: BLE001  Any error is what is looked for.
        return _symptom("reading", error)
    if isinstance(facts, Unparseable):
        return None
    for rule in RULES:
        try:
            list(rule.check(facts))
        except Exception as error:  # noqa: BLE001  Any error is what is looked for.
            return _symptom(rule.name, error)
    return None


def _trier(pool: Pool) -> Callable[[str], Symptom | None]:
    """Returns a function that tries a source in a separate process, so that one that crashes it can be shrunk, too."""

    def tried(text: str) -> Symptom | None:
        ((_, result),) = pool.map(try_source, [text])
        return Symptom(f"the process {result.loss.value}", result.reason) if isinstance(result, Lost) else result

    return tried


def _symptom(part: str, error: Exception) -> Symptom:
    frames = traceback.extract_tb(error.__traceback__)
    lines = (f"{place}:{frame.lineno} in {frame.name}" for frame in frames if (place := _place(frame.filename)))
    return Symptom(part, f"{type(error).__name__}: {error}", tuple(lines))


def _place(file: str) -> str:
    """The file relative to its package; "" for files of other packages."""
    for package in _OWN_PACKAGES:
        _, found, rest = file.replace(os.sep, "/").rpartition(f"/{package}/")
        if found:
            return f"{package}/{rest}"
    return ""


def _report(symptom: Symptom, code: str | None) -> str:
    lines = [
        f"optimlint {optimlint.__version__}, libcst {version('libcst')}, Python {platform.python_version()},"
        f" {sys.platform} {platform.machine()}",
        f"Broke in {symptom.part}: {visible(symptom.error)}",
        *(f"  {line}" for line in symptom.lines),
    ]
    if code is None:
        lines += ["", "It breaks only with names of its own in the code: see --with-code."]
    else:
        lines += ["", "```python", *(visible(line) for line in code.rstrip("\n").split("\n")), "```"]
    return "\n".join(lines) + "\n"
