"""Resolve module names to files as Python does: relative imports, the importer's own folder and its parents, `src/`
layouts, and folders on `sys.path`. A module that is not found is treated as a library, known by name only."""

import os
import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from optimlint.repository.imports import Import

_PACKAGING = ("pyproject.toml", "setup.py", "setup.cfg")
_INIT = "__init__.py"
_QUOTED = re.compile(rb"""["']([\w./-]+)["']|^\s*where\s*=\s*([\w./-]+)\s*$""", re.MULTILINE)
_MOST_FOLDERS = 400
"""At most this many folders are searched for subprojects, that is, folders with a project file of their own."""


class Files(Protocol):
    """The file system in which modules are looked up, by absolute paths."""

    def is_file(self, path: str) -> bool:
        """Whether the path is a file."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether the path is a folder."""
        ...

    def folders(self, path: str) -> Sequence[str]:
        """The names of a folder's subfolders, in order."""
        ...

    def read(self, path: str) -> bytes | None:
        """The content of a file; None if it cannot be read."""
        ...


class Modules:
    """Resolves the modules of one repository. A module is the path of its file, or of its folder if it is a namespace
    package."""

    def __init__(self, root: str, files: Files) -> None:
        self._root = root
        self._files = files
        self._found: dict[tuple[str, str, int, tuple[str, ...]], tuple[str, ...]] = {}
        self._bases: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self._projects: tuple[str, ...] | None = None

    def resolve(self, importing: str, module: str, level: int = 0, folders: tuple[str, ...] = ()) -> str | None:
        """The module that a name refers to in the file `importing`; None if it is not in the repository. `folders` are
        the folders that this file adds to `sys.path`."""
        chain = self.chain(importing, module, level, folders)
        return chain[-1] if chain else None

    def chain(self, importing: str, module: str, level: int = 0, folders: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Like `resolve`, but returns the enclosing packages too, outermost first, since importing a module loads
        them."""
        folder = os.path.dirname(importing)
        key = (folder, module, level, folders)
        if key not in self._found:
            parts = module.split(".") if module else []
            found = self._relative(folder, parts, level) if level else self._absolute(folder, parts, folders)
            self._found[key] = found
        return self._found[key]

    def loaded(self, importing: str, one: Import, folders: tuple[str, ...] = ()) -> Iterator[str]:
        """Every module that an import loads, including submodules among its imported names."""
        chain = self.chain(importing, one.module, one.level, folders)
        yield from chain
        if chain:
            for name, _ in one.names or ():
                member = self.member(chain[-1], name)
                if member is not None:
                    yield member

    def member(self, module: str, name: str) -> str | None:
        """The submodule `name` of the package `module`."""
        folder = package_folder(module)
        if folder is None:
            folder = module if self._files.is_folder(module) else None
        if folder is None or not name.isidentifier():
            return None
        chain = self._within(folder, [name])
        return chain[-1] if chain else None

    def top_package(self, file: str) -> str | None:
        """The folder of the outermost package that contains a file."""
        top, folder = None, os.path.dirname(file)
        while self._files.is_file(os.path.join(folder, _INIT)) and self._is_inside(folder):
            top, folder = folder, os.path.dirname(folder)
        return top

    def _relative(self, folder: str, parts: list[str], level: int) -> tuple[str, ...]:
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        if not self._is_inside(folder):
            return ()
        own = os.path.join(folder, _INIT)
        package = own if self._files.is_file(own) else folder
        within = self._within(folder, parts) if parts else ()
        return (package, *within) if within or not parts else ()

    def _absolute(self, folder: str, parts: list[str], folders: tuple[str, ...]) -> tuple[str, ...]:
        """Resolve an absolute import. A regular package or module wins over a namespace package, wherever that is
        found."""
        if not parts or not all(part.isidentifier() for part in parts):
            return ()
        namespace: tuple[str, ...] = ()
        for base in self._bases_of(folder, folders):
            chain = self._within(base, parts)
            if chain and not self._files.is_folder(chain[0]):
                return chain
            if not namespace or self._files.is_folder(namespace[-1]):
                namespace = chain or namespace
        others = [chain for base in self._other_projects() if (chain := self._within(base, parts))]
        regular = [chain for chain in others if not self._files.is_folder(chain[0])]
        # Two equally good candidates are ambiguous: neither is taken.
        if len(set(regular)) == 1:
            return regular[0]
        return namespace or (others[0] if len(set(others)) == 1 else ())

    def _within(self, folder: str, parts: Sequence[str]) -> tuple[str, ...]:
        chain: list[str] = []
        for number, part in enumerate(parts, 1):
            folder = os.path.join(folder, part)
            init = os.path.join(folder, _INIT)
            if self._files.is_file(init):
                chain.append(init)
            elif self._files.is_file(f"{folder}.py"):
                chain.append(f"{folder}.py")
                return tuple(chain) if number == len(parts) else ()
            elif self._files.is_folder(folder):
                chain.append(folder)
            else:
                return ()
        return tuple(chain)

    def _bases_of(self, folder: str, extra: tuple[str, ...]) -> tuple[str, ...]:
        """The folders in which an absolute import of a file in `folder` is looked up, in order."""
        key = (folder, extra)
        if key not in self._bases:
            around = list(self._around(folder))
            packages = [one for one in around if self._files.is_file(os.path.join(one, _INIT))]
            plain = [one for one in around if one not in packages]
            sources = [source for one in around for source in self._source_folders(one)]
            found = [*plain, *self._on_path(around, extra), self._root, *sources, *packages]
            self._bases[key] = tuple(dict.fromkeys(found))
        return self._bases[key]

    def _around(self, folder: str) -> Iterator[str]:
        """The folder and its parents, up to the root."""
        while self._is_inside(folder):
            yield folder
            if folder == self._root:
                return
            folder = os.path.dirname(folder)

    def _is_inside(self, folder: str) -> bool:
        return folder == self._root or folder.startswith(self._root.rstrip(os.sep) + os.sep)

    def _on_path(self, around: Sequence[str], extra: tuple[str, ...]) -> Iterator[str]:
        for one in extra:
            places = (os.path.normpath(os.path.join(base, one)) for base in around)
            found = next((place for place in places if self._is_inside(place) and self._files.is_folder(place)), None)
            if found is not None:
                yield found

    def _source_folders(self, project: str) -> Iterator[str]:
        """The folders that hold a project's packages: `src`, and those that its project file names."""
        source = os.path.join(project, "src")
        if self._files.is_folder(source):
            yield source
        for name in _PACKAGING:
            path = os.path.join(project, name)
            if self._files.is_file(path):
                for quoted, bare in _QUOTED.findall(self._files.read(path) or b""):
                    folder = os.path.normpath(os.path.join(project, (quoted or bare).decode("utf-8", "replace")))
                    is_package = self._files.is_file(os.path.join(folder, _INIT))
                    if self._is_inside(folder) and self._files.is_folder(folder) and not is_package:
                        yield folder

    def _other_projects(self) -> tuple[str, ...]:
        """The folders, and source folders, of projects at most two levels below the root."""
        if self._projects is None:
            first = [os.path.join(self._root, name) for name in self._files.folders(self._root)]
            second = [os.path.join(one, name) for one in first[:_MOST_FOLDERS] for name in self._files.folders(one)]
            found: list[str] = []
            for one in [*first, *second][:_MOST_FOLDERS]:
                if any(self._files.is_file(os.path.join(one, name)) for name in _PACKAGING):
                    found += [one, *self._source_folders(one)]
            self._projects = tuple(dict.fromkeys(found))
        return self._projects


def package_folder(module: str) -> str | None:
    """The folder of a package, given its `__init__.py`; None for any other module."""
    return os.path.dirname(module) if os.path.basename(module) == _INIT else None
