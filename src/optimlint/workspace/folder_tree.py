"""The folders of the disk for module lookup, each listed once."""

import os
from collections import deque
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

_LARGEST = 20_000_000
"""The largest file that is searched, in bytes. Larger files are data."""

_MOST_FOLDERS = 500
_MOST_FILES = 5_000
"""How much is looked through around a file that belongs to no repository."""


class Tree:
    """A cached view of the file system."""

    def __init__(self) -> None:
        self._listed: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {}

    def is_file(self, path: str) -> bool:
        """Whether the path is a file."""
        folder, name = os.path.split(path)
        return name in self._listing(folder)[0]

    def is_folder(self, path: str) -> bool:
        """Whether the path is a folder."""
        folder, name = os.path.split(path)
        return name in self._listing(folder)[1]

    def folders(self, path: str) -> Sequence[str]:
        """The names of a folder's subfolders, in order."""
        return self._listing(path)[1]

    def read(self, path: str) -> bytes | None:
        """The content of a file; None if it cannot be read or is too large."""
        return content_of(path)

    def _listing(self, folder: str) -> tuple[frozenset[str], tuple[str, ...]]:
        if folder not in self._listed:
            self._listed[folder] = _list(folder)
        return self._listed[folder]


def nearby(root: str, suffixes: AbstractSet[str]) -> tuple[str, ...]:
    """The files in and below a folder outside of any repository, breadth first and up to a limit, since anything may be
    below it."""
    found: list[str] = []
    pending = deque([root])
    seen = 0
    while pending and seen < _MOST_FOLDERS and len(found) < _MOST_FILES:
        folder = pending.popleft()
        seen += 1
        files, folders = _list(folder)
        if folder != root and "pyvenv.cfg" in files:
            continue
        found += (os.path.join(folder, name) for name in sorted(files) if os.path.splitext(name)[1] in suffixes)
        pending += (os.path.join(folder, name) for name in folders if not name.startswith("."))
    return tuple(found[:_MOST_FILES])


def content_of(file: str) -> bytes | None:
    """The content of a file; None if it cannot be read or is too large."""
    try:
        # Raw system calls take half the time of `open`, and a repository may have many files.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError):
        return None
    try:
        size = os.fstat(descriptor).st_size
        return None if size > _LARGEST else _read_all(descriptor, size)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, size: int) -> bytes:
    """All bytes of a file of about that size."""
    content = os.read(descriptor, size + 1)
    if len(content) == size:
        return content
    parts = [content]
    while parts[-1]:
        parts.append(os.read(descriptor, _LARGEST))
    return b"".join(parts)


def _list(folder: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names of the files and of the subfolders of a folder."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                # Links to folders are not followed, which prevents cycles.
                (folders if entry.is_dir(follow_symlinks=False) else files).append(entry.name)
    except OSError:
        pass
    return frozenset(files), tuple(sorted(folders))
