"""What names mean in the files of a repository: modules and classes, through imports, aliases and re-exports."""

from collections.abc import Callable, Iterator

from optimlint.repository.graph import Graph
from optimlint.repository.imports import ANONYMOUS, STAR
from optimlint.repository.outline import Outline

_DEEPEST = 10
"""How many re-exports of modules are followed."""

MOST_FOLLOWED = 40
"""How many modules are looked into for one class."""

Definition = tuple[str, str]
"""A class by its file and name."""


class Naming:
    """What has been looked up so far."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._aliases: dict[str, dict[str, str]] = {}

    def imported_names(self, file: str) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        """What a file takes by name, with the modules."""
        if file not in self._graph.files:
            return
        imports = self._graph.imports(file)
        for one in imports.statements:
            if one.names is not None:
                target = self._graph.modules.resolve(file, one.module, one.level, imports.folders)
                if target is not None:
                    yield target, one.names

    def leads(self, target: str, file: str, name: str) -> bool:
        """Whether `name` of the module `target` is that of `file`: itself, or one that has it by star imports."""
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
        """The modules that a file imports by a call, so that they may have any name."""
        imports = self._graph.imports(file)
        found = (
            self._graph.modules.resolve(file, one.module, one.level, imports.folders)
            for one in imports.statements
            if one.bound == ANONYMOUS
        )
        named = {one for one in found if one is not None}
        return frozenset(named | (self._graph.loads(file) if any(imports.computed) else frozenset()))

    def module_of(self, file: str, base: str) -> str | None:
        """The module that a dotted name means in a file."""
        aliases = self.aliases_of(file)
        first, *rest = base.split(".")
        module = aliases.get(first)
        for part in rest:
            if module is None:
                return None
            module = self._graph.modules.member(module, part) or self.aliases_of(module).get(part)
        return module

    def aliases_of(self, file: str, depth: int = 0) -> dict[str, str]:
        """The names that stand for modules in a file."""
        if file in self._aliases or depth >= _DEEPEST:
            return self._aliases.get(file, {})
        found = self._aliases[file] = {}  # Known at once, as far as it goes: files may import one another.
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
        """The class that a dotted name means in a file, through imports and re-exports."""
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
