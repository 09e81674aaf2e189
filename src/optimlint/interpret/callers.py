"""Code of other files that is read together with the checked source: callers of its functions, users of its groups, and
inherited constructors."""

import re
from collections.abc import Collection

from optimlint.facts.limits import Limit
from optimlint.interpret.frame import Deferred
from optimlint.interpret.linking import Linker, Module
from optimlint.interpret.values import ClassValue, Entity, FunctionValue, Value
from optimlint.interpret.world import World
from optimlint.syntax import tree

_MOST_FILES = 12
"""The most files that are read because they use the checked source."""
_MOST_NAMES = 4
"""The most rounds of following new names that a file binds a function to."""


class Callers:
    """Finds callers, with a cache. `passed_over` names functions of which not all callers are read."""

    def __init__(self, world: World, linker: Linker) -> None:
        self._world = world
        self._linker = linker
        self._files: dict[frozenset[str], list[str]] = {}
        self.passed_over: frozenset[str] = frozenset()

    def using(self, names: frozenset[str]) -> list[Deferred]:
        """The functions of other files that use some of these names of the checked source, under whatever name they
        import them. The statements around them have been read then."""
        if not names or not self._world.path:
            return []
        found: list[Deferred] = []
        for path in self._files_using(names):
            module = self._linker.module(path)
            if module is None:
                self.passed_over |= names
                continue
            for node in self._nodes_using(module, names):
                found.append(module.waiting.pop(node))
        return found

    def constructors(self) -> list[Deferred]:
        """The `__init__` methods that classes of the source inherit from other files. They define the attributes of the
        objects."""
        found: list[Deferred] = []
        for base in self._bases():
            module, node = self._linker.module(base.scope.module), base.methods.get("__init__")
            if module is not None and node is not None and node in module.waiting:
                found.append(module.waiting.pop(node))
        return found

    def _bases(self) -> list[ClassValue]:
        """The classes of other files that classes of the source inherit from."""
        found = [one for one in self._world.classes.values() if not one.scope.module]
        for one in found:
            found += [base for base in one.bases if isinstance(base, ClassValue) and base not in found]
        return [one for one in found if one.scope.module]

    def _files_using(self, names: frozenset[str]) -> list[str]:
        if names not in self._files:
            importing = sorted(self._world.followed.importers_with(self._world.path, names))
            files = dict.fromkeys((*(one.scope.module for one in self._bases()), *importing))
            using = [path for path in files if self._uses(path, names)]
            if len(using) > _MOST_FILES:
                self.passed_over |= names
                self._world.leave_unread(Limit.CALLER, *using[_MOST_FILES:])
            self._files[names] = using[:_MOST_FILES]
        return self._files[names]

    def _uses(self, path: str, names: frozenset[str]) -> bool:
        """Whether a file calls, or passes on, something with one of the names of the checked source."""
        text = self._linker.text(path)
        if text is None:
            return False
        imported = (one.names or () for one in self._world.followed.imports(path).statements)
        own = {bound for pairs in imported for taken, bound in pairs if taken in names}
        spoken = "|".join(sorted(names | own))
        return re.search(rf"\b(?:{spoken})\s*\(|\.(?:{spoken})\b|partial\(\s*(?:{spoken})\b", text) is not None

    def _nodes_using(self, module: Module, names: frozenset[str]) -> list[tree.Node]:
        """The functions of a module that use the names, or names that the module binds to them."""
        spoken = names
        for _ in range(_MOST_NAMES):
            self._read_parts(module, spoken)
            further = spoken | self._bound_to(module, names)
            if further == spoken:
                break
            spoken = further
        layout = self._world.layout
        spans = ((node, layout.span(node)) for node in module.waiting)
        return [node for node, (start, end) in spans if _mentions(layout.source[start:end], spoken)]

    def _read_parts(self, module: Module, names: frozenset[str]) -> None:
        """Read the statements of a module that mention the names. If one of them does more than define, read all, since
        statements depend on earlier ones."""
        parts = list(enumerate(module.parts))
        mentioning = [(index, part) for index, part in parts if _mentions(module.text[part.start : part.end], names)]
        for index, _ in parts if any(part.is_run for _, part in mentioning) else mentioning:
            self._linker.read(module, index)

    def holding(self, paths: Collection[str]) -> list[Deferred]:
        """The functions of files that mention names or attributes that hold parameters or groups there. Before they are
        read, it is unknown whether the groups are used."""
        found: list[Deferred] = []
        for path in paths:
            module = self._linker.module(path) if path else None
            held = self._world.held_in(path) if module is not None else frozenset()
            if module is None or not held:
                continue
            mention = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(held)))})\b")
            for node in list(module.waiting):
                if mention.search(self._world.layout.source, *self._world.layout.span(node)):
                    found.append(module.waiting.pop(node))
        return found

    def _bound_to(self, module: Module, names: frozenset[str]) -> frozenset[str]:
        """The names of a module that are bound to the functions, by import or with `partial`."""
        nodes = {one.node for one in self._world.functions.values() if one.node.name.value in names}
        return frozenset(
            name
            for (scope, name), values in self._world.bound.items()
            if scope == module.scope and any(_means(one, names, nodes) for one in values)
        )


def _mentions(text: str, names: frozenset[str]) -> bool:
    return any(name in text for name in names)


def _means(value: Value, names: frozenset[str], nodes: set[tree.FunctionDef]) -> bool:
    """Whether a value is one of the functions, by import or with `partial`."""
    match value:
        case Entity(qualified_name=str(name)):
            return name.rpartition(".")[2] in names
        case FunctionValue(node=tree.FunctionDef() as node):
            return node in nodes
        case _:
            return False
