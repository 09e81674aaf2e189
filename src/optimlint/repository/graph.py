"""The import graph: which files import a file, and which files can hold an object that it defines.

Imports are read and resolved on demand. Finding what a file imports needs only that file and the files it imports.
Finding who imports a file needs the imports of every file. Only files that mention the last part of the module's name
in an import are candidates, so most queries touch a small part of a repository.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence

from optimlint.repository.imports import Imports
from optimlint.repository.modules import Modules, package_folder


class Graph:
    """The import graph of a repository. `list_files` returns its code files and `read` the imports of one file. Once
    the graph is indexed, imports of modules that are neither in the repository nor in `packages` are dropped to save
    memory."""

    def __init__(
        self,
        list_files: Callable[[], Sequence[str]],
        read: Callable[[str], Imports],
        modules: Modules,
        packages: frozenset[str] = frozenset(),
    ) -> None:
        self.modules = modules
        self._list_files = list_files
        self._read = read
        self._packages = packages
        self._imports: dict[str, Imports] = {}
        self._loads: dict[str, frozenset[str]] = {}
        self._importers: dict[str, tuple[str, ...]] = {}
        self._files: dict[str, None] | None = None
        self._index: _Index | None = None

    @property
    def files(self) -> dict[str, None]:
        """All code files, in order, and after them the files that were added with `add`."""
        if self._files is None:
            self._files = dict.fromkeys(self._list_files())
        return self._files

    @property
    def is_indexed(self) -> bool:
        """Whether the imports of all files have been read."""
        return self._index is not None

    def add(self, file: str) -> None:
        """Add a file that `list_files` does not return, for example because it is unsaved or ignored."""
        if file not in self.files:
            self.files[file] = None
            self._index = None
            self._importers.clear()

    def imports(self, file: str) -> Imports:
        """The imports of a file."""
        if file not in self._imports:
            self._imports[file] = self._read(file)
        return self._imports[file]

    def loads(self, file: str) -> frozenset[str]:
        """The modules that a file imports directly, and the packages that contain them."""
        if file not in self._loads:
            is_code = file in self.files
            self._loads[file] = frozenset(self._loaded_by(file, self.imports(file))) if is_code else frozenset()
        return self._loads[file]

    def loads_any(self, file: str) -> bool:
        """Whether a file imports a module whose whole name is computed at run time, so that it may be any."""
        return file in self.files and "" in self.imports(file).computed

    def runs(self, file: str) -> frozenset[str]:
        """The files that a file runs in its own namespace, as `%run` does."""
        return frozenset(self._run_by(file, self.imports(file))) if file in self.files else frozenset()

    def reaches(self, file: str, target: str) -> bool:
        """Whether a file imports the target, directly or indirectly, or may do so by a computed name. Reads only files
        that are reachable from `file`."""
        return any(one == target or self.loads_any(one) for one in _reached((file,), self.loads))

    def importers(self, file: str) -> frozenset[str]:
        """The files that import `file`, directly or indirectly, or may do so by a computed name."""
        return frozenset(_reached((file, *self._indexed().dynamic), self._imported_by)) - {file}

    def holders(self, file: str) -> frozenset[str]:
        """The files whose code can hold an object that `file` defines: its importers, everything that these import
        (they may pass the object on), and the files of the same top-level package, which may meet in code outside the
        repository."""
        importing = _reached((file, *self._indexed().dynamic), self._imported_by)
        package = self.modules.top_package(file)
        beside = (one for one in self.files if package and one.startswith(package + os.sep))
        reached = (one for one in _reached(importing, self.loads) if one in self.files)  # Drops namespace packages.
        return frozenset((*reached, *beside)) - {file}

    def _indexed(self) -> "_Index":
        if self._index is None:
            self._index = _Index()
            names = _module_names(self.files) | self._packages
            for file in self.files:
                found = self._imports[file] = self._kept(self.imports(file), names)
                self._index.add(file, found)
        return self._index

    def _kept(self, found: Imports, names: frozenset[str]) -> Imports:
        """The imports without those of modules that the repository cannot contain."""
        kept = tuple([one for one in found.statements if one.level or one.first in names])
        return Imports(kept, found.computed, found.runs, found.folders)

    def _imported_by(self, file: str) -> tuple[str, ...]:
        """The files that import `file` directly."""
        if file not in self._importers:
            index = self._indexed()
            folder = package_folder(file)
            name = os.path.basename(folder) if folder is not None else os.path.splitext(os.path.basename(file))[0]
            candidates = dict.fromkeys((*index.naming.get(name, ()), *index.computing))
            self._importers[file] = tuple(one for one in candidates if file in self.loads(one))
        return self._importers[file]

    def _loaded_by(self, file: str, one: Imports) -> Iterator[str]:
        for each in one.statements:
            yield from self.modules.loaded(file, each, one.folders)
        yield from self._run_by(file, one)
        for beginning in one.computed:
            package = self.modules.resolve(file, beginning, 0, one.folders) if beginning else None
            if package is not None:
                folder = os.path.dirname(package) if package.endswith(".py") else package
                yield from (path for path in self.files if path.startswith(folder + os.sep))

    def _run_by(self, file: str, one: Imports) -> Iterator[str]:
        for path in one.runs:
            names = (path,) if path.endswith((".py", ".ipynb")) else (f"{path}.py", f"{path}.ipynb")
            folder = os.path.dirname(file)
            places = (os.path.normpath(os.path.join(folder, name)) for name in names)
            yield from (place for place in places if place in self.files)


class _Index:
    """An index of all files by their imports. `naming` maps each part of an imported name to files, `computing` lists
    files that compute module names or run other files, and `dynamic` those that may import any module."""

    def __init__(self) -> None:
        self.naming: dict[str, list[str]] = {}
        self.computing: list[str] = []
        self.dynamic: list[str] = []

    def add(self, file: str, one: Imports) -> None:
        """Index one file."""
        for part in _parts(file, one):
            self.naming.setdefault(part, []).append(file)
        if one.computed or one.runs:
            self.computing.append(file)
        if "" in one.computed:
            self.dynamic.append(file)


def _parts(file: str, one: Imports) -> set[str]:
    """All names under which the index lists a file: the parts of the module names that it imports, the imported names,
    and the package that a relative import starts from."""
    found: set[str] = set()
    for each in one.statements:
        found.update(each.module.split("."))
        found.update(name for name, _ in each.names or ())
        folder = file
        for _ in range(each.level):
            folder = os.path.dirname(folder)
        found.add(os.path.basename(folder))
    return found


def _module_names(files: Iterable[str]) -> frozenset[str]:
    """The names that modules and packages of the repository can have."""
    names: set[str] = set()
    folders: set[str] = set()
    for file in files:
        folder, base = os.path.split(file)
        names.add(os.path.splitext(base)[0])
        folders.add(folder)
    return frozenset(names.union(*(folder.split(os.sep) for folder in folders)))


def _reached(starts: Iterable[str], edges: Callable[[str], Iterable[str]]) -> set[str]:
    """All nodes reachable from `starts`, including `starts`."""
    found = set(starts)
    pending = list(found)
    while pending:
        for one in edges(pending.pop()):
            if one not in found:
                found.add(one)
                pending.append(one)
    return found
