"""One repository: its modules, their texts and the import graph, each computed on demand."""

from functools import partial

from optimlint.knowledge.group_keys import READ_BY_PACKAGES
from optimlint.repository.graph import Graph
from optimlint.repository.imports import Imports, imports_of
from optimlint.repository.modules import Modules
from optimlint.repository.naming import Naming
from optimlint.repository.outlines import Outlines
from optimlint.repository.search import Search
from optimlint.repository.sources import Nowhere, Sources
from optimlint.syntax.outline import Part, parts_of
from optimlint.text import Unparseable, decode
from optimlint.trigger import NOTEBOOK, suffix_of

_LARGE = 1_000
"""A repository with at least this many code files is large."""

FEW = 200
"""Up to this many files, each file's imports are followed one by one instead of indexing the whole repository."""

_UNKNOWN = Imports(computed=("",))
"""The imports of a file that cannot be read: it may import anything."""


class Repository:
    """Cross-file queries over one repository. Answers are cached, so `sources` must not change while it is in use."""

    def __init__(self, root: str, sources: Sources) -> None:
        self.sources = sources
        self.search = Search(sources)
        self.outlines = Outlines(sources)
        # None of these refers back to the repository, so reference counting frees it as soon as nobody needs it.
        self.graph = Graph(partial(_code, self.search), partial(_imports, sources), Modules(root, sources), _PACKAGES)
        self.naming = Naming(self.graph)
        self._parts: dict[str, tuple[Part, ...]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there are no files, so that the checked source stands alone."""
        return isinstance(self.sources, Nowhere)

    def resolve(self, importing: str, module: str, level: int = 0) -> str | None:
        """The file of the module that a name refers to in the file `importing`, or its folder for a namespace package;
        None if it is not in the repository. `level` counts the dots of a relative import."""
        if self.is_empty:
            return None
        return self.graph.modules.resolve(importing, module, level, self.imports(importing).folders)

    def text(self, path: str) -> str | None:
        """The text of a Python file; None for a notebook, and for a file that cannot be read or decoded."""
        content = None if suffix_of(path) == NOTEBOOK else self.sources.read(path)
        decoded = None if content is None else decode(content)
        return None if decoded is None or isinstance(decoded, Unparseable) else decoded.text

    def parts(self, path: str, text: str) -> tuple[Part, ...]:
        """The top-level statements of a file, given its text."""
        if path not in self._parts:
            self._parts[path] = parts_of(text)
        return self._parts[path]

    def imports(self, path: str) -> Imports:
        """The imports of a file; if it cannot be read, it counts as importing anything."""
        return self.graph.imports(path)

    def importers_with(self, path: str, words: frozenset[str]) -> frozenset[str]:
        """The importers of `path` that contain one of the words."""
        if self.is_empty or not words:
            return frozenset()
        self.graph.add(path)
        if not self.is_searched_first:
            importers = self.graph.importers(path)
            return frozenset().union(*(self.search.among(importers, word, words) for word in words))
        mentioning = frozenset().union(*(self.search.holding(word, words) for word in words)) - {path}
        if len(mentioning) > FEW:
            return mentioning & self.graph.importers(path)
        return frozenset(one for one in mentioning if self.graph.reaches(one, path))

    @property
    def is_searched_first(self) -> bool:
        """Whether to search all files for a word before building the import graph. In a large repository the search is
        cheaper than reading every file's imports."""
        return not self.graph.is_indexed and len(self.search.code) >= _LARGE

    def importers(self, path: str) -> frozenset[str]:
        """The files that import `path`, directly or indirectly, or may do so by a computed name."""
        if self.is_empty:
            return frozenset()
        self.graph.add(path)
        return self.graph.importers(path)


def _code(search: Search) -> tuple[str, ...]:
    return search.code


def _imports(sources: Sources, path: str) -> Imports:
    content = sources.read(path)
    if content is None:
        return _UNKNOWN
    if suffix_of(path) == NOTEBOOK:
        content = content.replace(b"\\n", b"\n").replace(b'\\"', b'"')
    return imports_of(content)


_PACKAGES = frozenset(READ_BY_PACKAGES.values())

ALONE = Repository("", Nowhere())
"""The empty repository, for a source that is checked on its own."""
