"""Who imports whom, and which files can hold an object of a module.

Imports are resolved as they are asked for: only a file that has the last part of a module's name among its imports can
import it, and most questions concern a corner of a repository.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping

from optimlint.repository.imports import Imports
from optimlint.repository.modules import Modules, package_folder


class Graph:
    """The imports of all files of a repository."""

    def __init__(self, imports: Mapping[str, Imports], modules: Modules) -> None:
        self.imports = imports
        self.modules = modules
        self._loads: dict[str, frozenset[str]] = {}
        self._importers: dict[str, tuple[str, ...]] = {}
        self._naming: dict[str, list[str]] = {}
        for file, one in imports.items():
            for part in _parts(file, one):
                self._naming.setdefault(part, []).append(file)
        self._computing = tuple(file for file, one in imports.items() if one.computed or one.runs)
        self._dynamic = tuple(file for file, one in imports.items() if "" in one.computed)

    def loads(self, file: str) -> frozenset[str]:
        """The modules that a file imports itself, with the packages around them."""
        if file not in self._loads:
            one = self.imports.get(file)
            self._loads[file] = frozenset(self._loaded_by(file, one)) if one is not None else frozenset()
        return self._loads[file]

    def loads_any(self, file: str) -> bool:
        """Whether a file imports modules by names that are computed as a whole."""
        return file in self.imports and "" in self.imports[file].computed

    def runs(self, file: str) -> frozenset[str]:
        """The files that a file runs in place, so that their names become its own."""
        one = self.imports.get(file)
        return frozenset(self._run_by(file, one)) if one is not None else frozenset()

    def importers(self, file: str) -> frozenset[str]:
        """The files that import `file`, directly or through others, or may do so by a computed name."""
        return frozenset(_reached((file, *self._dynamic), self._imported_by)) - {file}

    def holders(self, file: str) -> frozenset[str]:
        """The files whose code can hold an object of `file`: that import it, or are handed it by one that does. Those
        of one package may meet in code that is not in the repository."""
        importing = _reached((file, *self._dynamic), self._imported_by)
        package = self.modules.top_package(file)
        beside = (one for one in self.imports if package and one.startswith(package + os.sep))
        return frozenset((*_reached(importing, self.loads), *beside)) - {file}

    def _imported_by(self, file: str) -> tuple[str, ...]:
        """The files that import `file` themselves."""
        if file not in self._importers:
            folder = package_folder(file)
            name = os.path.basename(folder) if folder is not None else os.path.splitext(os.path.basename(file))[0]
            candidates = dict.fromkeys((*self._naming.get(name, ()), *self._computing))
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
                yield from (path for path in self.imports if path.startswith(folder + os.sep))

    def _run_by(self, file: str, one: Imports) -> Iterator[str]:
        for path in one.runs:
            names = (path,) if path.endswith((".py", ".ipynb")) else (f"{path}.py", f"{path}.ipynb")
            folder = os.path.dirname(file)
            places = (os.path.normpath(os.path.join(folder, name)) for name in names)
            yield from (place for place in places if place in self.imports)


def _parts(file: str, one: Imports) -> set[str]:
    """Whatever a module that a file imports can be called: a relative import also loads the package around it."""
    found: set[str] = set()
    for each in one.statements:
        found.update(each.module.split("."))
        found.update(name for name, _ in each.names or ())
        folder = file
        for _ in range(each.level):
            folder = os.path.dirname(folder)
        found.add(os.path.basename(folder))
    return found


def _reached(starts: Iterable[str], edges: Callable[[str], Iterable[str]]) -> set[str]:
    """The nodes that can be reached, the starts among them."""
    found = set(starts)
    pending = list(found)
    while pending:
        for one in edges(pending.pop()):
            if one not in found:
                found.add(one)
                pending.append(one)
    return found
