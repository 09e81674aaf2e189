"""Paths as text: relative paths, the repository around a path, display."""

import os

from optimlint.workspace.display import visible

STANDARD_INPUT = "-"
"""The path of an unnamed source from standard input."""

_VERSION_CONTROL = (".git", ".hg", ".svn")
_PACKAGING = ("pyproject.toml", "setup.py", "setup.cfg")


def path_within(path: str, folder: str) -> str | None:
    """`path` relative to `folder`; "" for the folder itself, None if it is not inside."""
    if path == folder:
        return ""
    prefix = folder if folder.endswith(os.sep) else folder + os.sep
    return path[len(prefix) :] if path.startswith(prefix) else None


def repository_of(path: str) -> str | None:
    """The nearest folder around `path` under version control, or else with a package's project file; None without
    either."""
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
    """`path` for display: relative to `folder` if inside, with control characters escaped."""
    return visible(path_within(path, folder) or path)
