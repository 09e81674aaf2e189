"""Who imports whom, and which files can hold an object of a module."""

import os
from collections.abc import Iterable, Mapping

from optimlint.repository.imports import Imports
from optimlint.repository.modules import Modules


class Graph:
    """The imports of all files of a repository, resolved."""

    def __init__(self, imports: Mapping[str, Imports], modules: Modules) -> None:
        self.imports = imports
        self.modules = modules
        self._loads = {file: self._loaded_by(file, one) for file, one in imports.items()}
        self._importers: dict[str, list[str]] = {}
        for file, loaded in self._loads.items():
            for one in loaded:
                self._importers.setdefault(one, []).append(file)
        self._dynamic = tuple(file for file, one in imports.items() if "" in one.computed)

    def loads(self, file: str) -> frozenset[str]:
        """The modules that a file imports itself, with the packages around them."""
        return self._loads.get(file, frozenset())

    def loads_any(self, file: str) -> bool:
        """Whether a file imports modules by names that are computed as a whole."""
        return "" in self.imports[file].computed if file in self.imports else False

    def runs(self, file: str) -> frozenset[str]:
        """The files that a file runs in place, so that their names become its own."""
        one = self.imports.get(file)
        return frozenset(self._run_by(file, one)) if one else frozenset()

    def importers(self, file: str) -> frozenset[str]:
        """The files that import `file`, directly or through others, or may do so by a computed name."""
        return frozenset(_reached((file, *self._dynamic), self._importers)) - {file}

    def holders(self, file: str) -> frozenset[str]:
        """The files whose code can hold an object of `file`: that import it, or are handed it by one that does. Those
        of one package may meet in code that is not in the repository."""
        importing = _reached((file,), self._importers)
        dynamic = _reached(self._dynamic, self._importers)
        package = self.modules.top_package(file)
        beside = (one for one in self.imports if package and one.startswith(package + os.sep))
        return frozenset((*_reached((*importing, *dynamic), self._loads), *beside)) - {file}

    def _loaded_by(self, file: str, one: Imports) -> frozenset[str]:
        found = {module for each in one.statements for module in self.modules.loaded(file, each, one.folders)}
        found.update(self._run_by(file, one))
        for beginning in one.computed:
            package = self.modules.resolve(file, beginning, 0, one.folders) if beginning else None
            if package is not None:
                folder = package if not package.endswith(".py") else os.path.dirname(package)
                found.update(path for path in self.imports if path.startswith(folder + os.sep))
        return frozenset(found)

    def _run_by(self, file: str, one: Imports) -> Iterable[str]:
        for path in one.runs:
            names = (path,) if path.endswith((".py", ".ipynb")) else (f"{path}.py", f"{path}.ipynb")
            folder = os.path.dirname(file)
            places = (os.path.normpath(os.path.join(folder, name)) for name in names)
            yield from (place for place in places if place in self.imports)


def _reached(starts: Iterable[str], edges: Mapping[str, Iterable[str]]) -> set[str]:
    """The nodes that can be reached, the starts among them."""
    found = set(starts)
    pending = list(found)
    while pending:
        for one in edges.get(pending.pop(), ()):
            if one not in found:
                found.add(one)
                pending.append(one)
    return found
