"""The options that choose files and rules."""

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import click

from optimlint.cli.adoption.options import forbid_together
from optimlint.cli.commands.completion import completions
from optimlint.workspace.configuration import only_config
from optimlint.workspace.discover import Walk
from optimlint.workspace.display import visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.paths import path_within
from optimlint.workspace.rule_selectors import Selection, complaint
from optimlint.workspace.settings import CommandLine, Settings

_SELECTORS = "Names, codes, prefixes of codes such as OPT0, or ALL, separated by commas."


@dataclass(frozen=True, slots=True)
class Choice:
    """The values of these options, as written."""

    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    config: str | None
    isolated: bool
    exclude: tuple[str, ...]
    extend_exclude: tuple[str, ...]
    force_exclude: bool
    markdown: bool
    respect_gitignore: bool


def choice_options(command: Callable[..., int]) -> Callable[..., int]:
    """Decorate a command with these options. It gets them as one value, `choice`."""

    @click.option(
        "--select",
        multiple=True,
        metavar="RULES",
        shell_complete=completions,
        help=f"Run only these rules. {_SELECTORS}",
    )
    @click.option(
        "--extend-select", multiple=True, metavar="RULES", shell_complete=completions, help="Also run these rules."
    )
    @click.option(
        "--ignore", multiple=True, metavar="RULES", shell_complete=completions, help="Do not run these rules."
    )
    @click.option("--config", type=click.Path(), metavar="FILE", help="Use this configuration file for all files.")
    @click.option("--isolated", is_flag=True, help="Use no configuration file.")
    @click.option(
        "--exclude", multiple=True, metavar="PATTERNS", help="Skip paths that match, instead of the default patterns."
    )
    @click.option("--extend-exclude", multiple=True, metavar="PATTERNS", help="Also skip paths that match.")
    @click.option("--force-exclude", is_flag=True, help="Skip excluded paths even if they are named.")
    @click.option("--markdown", is_flag=True, help="Also check code blocks of .md, .qmd and .rst files in folders.")
    @click.option(
        "--respect-gitignore/--no-respect-gitignore",
        default=True,
        help="Skip what .gitignore files ignore. This is the default.",
    )
    @functools.wraps(command)
    def with_options(
        select: tuple[str, ...],
        extend_select: tuple[str, ...],
        ignore: tuple[str, ...],
        config: str | None,
        isolated: bool,
        exclude: tuple[str, ...],
        extend_exclude: tuple[str, ...],
        force_exclude: bool,
        markdown: bool,
        respect_gitignore: bool,
        **others: object,
    ) -> int:
        choice = Choice(
            select,
            extend_select,
            ignore,
            config,
            isolated,
            exclude,
            extend_exclude,
            force_exclude,
            markdown,
            respect_gitignore,
        )
        forbid_together({"--isolated": isolated and config is not None}, "--config")
        return command(choice=choice, **others)

    return with_options


def walk_of(choice: Choice, paths: Sequence[str], folder: str, *, respects_suppressions: bool) -> Walk:
    """The walk for a choice, with selectors verified and the named configuration read."""
    line = CommandLine(
        folder,
        Selection(
            _rules("--select", choice.select) or None,
            _rules("--ignore", choice.ignore),
            _rules("--extend-select", choice.extend_select),
        ),
        _listed(choice.exclude) or None,
        _listed(choice.extend_exclude),
        only_config(choice.config, folder, is_isolated=choice.isolated),
        choice.markdown,
        respects_suppressions,
        tuple(_folders_elsewhere(paths, folder)),
    )
    return Walk(Settings(line), choice.respect_gitignore, choice.force_exclude)


def _rules(option: str, selectors: Sequence[str]) -> tuple[str, ...]:
    listed = _listed(selectors)
    for selector in listed:
        if wrong := complaint(selector):
            raise CommandError(f"{option}: {visible(wrong)}")
    return listed


def _listed(values: Sequence[str]) -> tuple[str, ...]:
    """The values of an option that can be repeated and can have comma-separated values."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _folders_elsewhere(paths: Sequence[str], folder: str) -> Iterator[str]:
    """The folders of the paths that are outside `folder`."""
    for path in map(os.path.abspath, paths):
        here = path if os.path.isdir(path) else os.path.dirname(path)
        if path_within(here, folder) is None:
            yield here
