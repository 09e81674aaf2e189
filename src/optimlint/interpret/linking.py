"""Names of other files: a module is read as a part of the same program, when what it defines is needed.

Of a module only the statements are lowered and read that bind a name somebody asks for; its functions wait until they
are called. What is not found, what is too much, and what cannot be parsed stays an entity, and an entity never makes a
rule speak.
"""

import re
from dataclasses import dataclass, field

from optimlint.facts.names import Scope, ScopeKind
from optimlint.interpret.frame import Deferred, Frame, Machine
from optimlint.interpret.state import State
from optimlint.interpret.values import ClassValue, Entity, FunctionValue, Values, union
from optimlint.interpret.world import MODULE, World
from optimlint.knowledge.words import LIBRARIES
from optimlint.syntax import tree
from optimlint.syntax.outline import Part, without_bodies
from optimlint.syntax.parse import parse_at
from optimlint.text import Unparseable

_MOST_MODULES = 40
_MOST_TEXT = 2_000_000
"""How much is read of other files for one: modules, and characters of them."""
_MOST_CALLERS = 12
"""Files that call what is checked, and are read with it."""
_DEEPEST = 8
"""How many re-exports are followed for one name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name is defined: the file, and the name there; "" for the module itself."""

    path: str
    name: str


@dataclass(slots=True)
class Module:
    """A module of another file, whose text begins at `base`. Only the parts that bind a name that somebody asks for are
    lowered and read; `waiting` are the functions that these define, by node."""

    scope: Scope
    text: str
    base: int
    parts: tuple[Part, ...]
    binding: dict[str, list[int]]
    """The parts that bind or change a name."""
    lowered: dict[int, tree.Module | None] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    """The parts that have been read in the pass `read_in`."""
    read_in: int = -1
    state: State = field(default_factory=State)
    waiting: dict[tree.Node, Deferred] = field(default_factory=dict)


