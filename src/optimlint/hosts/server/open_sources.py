"""Open documents as sources: with a path, options from the configuration, and content encoded like a file's."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from pygls.uris import to_fs_path

from optimlint.hosts.server.documents import Whole
from optimlint.trigger import NOTEBOOK, suffix_of
from optimlint.workspace.discover import Walk
from optimlint.workspace.settings import CommandLine, Settings
from optimlint.workspace.worker import Source

_COOKIE = re.compile(r"^([ \t\f]*#.*?cod)ing([:=][ \t]*[-\w.]+)", re.ASCII)
"""A coding cookie (PEP 263). It declares the encoding of a file's bytes, but text from an editor is encoded as
UTF-8."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The source of an open document. `is_filed` is False if it was never saved."""

    source: Source
    is_filed: bool


def filed(whole: Whole, command_line: Callable[[], CommandLine]) -> Filed | None:
    """An open document as a source; None if the configuration excludes it. Raises CommandError if the configuration is
    invalid.

    The configuration is read anew each time. It is small, and so changes of it take effect without a notification.
    """
    path, is_filed = _path(whole)
    walk = Walk(Settings(command_line()), forces_exclude=True)
    if is_filed and walk.excludes_named(path, is_folder=False):
        return None
    return Filed(Source(path, _content(whole), walk.settings.options(path)), is_filed)


def as_file(whole: Whole) -> tuple[str, bytes] | None:
    """The path and content of an open document; None if it was never saved, so that no file can import it."""
    path, is_filed = _path(whole)
    return (path, _content(whole)) if is_filed else None


def _path(whole: Whole) -> tuple[str, bool]:
    """The path of a document, whose suffix determines how it is read, and whether it has one on disk. An unsaved
    document gets a path in the working folder."""
    named = to_fs_path(whole.uri) if whole.uri.startswith("file:") else None
    path = os.path.normpath(named) if named else os.path.join(os.getcwd(), "untitled.py")
    if whole.is_notebook and suffix_of(path) != NOTEBOOK:
        path += NOTEBOOK
    return path, named is not None


def _content(whole: Whole) -> bytes:
    return _notebook(whole) if whole.is_notebook else _plain(whole.parts[0].text)


def _plain(text: str) -> bytes:
    lines = text.split("\n", 2)
    lines[:2] = [_COOKIE.sub(r"\1___\2", line) for line in lines[:2]]
    return "\n".join(lines).encode("utf-8", "replace")


def _notebook(whole: Whole) -> bytes:
    cells = [
        {"cell_type": "code" if part.is_python else "raw", "source": part.text if part.is_python else ""}
        for part in whole.parts
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
