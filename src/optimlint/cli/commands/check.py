"""The command `optimlint check`: its options, and what they mean together."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Never

import click

from optimlint.cli.adoption.options import Adoption, adoption_options, forbid_together
from optimlint.cli.commands.check_run import Request, execute
from optimlint.cli.commands.completion import completions
from optimlint.cli.commands.outputs import Outputs, output_options
from optimlint.cli.report.summary import Mode
from optimlint.cli.terminal import is_colored
from optimlint.workspace.configuration import only_config
from optimlint.workspace.discover import Walk
from optimlint.workspace.display import visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.paths import path_within
from optimlint.workspace.rule_selectors import Selection, complaint
from optimlint.workspace.settings import CommandLine, Settings

_SELECTORS = "Names, codes, prefixes of codes such as OPT0, or ALL, divided by commas."


@click.command(short_help="Check Python files and notebooks.")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--fix", is_flag=True, help="Apply the fixes that are safe, then report what is left.")
@click.option(
    "--unsafe-fixes", is_flag=True, help="Apply, or count as fixable, also fixes that a person should look at."
)
@click.option("--diff", is_flag=True, help="Print what fixes would change, as a unified diff, and write nothing.")
@click.option(
    "--select", multiple=True, metavar="RULES", shell_complete=completions, help=f"Run these rules only. {_SELECTORS}"
)
@click.option(
    "--extend-select", multiple=True, metavar="RULES", shell_complete=completions, help="Run these rules, too."
)
@click.option("--ignore", multiple=True, metavar="RULES", shell_complete=completions, help="Do not run these rules.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also where there are findings.")
@click.option(
    "--stdin-filename", type=click.Path(), metavar="PATH", help="What the source on standard input is called."
)
@click.option("--config", type=click.Path(), metavar="FILE", help="Use this configuration file for all files.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--exclude", multiple=True, metavar="PATTERNS", help="Leave out what matches, in place of the defaults.")
@click.option("--extend-exclude", multiple=True, metavar="PATTERNS", help="Leave out what matches, too.")
@click.option("--force-exclude", is_flag=True, help="Leave out excluded paths also where they are named.")
@click.option("--markdown", is_flag=True, help="Check code blocks of .md, .qmd and .rst files in folders, too.")
@click.option("--respect-gitignore/--no-respect-gitignore", default=True, help="Obey .gitignore files; the default.")
@click.option("--no-cache", is_flag=True, help="Accepted; nothing is cached.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Worker processes; as many as there are processors.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a file may take.",
)
@click.option("--quiet", "-q", is_flag=True, help="Write findings and errors only.")
@click.option("--verbose", "-v", is_flag=True, help="Name the files that are parsed, and the time taken.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Whether to use colours.")
@output_options
@adoption_options
def check(
    adoption: Adoption,
    outputs: Outputs,
    paths: tuple[str, ...],
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    exit_zero: bool,
    stdin_filename: str | None,
    config: str | None,
    isolated: bool,
    exclude: tuple[str, ...],
    extend_exclude: tuple[str, ...],
    force_exclude: bool,
    markdown: bool,
    respect_gitignore: bool,
    no_cache: bool,
    jobs: int | None,
    timeout: float,
    quiet: bool,
    verbose: bool,
    color: str,
) -> int:
    """Check the Python files and notebooks in PATHS, the current folder by default; `-` is standard input.
    A page (.md, .qmd, .rst) that is named is checked, too: its code blocks.

    Exit codes: 0 nothing found, 1 findings, 2 something could not be done.
    """
    if diff and outputs != Outputs():
        raise click.UsageError("--diff prints a diff; it goes with no --output option, and not with --statistics.")
    forbid_together({"--isolated": isolated and config is not None}, "--config")
    folder = os.getcwd()

    def request() -> Request:
        """The request anew, since a configuration may have changed."""
        line = CommandLine(
            folder,
            Selection(
                _rules("--select", select) or None, _rules("--ignore", ignore), _rules("--extend-select", extend_select)
            ),
            _listed(exclude) or None,
            _listed(extend_exclude),
            only_config(config, folder, is_isolated=isolated),
            markdown,
            not adoption.ignores_suppressions,
            tuple(_folders_elsewhere(paths, folder)),
        )
        return Request(
            paths=paths or (".",),
            standard_input=_standard_input(paths, stdin_filename, folder),
            walk=Walk(Settings(line), respect_gitignore, force_exclude),
            folder=folder,
            mode=_mode(adoption, is_diff=diff, is_fix=fix),
            with_unsafe=unsafe_fixes,
            outputs=outputs,
            is_exit_zero=exit_zero,
            is_quiet=quiet,
            is_verbose=verbose,
            is_colored=is_colored(color) and not outputs.file,
            jobs=jobs or _processors(),
            timeout=timeout,
            adoption=adoption,
        )

    return _watch(request, config) if adoption.watches else execute(request())


def _watch(request: Callable[[], Request], config: str | None) -> Never:
    from optimlint.cli.commands.watch import Watched, watch

    first = request()
    if first.standard_input or first.mode is Mode.FIX:
        raise click.UsageError("--watch checks files and changes none: neither `-` nor --fix goes with it.")
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


def _rules(option: str, selectors: Sequence[str]) -> tuple[str, ...]:
    listed = _listed(selectors)
    for selector in listed:
        if wrong := complaint(selector):
            raise CommandError(f"{option}: {visible(wrong)}")
    return listed


def _listed(values: Sequence[str]) -> tuple[str, ...]:
    """The values of an option that may be given several times, and hold several values divided by commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _standard_input(paths: tuple[str, ...], name: str | None, folder: str) -> str | None:
    """The path of the source on standard input, None where files are read. Without a name it goes by `-`."""
    if "-" in paths:
        if len(paths) > 1:
            raise click.UsageError("`-`, standard input, cannot be checked together with other paths.")
        return os.path.abspath(os.path.join(folder, name or "-"))
    if name is not None:
        raise click.UsageError("--stdin-filename needs `-` as the path.")
    return None


def _folders_elsewhere(paths: Sequence[str], folder: str) -> Iterator[str]:
    """The folders among the paths, and those of the files, that are not in `folder`."""
    for path in map(os.path.abspath, paths):
        here = path if os.path.isdir(path) else os.path.dirname(path)
        if path_within(here, folder) is None:
            yield here


def _processors() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
