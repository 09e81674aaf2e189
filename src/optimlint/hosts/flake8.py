"""The flake8 plugin: optimlint's findings among flake8's, file by file.

flake8 finds the files, prints what is found and obeys `# noqa`; the rules that run are those of the optimlint
configuration nearest to the file, as for the command. A file that does not parse never comes here: flake8 reports it.
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
"""What flake8 wants of a plugin: 1-based line, 0-based column, code and message, and the plugin."""


class Plugin:
    """One file, as flake8 hands it over. flake8 asks for the tree of those plugins that need one file at a time."""

    name: ClassVar[str] = "optimlint"
    version: ClassVar[str] = __version__
    _obeys_noqa: ClassVar[bool] = True

    def __init__(self, tree: AST, filename: str, lines: Sequence[str]) -> None:
        self._path = os.path.abspath(filename)
        self._source = "".join(lines)

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Take over what flake8's own options mean here, and say in time that the configuration at hand is wrong."""
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
    """The repositories that the files of this process ask about, each listed once."""
    return Repositories(Ground())


def _diagnostics(source: str, path: str, walk: Walk) -> list[Diagnostic]:
    found = check_source(source, path, walk.settings.options(path), _repositories().around(path))
    # What is wrong in another file is told where flake8 looks at that.
    return [one for one in found if one.path == path]


_NOQA = re.compile(r"(#\s*)noqa\b", re.IGNORECASE)


def _without_noqa(source: str) -> str:
    """The source as it is for `--disable-noqa`, nothing moved."""
    return _NOQA.sub(r"\1----", source)
