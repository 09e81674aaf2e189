"""`optimlint check --watch`: run again whenever a source or a configuration changes."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Never

import click

from optimlint.cli.terminal import is_terminal, say
from optimlint.trigger import PAGES, suffix_of
from optimlint.workspace.configuration import FILE_NAMES
from optimlint.workspace.discover import SOURCES
from optimlint.workspace.display import count, visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.paths import shown
from optimlint.workspace.settings import DEFAULT_EXCLUDES

_PAUSE = 200
"""Milliseconds between checks for an interrupt."""

_SUFFIXES = SOURCES | PAGES
_NAMES = frozenset({*FILE_NAMES, ".gitignore"})


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched: the checked paths and files beside them that matter, but not files that the run itself writes,
    which would make it run forever."""

    paths: tuple[str, ...]
    beside: frozenset[str]
    written: frozenset[str]


def watch(run: Callable[[], int], watched: Watched) -> Never:
    """Call `run` now and after each change, until the user interrupts."""
    changes = _changes(watched)
    for changed in changes:  # The first time it is empty. From then on no change is missed.
        _run(run, changed)
    raise CommandError("the files cannot be watched any longer")


def _run(run: Callable[[], int], changed: Sequence[str]) -> None:
    if is_terminal(sys.stdout):
        click.clear()
    if changed:
        folder = os.getcwd()
        more = f" and {count(len(changed) - 1, 'other')}" if len(changed) > 1 else ""
        say(f"{time.strftime('%H:%M:%S')} {shown(changed[0], folder)}{more} changed")
    try:
        run()
    except CommandError as error:  # A configuration that is being edited may be wrong for a while.
        say(f"error: {error}")
    say("Watching for changes; Ctrl-C ends it")


def _changes(watched: Watched) -> Iterator[list[str]]:
    """Yield the changed paths each time there are some. Yields an empty list first, once watching has started."""
    try:
        from watchfiles import watch as watch_files
    except ImportError as error:
        raise CommandError("--watch needs watchfiles: pip install 'optimlint[watch]'") from error
    folders, named = _folders(watched.paths)
    events = watch_files(
        *folders,
        watch_filter=lambda _, path: _matters(path, folders, named | watched.beside) and path not in watched.written,
        rust_timeout=_PAUSE,
        yield_on_timeout=True,
        recursive=len(named) < len(watched.paths),
        ignore_permission_denied=True,
    )
    is_first = True
    for event in events:
        if event or is_first:
            yield sorted(path for _, path in event)
        is_first = False


def _folders(paths: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The folders to watch, and the files that were named. A file is watched through its folder, because an editor may
    replace it by a new file."""
    folders: dict[str, None] = {}
    named: set[str] = set()
    for path in map(os.path.abspath, paths):
        if not os.path.exists(path):
            raise CommandError(f"{visible(path)}: not found, so it cannot be watched")
        if not os.path.isdir(path):
            named.add(path)
            path = os.path.dirname(path)
        folders[path] = None
    return list(folders), frozenset(named)


def _matters(path: str, folders: Sequence[str], named: frozenset[str]) -> bool:
    """Whether a change at `path` may change the findings."""
    if path in named or os.path.basename(path) in _NAMES:
        return True
    if suffix_of(path) not in _SUFFIXES:
        return False
    folder = max((one for one in folders if path.startswith(one)), key=len, default="")
    return not DEFAULT_EXCLUDES.intersection(path[len(folder) :].split(os.sep))
