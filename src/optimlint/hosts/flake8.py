"""The flake8 plugin: reports optimlint's findings in flake8, file by file.

flake8 finds the files, prints the findings and applies `# noqa`. The enabled rules come from the optimlint
configuration nearest to the file, as for the command. A file that does not parse is reported by flake8 and never passed
to the plugin.
"""

import os
import re
from argparse import Namespace
from ast import AST
from collections.abc import Iterator, Sequence
from functools import cache
from typing import ClassVar

from optimlint import __version__
from optimlint.check import check_source
from optimlint.diagnostic import Diagnostic
from optimlint.workspace.discover import Walk
from optimlint.workspace.display import visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.repositories import Ground, Repositories
from optimlint.workspace.settings import CommandLine, Settings

Report = tuple[int, int, str, type["Plugin"]]
"""A finding as flake8 expects it: 1-based line, 0-based column, code and message, and the plugin."""


class Plugin:
    """The plugin for one file. flake8 passes a syntax tree to plugins that check one file at a time."""

    name: ClassVar[str] = "optimlint"
    version: ClassVar[str] = __version__
    _obeys_noqa: ClassVar[bool] = True

    def __init__(self, tree: AST, filename: str, lines: Sequence[str]) -> None:
        self._path = os.path.abspath(filename)
        self._source = "".join(lines)

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Read the flake8 options that matter here. Raises flake8's ExecutionError if the optimlint configuration of
        the current folder is invalid."""
        cls._obeys_noqa = not options.disable_noqa
        try:
            _walk().settings.config(os.getcwd())
        except CommandError as error:
            from flake8.exceptions import ExecutionError

            raise ExecutionError(f"optimlint: {error}") from error

    def run(self) -> Iterator[Report]:
        """The findings of the file."""
        walk = _walk()
        if walk.excludes_named(self._path, is_folder=False):
            return
        source = self._source if self._obeys_noqa else _without_noqa(self._source)
        for one in _diagnostics(source, self._path, walk):
            yield one.range.start.line, one.range.start.column - 1, f"{one.code} {visible(one.message)}", type(self)


@cache
def _walk() -> Walk:
    """The settings for all files of this process."""
    return Walk(Settings(CommandLine(os.getcwd())), forces_exclude=True)


@cache
def _repositories() -> Repositories:
    """The repositories of the files of this process, each listed only once."""
    return Repositories(Ground())


def _diagnostics(source: str, path: str, walk: Walk) -> list[Diagnostic]:
    found = check_source(source, path, walk.settings.options(path), _repositories().around(path))
    # Findings in another file are reported when flake8 checks that file.
    return [one for one in found if one.path == path]


_NOQA = re.compile(r"(#\s*)noqa\b", re.IGNORECASE)


def _without_noqa(source: str) -> str:
    """The source with `noqa` in comments disabled, for `--disable-noqa`. Positions do not change."""
    return _NOQA.sub(r"\1----", source)
