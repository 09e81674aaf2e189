"""Paths as text: where one lies in another, what it belongs to, how it is shown."""

import os

from optimlint.workspace.display import visible

STANDARD_INPUT = "-"
"""The path of a source that was read from standard input and has no name."""

_VERSION_CONTROL = (".git", ".hg", ".svn")
_PACKAGING = ("pyproject.toml", "setup.py", "setup.cfg")


def path_within(path: str, folder: str) -> str | None:
    """`path` as seen from `folder`; None where it lies elsewhere, "" for the folder itself."""
    if path == folder:
        return ""
    prefix = folder if folder.endswith(os.sep) else folder + os.sep
    return path[len(prefix) :] if path.startswith(prefix) else None


def repository_of(path: str) -> str | None:
    """The nearest folder around `path` that is under version control, or else that is a package's; None without one."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    packaged = None
    while True:
        if any(os.path.lexists(os.path.join(folder, mark)) for mark in _VERSION_CONTROL):
            return folder
        if packaged is None and any(os.path.isfile(os.path.join(folder, mark)) for mark in _PACKAGING):
            packaged = folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return packaged
        folder = parent


def shown(path: str, folder: str) -> str:
    """`path` for people: relative to `folder` where it lies in it, and harmless to a terminal."""
    return visible(path_within(path, folder) or path)
