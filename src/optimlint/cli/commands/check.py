"""The command `optimlint check`: its options, and what they mean together."""

import os
from collections.abc import Callable
from typing import Never

import click

from optimlint.cli.adoption.options import Adoption, adoption_options, forbid_together
from optimlint.cli.commands.check_run import Request, execute
from optimlint.cli.commands.choices import Choice, choice_options, walk_of
from optimlint.cli.commands.help_sections import CheckCommand
from optimlint.cli.commands.outputs import Outputs, output_options
from optimlint.cli.report.summary import Mode
from optimlint.cli.terminal import is_colored
from optimlint.workspace.configuration import SEVERITIES
from optimlint.workspace.paths import STANDARD_INPUT


@click.command(cls=CheckCommand, short_help="Check Python files and notebooks.")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--fix", is_flag=True, help="Apply the safe fixes, then report what is left.")
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="With --fix or --diff, include fixes that a person should review; otherwise count them as fixable.",
)
@click.option("--diff", is_flag=True, help="Print what fixes would change as a unified diff, and write no file.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="note",
    help="Exit with 1 only for findings of this severity or a higher one. Default: note.",
)
@click.option(
    "--stdin-filename", type=click.Path(), metavar="PATH", help="The file name of the source on standard input."
)
@choice_options
@click.option("--no-cache", is_flag=True, help="Has no effect: optimlint keeps no cache.")
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="Number of worker processes. Default: the number of processors."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up on a file after this time.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print only findings and errors.")
@click.option("--verbose", "-v", is_flag=True, help="Print which files are parsed, and the time taken.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Whether to use colours.")
@output_options
@adoption_options
def check(
    adoption: Adoption,
    outputs: Outputs,
    choice: Choice,
    paths: tuple[str, ...],
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    exit_zero: bool,
    fail_on: str,
    stdin_filename: str | None,
    no_cache: bool,
    jobs: int | None,
    timeout: float,
    quiet: bool,
    verbose: bool,
    color: str,
) -> int:
    """Check the Python files and notebooks in PATHS, by default the current folder. `-` is standard input.
    The code blocks of a page (.md, .qmd, .rst) are checked if the page itself is named.

    Exit codes: 0 nothing found, 1 findings, 2 something could not be done.
    """
    if diff and outputs != Outputs():
        raise click.UsageError("--diff cannot be used together with --output options or --statistics.")
    folder = os.getcwd()

    def request() -> Request:
        """The request anew, since a configuration may have changed."""
        return Request(
            paths=paths or (".",),
            standard_input=_standard_input(paths, stdin_filename, folder),
            walk=walk_of(choice, paths, folder, respects_suppressions=not adoption.ignores_suppressions),
            folder=folder,
            mode=_mode(adoption, is_diff=diff, is_fix=fix),
            with_unsafe=unsafe_fixes,
            outputs=outputs,
            failing=() if exit_zero else SEVERITIES[: SEVERITIES.index(fail_on) + 1],
            is_quiet=quiet,
            is_verbose=verbose,
            is_colored=is_colored(color) and not outputs.file,
            jobs=jobs or _processors(),
            timeout=timeout,
            adoption=adoption,
        )

    return _watch(request, choice.config) if adoption.watches else execute(request())


def _watch(request: Callable[[], Request], config: str | None) -> Never:
    from optimlint.cli.commands.watch import Watched, watch

    first = request()
    if first.standard_input or first.mode is Mode.FIX:
        raise click.UsageError(
            "--watch changes no files and needs paths: it cannot be used together with --fix or `-`."
        )
    files = (first.outputs.file, *(output.file for output in first.outputs.further))
    watched = Watched(
        first.paths,
        frozenset(os.path.abspath(path) for path in (config, first.adoption.baseline) if path),
        frozenset(os.path.abspath(path) for path in files if path),
    )
    watch(lambda: execute(request()), watched)


def _mode(adoption: Adoption, *, is_diff: bool, is_fix: bool) -> Mode:
    if adoption.reason is not None:
        forbid_together({"--fix": is_fix, "--diff": is_diff}, "--add-ignores")
        return Mode.IGNORE
    if adoption.writes_baseline:
        forbid_together({"--fix": is_fix, "--diff": is_diff}, "--write-baseline")
    return Mode.DIFF if is_diff else Mode.FIX if is_fix else Mode.CHECK


def _standard_input(paths: tuple[str, ...], name: str | None, folder: str) -> str | None:
    """The path of the source on standard input, None where files are read. Without a name it goes by `-`."""
    if STANDARD_INPUT in paths:
        if len(paths) > 1:
            raise click.UsageError("Standard input (`-`) cannot be checked together with other paths.")
        return os.path.abspath(os.path.join(folder, name or STANDARD_INPUT))
    if name is not None:
        raise click.UsageError("--stdin-filename needs `-` as the path.")
    return None


def _processors() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
