"""The command `optimlint groups`: what every optimizer really gets."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from optimlint.cli import exit_codes
from optimlint.cli.report.summary import named
from optimlint.cli.terminal import say, write_out
from optimlint.trigger import NOTEBOOK, suffix_of
from optimlint.workspace.discover import Walk, discover, nothing_under
from optimlint.workspace.display import count, visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.outcome import Failure, FailureKind
from optimlint.workspace.reading import LARGEST_PARSED, read_file
from optimlint.workspace.settings import CommandLine, Settings

if TYPE_CHECKING:
    from optimlint.live import Report
    from optimlint.workspace.optimizer_groups import FoundOptimizer

_TIMEOUT = 20.0
"""Seconds that a file may take."""


@click.command(short_help="Show the parameter groups that each optimizer really gets.")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="The format of the output.")
@click.option(
    "--live",
    type=click.Path(),
    metavar="FILE",
    help="A report of a run that optimlint.live wrote; it is compared with the code.",
)
@click.option("--verbose", "-v", is_flag=True, help="Show each optimizer in full, also for folders.")
@click.option("--quiet", "-q", is_flag=True, help="Print only groups and errors.")
def groups(paths: tuple[str, ...], output_format: str, live: str | None, verbose: bool, quiet: bool) -> int:
    """Show what the `param_groups` of each optimizer in PATHS (by default the current folder) will hold, without
    running anything.

    For each optimizer this prints its qualified name, then for each group its parameters in words, its weight decay
    and its learning rate. Both values say where they come from: the group, the call, or the optimizer's default. Then
    come parameters that are in no group, and groups that are built but not used. For a folder, each optimizer is one
    line, unless --verbose is given.

    \b
    With --output-format json, this prints a list of objects, sorted by file and place:
      filename       absolute path
      cell           null, or in a notebook the 1-based index among its cells
      location, end_location
                     the construction: {"row", "column"}, 1-based
      optimizer      qualified name, null where it does not resolve
      callee         what is called, as written
      place          the name that the optimizer is assigned to, or null
      choices        a list of groups for each way that branches may go
      certain        false where something cannot be followed: there may be more
                     groups, fewer, or the same in another order
      in_no_group    a list of texts: the parameters that no group holds
      in_no_group_certain
                     false where more parameters may be in no group
      in_no_group_of a list of the models that in_no_group is about, as the code writes them
      unused         a list of {"place", "cell", "location", "end_location", "groups"}
      live           only with --live: {"optimizer", "differences"}, the index in the
                     report and a list of sentences; null where the run has none
    A group is an object:
      cell, location, end_location
                     where it is written
      parameters     which they are, in words
      readable       false where it holds more that cannot be followed
      added          true where add_param_group brings it later
      weight_decay, lr
                     {"value", "text", "origin"}: the number or null; the number or
                     the code that stands for it; "group", "call", "default",
                     "absent" (the optimizer has no such setting) or "unknown"

    Exit codes: 0 everything was read, 2 something could not be read.
    """
    from optimlint.cli.report.groups import TextLayout, json_report, text_report
    from optimlint.cli.report.groups_lines import lines_report

    folder = os.getcwd()
    run = _report(live) if live is not None else None
    walk = Walk(Settings(CommandLine(folder)))
    found = discover(paths or (".",), walk)
    failures = list(found.failures)
    contents = dict(_read(found.files, failures))
    if not found.files and not failures:
        failures.append(nothing_under(paths or (".",), folder))
    optimizers = _look(contents, walk, failures) if contents else []
    if output_format == "json":
        write_out(json_report(optimizers, run))
    elif run is None and not verbose and len(found.files) > 1 and any(map(os.path.isdir, paths or (".",))):
        write_out(lines_report(optimizers, folder))
    else:
        write_out(text_report(optimizers, TextLayout(folder, _width(), _is_colored()), run))
    return _told(optimizers, found.files, failures, is_quiet=quiet)


def _told(
    optimizers: "Sequence[FoundOptimizer]", files: Sequence[str], failures: Sequence[Failure], *, is_quiet: bool
) -> int:
    """Tell what could not be done and how much was looked at; the exit code."""
    folder = os.getcwd()
    for line in named(failures, folder):
        say(line)
    if not is_quiet:
        say(f"Found {count(len(optimizers), 'optimizer')} in {count(len(files), 'file')}")
    return exit_codes.FAILED if failures else exit_codes.FOUND_NOTHING


def _report(path: str) -> "Report":
    """The report of a run in a file."""
    from optimlint.live.read import NotAReport, from_json

    content = read_file(path)
    if isinstance(content, Failure):
        raise CommandError(f"cannot read {visible(path)}: {content.reason}")
    try:
        return from_json(content.decode("utf-8"))
    except (NotAReport, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, NotAReport) else "it is not UTF-8"
        raise CommandError(
            f"{visible(path)} is no report of optimlint.live: {visible(reason)}; `report.to_json()` writes one"
        ) from error


def _read(files: Sequence[str], failures: list[Failure]) -> Iterator[tuple[str, bytes]]:
    """The contents of files that may construct an optimizer. The byte scan of `optimlint check` is not used, because
    optimizers without any possible finding are shown, too."""
    for file in files:
        content = read_file(file)
        if isinstance(content, Failure):
            failures.append(content)
        elif b"optim" not in content and b"param" not in content:
            continue
        elif len(content) > LARGEST_PARSED and suffix_of(file) != NOTEBOOK:
            reason = f"larger than {LARGEST_PARSED // 1_000_000} MB"
            failures.append(Failure(file, FailureKind.TOO_LARGE, reason))
        else:
            yield file, content


def _look(contents: dict[str, bytes], walk: Walk, failures: list[Failure]) -> "list[FoundOptimizer]":
    from optimlint.workspace.optimizer_groups import find_optimizers
    from optimlint.workspace.worker import Source

    sources = [Source(path, content, walk.settings.options(path)) for path, content in contents.items()]
    found, more = find_optimizers(sources, walk, _TIMEOUT)
    failures += more
    return found


def _width() -> int:
    """The width of the terminal in columns; 80 for a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 80


def _is_colored() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
