"""Resolve dotted names in a file to modules and classes, through imports, aliases and re-exports."""

from collections.abc import Callable, Iterator

from optimlint.repository.graph import Graph
from optimlint.repository.imports import ANONYMOUS, STAR
from optimlint.repository.outline import Outline

_DEEPEST = 10
"""At most this many levels of re-exported modules are followed."""

MOST_FOLLOWED = 40
"""At most this many modules are searched to resolve one class."""

Definition = tuple[str, str]
"""A class, as its file and name."""


class Naming:
    """Name resolution over the import graph, with a cache."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._aliases: dict[str, dict[str, str]] = {}

    def imported_names(self, file: str) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        """The modules that a file imports names from, each with its (name, bound name) pairs."""
        if file not in self._graph.files:
            return
        imports = self._graph.imports(file)
        for one in imports.statements:
            if one.names is not None:
                target = self._graph.modules.resolve(file, one.module, one.level, imports.folders)
                if target is not None:
                    yield target, one.names

    def leads(self, target: str, file: str, name: str) -> bool:
        """Whether `name` of module `target` may be the one that `file` defines: `target` is `file`, or re-exports the
        name from it, by an import of that name or a star import."""
        found = [target]
        for module in found:
            if module == file:
                return True
            for inner, names in self.imported_names(module):
                is_taken = any(taken == name or (taken == STAR and not name.startswith("_")) for taken, _ in names)
                if is_taken and inner not in found:
                    found.append(inner)
        return False

    def anonymous(self, file: str) -> frozenset[str]:
        """The modules that a file imports by a call, so that any name may refer to them."""
        imports = self._graph.imports(file)
        found = (
            self._graph.modules.resolve(file, one.module, one.level, imports.folders)
            for one in imports.statements
            if one.bound == ANONYMOUS
        )
        named = {one for one in found if one is not None}
        return frozenset(named | (self._graph.loads(file) if any(imports.computed) else frozenset()))

    def module_of(self, file: str, base: str) -> str | None:
        """The module that a dotted name refers to in a file; None if it is not a module."""
        aliases = self.aliases_of(file)
        first, *rest = base.split(".")
        module = aliases.get(first)
        for part in rest:
            if module is None:
                return None
            module = self._graph.modules.member(module, part) or self.aliases_of(module).get(part)
        return module

    def aliases_of(self, file: str, depth: int = 0) -> dict[str, str]:
        """The names in a file that are bound to modules."""
        if file in self._aliases or depth >= _DEEPEST:
            return self._aliases.get(file, {})
        found = self._aliases[file] = {}  # Cached before it is complete: files may import one another.
        modules = self._graph.modules
        if file not in self._graph.files:
            return found
        imports = self._graph.imports(file)
        for one in imports.statements:
            chain = modules.chain(file, one.module, one.level, imports.folders)
            if not chain or one.bound == ANONYMOUS:
                continue
            if one.names is None:
                found[one.bound or one.first] = chain[-1] if one.bound else chain[0]
                continue
            for name, bound in one.names:
                module = modules.member(chain[-1], name)
                if module is None:
                    module = self.aliases_of(chain[-1], depth + 1).get(name)
                if module is not None:
                    found[bound] = module
        return found

    def definition(self, file: str, name: str, outline: Callable[[str], Outline]) -> Definition | None:
        """The class that a dotted name refers to in a file, through imports and re-exports."""
        base, _, last = name.rpartition(".")
        start = self.module_of(file, base) if base else file
        found = [(start, last)] if start is not None else []
        for module, wanted in found:
            if outline(module).class_named(wanted) is not None:
                return module, wanted
            for target, names in self.imported_names(module):
                for taken, bound in names:
                    one = (target, wanted if taken == STAR else taken)
                    if (bound == wanted or taken == STAR) and one not in found and len(found) < MOST_FOLLOWED:
                        found.append(one)
        return None