class Linker:
    """Finds what a name of another file stands for."""

    def __init__(self, world: World, machine: Machine) -> None:
        self._world = world
        self._machine = machine
        self._modules: dict[str, Module | None] = {}
        self._places: dict[tuple[str, str], Place | None] = {}
        self._codes: dict[Place, str] = {}
        self._texts: dict[str, str | None] = {}
        self._characters = 0
        self._callers: list[str] | None = None

    def place_of(self, entity: Entity) -> Place | None:
        """Where what the entity names is defined, by its import; re-exports are not followed."""
        name = entity.qualified_name
        if name is None or name.split(".")[0] in LIBRARIES:
            return None
        importing = entity.importing or self._world.path
        if (importing, name) not in self._places:
            self._places[importing, name] = self._locate(importing, name)
        return self._places[importing, name]

    def code_of(self, entity: Entity) -> str:
        """The code that defines a function or class, without its being parsed; "" where it is not found."""
        place = self.place_of(entity)
        if place is None:
            return ""
        if place not in self._codes:
            self._codes[place] = self._code_at(place)
        return self._codes[place]

    def _code_at(self, place: Place | None) -> str:
        for _ in range(_DEEPEST):
            if place is None or not place.name:
                return ""
            text = self._text(place.path) or ""
            code = _definition(text, place.name)
            if code:
                return code
            place = self._imported_by(place, text)
        return ""

    def find(self, entity: Entity, depth: int = 0) -> Values:
        """What the entity names: functions, classes and other values of the file that defines it; none where that is
        not known."""
        place = self.place_of(entity)
        return self._bound(place, depth) if place is not None and place.name else ()

    def classes(self, entity: Entity) -> list[ClassValue]:
        """The classes among what the entity names."""
        return [value for value in self.find(entity) if isinstance(value, ClassValue)]

    def waiting(self, function: FunctionValue) -> Deferred | None:
        """The function of another file as its module left it, where nobody has read it in this pass."""
        module = self._modules.get(function.scope.module)
        return module.waiting.pop(function.node, None) if module is not None else None

    def callers(self, names: frozenset[str]) -> list[Deferred]:
        """The functions of other files that call some of these names of the source that is checked, once what stands
        around them has been read."""
        if not names or not self._world.path:
            return []
        if self._callers is None:
            mention = re.compile(rf"\b(?:{'|'.join(sorted(names))})\s*\(")
            importing = sorted(self._world.repository.importers_with(self._world.path, names))
            self._callers = [
                path for path in importing if (text := self._text(path)) is not None and mention.search(text)
            ][:_MOST_CALLERS]
        found: list[Deferred] = []
        for path in self._callers:
            module = self._module(path)
            if module is None:
                continue
            for index, part in enumerate(module.parts):
                if _mentions(module.text[part.start : part.end], names):
                    self._read(module, index)
            for node in list(module.waiting):
                start, end = self._world.layout.span(node)
                if _mentions(self._world.layout.source[start:end], names):
                    found.append(module.waiting.pop(node))
        return found

    def demand(self, path: str, name: str) -> None:
        """See to it that what a name of another file's module holds has been read."""
        module = self._module(path)
        for index in module.binding.get(name, ()) if module is not None else ():
            if module is not None:
                self._read(module, index)

    def class_named(self, within: ClassValue, name: str) -> ClassValue | None:
        """The class that a dotted name means in the module of another class."""
        first, *rest = name.split(".")
        if within.scope.module:
            self.demand(within.scope.module, first)
        found = self._world.bound.get((self._world.module_scope(within.scope.module), first), ())
        for attribute in rest:
            found = tuple(self._world.child(one, attribute) for one in found if isinstance(one, Entity))
        classes = [
            one
            for value in found
            for one in (self.classes(value) if isinstance(value, Entity) else [value])
            if isinstance(one, ClassValue)
        ]
        return classes[0] if len(classes) == 1 else None

    def _locate(self, importing: str, name: str) -> Place | None:
        """The longest beginning of the name that is a module, and what is behind it, if that is one name."""
        level = len(name) - len(name.lstrip("."))
        parts = [part for part in name[level:].split(".") if part]
        for count in range(len(parts), 0 if not level else -1, -1):
            path = self._world.repository.resolve(importing, ".".join(parts[:count]), level)
            if path is not None:
                rest = parts[count:]
                return Place(path, rest[0] if rest else "") if len(rest) <= 1 and path.endswith(".py") else None
        return None

    def _bound(self, place: Place, depth: int) -> Values:
        """What a name of a module holds, through the re-exports that lead to it."""
        if place.path == self._world.path:
            return self._world.bound.get((MODULE, place.name), ())
        module = self._module(place.path)
        if module is None:
            return ()
        self.demand(place.path, place.name)
        held = self._world.bound.get((module.scope, place.name), ())
        found: Values = ()
        for value in held:
            further = self.find(value, depth + 1) if isinstance(value, Entity) and depth < _DEEPEST else ()
            found = union(found, further or (value,))
        if held or depth >= _DEEPEST:
            return found
        for index, part in enumerate(module.parts):
            if part.is_star:
                self._read(module, index)
        for starred in tuple(self._world.star_imports.get(place.path, ())):
            origin = self._locate(place.path, starred + ("" if starred.endswith(".") else ".") + place.name)
            if origin is not None and origin.name and (found := self._bound(origin, depth + 1)):
                return found
        return ()

    def _module(self, path: str) -> Module | None:
        if path not in self._modules:
            self._modules[path] = self._opened(path)
        module = self._modules[path]
        if module is not None and module.read_in != self._world.passes:
            module.read_in, module.state = self._world.passes, State()
            module.read.clear()
            module.waiting.clear()
        return module

    def _opened(self, path: str) -> Module | None:
        text = self._text(path)
        if text is None or len(self._modules) > _MOST_MODULES or self._characters + len(text) > _MOST_TEXT:
            return None
        self._characters += len(text)
        parts = self._world.repository.parts(path, text)
        binding: dict[str, list[int]] = {}
        for index, part in enumerate(parts):
            for name in part.names:
                binding.setdefault(name, []).append(index)
        return Module(Scope(ScopeKind.MODULE, path), text, self._world.layout.add(path, text), parts, binding)

    def _read(self, module: Module, index: int) -> None:
        """Read a part of a module, once in each pass."""
        if index in module.read:
            return
        module.read.add(index)
        if index not in module.lowered:
            part = module.parts[index]
            outline = without_bodies(module.text[part.start : part.end])
            body = parse_at(self._world.layout, outline, module.base + part.start) if outline is not None else None
            module.lowered[index] = None if isinstance(body, Unparseable) else body
        body = module.lowered[index]
        if body is not None:
            frame = Frame(self._machine, self._world, module.scope)
            self._machine.read_block(frame, module.state, body.body)
            module.waiting.update((entry.node, entry) for entry in frame.deferred)

    def _text(self, path: str) -> str | None:
        if path == self._world.path:
            return self._world.layout.checked
        if path not in self._texts:
            self._texts[path] = self._world.repository.text(path)
        return self._texts[path]

    def _imported_by(self, place: Place, text: str) -> Place | None:
        """Where a module that only hands a name on has it from."""
        for one in self._world.repository.imports(place.path).statements:
            for taken, bound in one.names or ():
                if bound == place.name or taken == "*":
                    dots = "." * one.level
                    name = place.name if taken == "*" else taken
                    found = self._locate(place.path, f"{dots}{one.module}.{name}" if one.module else f"{dots}{name}")
                    if found is not None and found.name and (taken != "*" or self._defines(found)):
                        return found
        return None

    def _defines(self, place: Place) -> bool:
        return bool(_definition(self._text(place.path) or "", place.name))


def _mentions(text: str, names: frozenset[str]) -> bool:
    return any(name in text for name in names)


def _definition(text: str, name: str) -> str:
    """The code of a function or class of a module, by its indentation; "" without one."""
    head = re.search(rf"^([ \t]*)(?:async[ \t]+def|def|class)[ \t]+{re.escape(name)}\b", text, re.MULTILINE)
    if head is None:
        return ""
    end = re.compile(rf"^[ \t]{{0,{len(head[1])}}}[^\s#)\]}}]", re.MULTILINE).search(text, head.end())
    return text[head.start() : end.start() if end is not None else len(text)]
