"""Where the files of a repository come from: the disk, an editor's unsaved buffers, a test's dictionary, or nowhere."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from optimlint.repository.modules import Files
from optimlint.text import Unparseable, decode
from optimlint.trigger import NOTEBOOK, suffix_of

CODE = frozenset({".py", ".pyi", NOTEBOOK})
"""The suffixes of code files."""

CONFIGURATIONS = frozenset({".yaml", ".yml", ".toml", ".cfg", ".ini", ".gin", ".jsonnet"})
"""The suffixes of configuration files that may name functions, classes and dotted paths."""


class Sources(Files, Protocol):
    """The files of one repository, by absolute paths. Files outside it can be read on request."""

    def files(self) -> Sequence[str]:
        """All code and configuration files that belong to the repository."""
        ...

    def code(self, path: str) -> tuple[str, ...] | None:
        """The Python of a file as one text. For a notebook the texts of its cells follow. None if it cannot be read."""
        ...


def is_configuration(path: str) -> bool:
    """Whether a file is a configuration file rather than code."""
    return suffix_of(path) in CONFIGURATIONS


def python_of(path: str, content: bytes) -> tuple[str, ...]:
    """The text of a Python file in any encoding, as the only element."""
    decoded = decode(content)
    return (content.decode("latin-1") if isinstance(decoded, Unparseable) else decoded.text,)


class Nowhere:
    """The source of an empty repository: there are no files."""

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
    """Files in memory, by absolute paths. `to_code` extracts the Python from a file's content."""

    def __init__(
        self, contents: Mapping[str, bytes], to_code: Callable[[str, bytes], tuple[str, ...]] = python_of
    ) -> None:
        self._contents = contents
        self._to_code = to_code

    def is_file(self, path: str) -> bool:
        """Whether the path is a file."""
        return path in self._contents

    def is_folder(self, path: str) -> bool:
        """Whether any file lies in or below the path."""
        return path in self._folders

    def folders(self, path: str) -> Sequence[str]:
        """The names of a folder's subfolders, in order."""
        return tuple(self._folders.get(path, ()))

    def read(self, path: str) -> bytes | None:
        """The content of a file; None if there is none."""
        return self._contents.get(path)

    def files(self) -> Sequence[str]:
        """All code and configuration files."""
        return tuple(path for path in self._contents if suffix_of(path) in CODE | CONFIGURATIONS)

    def code(self, path: str) -> tuple[str, ...] | None:
        """The Python of a file; None if there is none."""
        content = self.read(path)
        return None if content is None else self._to_code(path, content)

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        """Every folder with the sorted names of its subfolders."""
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
