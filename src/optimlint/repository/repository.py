"""One repository as a program: modules, their texts and who imports them, each read when it is first asked for."""

import os
from collections.abc import Iterable
from dataclasses import replace

from optimlint.repository.graph import Graph
from optimlint.repository.imports import Import, Imports, imports_of
from optimlint.repository.modules import Modules
from optimlint.repository.sources import Nowhere, Sources, is_configuration
from optimlint.text import Unparseable, decode
from optimlint.trigger import NOTEBOOK, suffix_of

UNKNOWN_IMPORTS = Imports(computed=("",))
"""What is said of a file that cannot be read: it may import anything."""


class Repository:
    """What the files of a repository say of one another. Answers are remembered: `sources` must not change under it."""

    def __init__(self, root: str, sources: Sources) -> None:
        self.root = root
        self.sources = sources
        self.modules = Modules(root, sources)
        self._is_empty = isinstance(sources, Nowhere)
        self._imports: dict[str, Imports] = {}
        self._graph: Graph | None = None

    def resolve(self, importing: str, module: str, level: int = 0) -> str | None:
        """The file of the module that a name means in the file `importing`, or its folder where it is a namespace;
        None where the repository has none. `level` counts the dots of a relative import."""
        if self._is_empty:
            return None
        return self.modules.resolve(importing, module, level, self.imports(importing).folders)

    def text(self, path: str) -> str | None:
        """The text of a Python file; None for what cannot be read or decoded, and for a notebook."""
        content = None if suffix_of(path) == NOTEBOOK else self.sources.read(path)
        decoded = None if content is None else decode(content)
        return None if decoded is None or isinstance(decoded, Unparseable) else decoded.text

    def imports(self, path: str) -> Imports:
        """What a file imports; anything, where it cannot be read."""
        if path not in self._imports:
            self._imports[path] = _imports(self.sources.read(path), path)
        return self._imports[path]

    def importers(self, path: str) -> frozenset[str]:
        """The files that import `path`, directly or through others, or may do so by a computed name."""
        return frozenset() if self._is_empty else self._graph_with(path).importers(path)

    def _graph_with(self, path: str) -> Graph:
        """Who imports whom, `path` among the files."""
        if self._graph is None or path not in self._graph.imports:
            code = [file for file in self.sources.files() if not is_configuration(file)]
            files = dict.fromkeys((*code, *(self._graph.imports if self._graph is not None else ()), path))
            names = _module_names(files)
            same: dict[Import, Import] = {}
            self._graph = Graph({file: _kept(self.imports(file), names, same) for file in files}, self.modules)
        return self._graph


ALONE = Repository("", Nowhere())
"""The repository of a source that stands alone."""


def _imports(content: bytes | None, path: str) -> Imports:
    if content is None:
        return UNKNOWN_IMPORTS
    if suffix_of(path) == NOTEBOOK:
        content = content.replace(b"\\n", b"\n").replace(b'\\"', b'"')
    return imports_of(content)


def _kept(found: Imports, modules: frozenset[str], same: dict[Import, Import]) -> Imports:
    """The imports of what the repository may have itself; equal ones are one, for there may be very many."""
    kept = (one for one in found.statements if one.level or one.first in modules)
    return replace(found, statements=tuple(same.setdefault(one, one) for one in kept))


def _module_names(files: Iterable[str]) -> frozenset[str]:
    """What modules and packages of the repository can be called."""
    names: set[str] = set()
    folders: set[str] = set()
    for file in files:
        folder, base = os.path.split(file)
        names.add(os.path.splitext(base)[0])
        folders.add(folder)
    return frozenset(names.union(*(folder.split(os.sep) for folder in folders)))
