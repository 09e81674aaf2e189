"""Where the files of one repository come from: the disk, an editor's unsaved texts, a test's dictionary, or nowhere."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from optimlint.repository.modules import Files
from optimlint.text import Unparseable, decode
from optimlint.trigger import NOTEBOOK, suffix_of

CODE = frozenset({".py", ".pyi", NOTEBOOK})
"""The suffixes of code."""

CONFIGURATIONS = frozenset({".yaml", ".yml", ".toml", ".cfg", ".ini", ".gin", ".jsonnet"})
"""The suffixes of configuration that may name functions, classes and dotted paths."""


class Sources(Files, Protocol):
    """The files of one repository, by absolute paths. What comes from elsewhere is read when it is asked for."""

    def files(self) -> Sequence[str]:
        """All files of code and of configuration that count as part of the repository."""
        ...

    def code(self, path: str) -> tuple[str, ...] | None:
        """The Python of a file as one text; of a notebook, behind it, each of its cells; None where it cannot be
        read."""
        ...


def is_configuration(path: str) -> bool:
    """Whether a file is read as a configuration, and not as code."""
    return suffix_of(path) in CONFIGURATIONS


def python_of(path: str, content: bytes) -> tuple[str, ...]:
    """The Python of a file that is no notebook, in whatever encoding."""
    decoded = decode(content)
    return (content.decode("latin-1") if isinstance(decoded, Unparseable) else decoded.text,)


class Nowhere:
    """No files at all: whatever is checked stands alone."""

    def is_file(self, path: str) -> bool:
        """Never."""
        return False

    def is_folder(self, path: str) -> bool:
        """Never."""
        return False

    def folders(self, path: str) -> Sequence[str]:
        """None."""
        return ()

    def read(self, path: str) -> bytes | None:
        """Nothing."""
        return None

    def files(self) -> Sequence[str]:
        """None."""
        return ()

    def code(self, path: str) -> tuple[str, ...] | None:
        """Nothing."""
        return None


class Texts:
    """Files held in memory, by their absolute paths; `to_code` finds the Python in what one holds."""

    def __init__(
        self, contents: Mapping[str, bytes], to_code: Callable[[str, bytes], tuple[str, ...]] = python_of
    ) -> None:
        self._contents = contents
        self._to_code = to_code

    def is_file(self, path: str) -> bool:
        """Whether there is a file."""
        return path in self._contents

    def is_folder(self, path: str) -> bool:
        """Whether any file lies in or below it."""
        return path in self._folders

    def folders(self, path: str) -> Sequence[str]:
        """The names of the folders in a folder, in order."""
        return tuple(self._folders.get(path, ()))

    def read(self, path: str) -> bytes | None:
        """The content of a file."""
        return self._contents.get(path)

    def files(self) -> Sequence[str]:
        """All files."""
        return tuple(path for path in self._contents if suffix_of(path) in CODE | CONFIGURATIONS)

    def code(self, path: str) -> tuple[str, ...] | None:
        """The Python of a file."""
        content = self.read(path)
        return None if content is None else self._to_code(path, content)

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        """The folders, with the names of those inside."""
        found: dict[str, set[str]] = {}
        for path in self._contents:
            folder, inner = os.path.dirname(path), ""
            while True:
                names = found.setdefault(folder, set())
                if inner:
                    names.add(inner)
                if os.path.dirname(folder) == folder:
                    break
                folder, inner = os.path.split(folder)
        return {folder: sorted(names) for folder, names in found.items()}
