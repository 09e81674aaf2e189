"""Link names of other files: read the defining module as part of the same program, on demand.

Only the statements of a module that bind a requested name are lowered and read; functions wait until they are called. A
name stays an unknown entity, on which no rule fires, if it is not found, if its module cannot be parsed, or if the size
limits are reached.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from optimlint.facts.limits import Limit
from optimlint.facts.names import Scope, ScopeKind
from optimlint.interpret.frame import Deferred, Frame, Machine
from optimlint.interpret.interest import MARKS
from optimlint.interpret.state import State
from optimlint.interpret.training.leading import ACTS, leading_functions, mentions_of_functions
from optimlint.interpret.values import ClassValue, Entity, FunctionValue, Values, union
from optimlint.interpret.world import MODULE, World
from optimlint.knowledge.fragments import quotes_bias_or_norm
from optimlint.knowledge.words import LIBRARIES
from optimlint.repository.imports import STAR
from optimlint.syntax import tree
from optimlint.syntax.outline import Part
from optimlint.syntax.parse import parse_at
from optimlint.text import Unparseable

_MOST_MODULES = 40
_MOST_TEXT = 2_000_000
"""The most modules and characters of other files that are read for one source."""
_MOST_CODE = 250_000
"""How many characters of the code in these modules are lowered for one source."""
_HEAD = re.compile(r"([ \t]*)(?:async[ \t]+def|def|class)[ \t]+")
_BINDS = re.compile(r"[ \t]*(?::[^=\n]+)?=(?!=)[^\n]*")
_LONGEST_HEAD = 200
"""The most characters of a definition before its name."""
_LISTED = re.compile(r"^__all__\b", re.MULTILINE)
_DEEPEST = 8
"""How many re-exports are followed for one name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name is defined: the file, and the name in it; "" for the module itself."""

    path: str
    name: str


@dataclass(slots=True)
class Module:
    """A module of another file, whose text begins at `base`. Only parts that bind a requested name are lowered and
    read. `waiting` are the functions that these parts define, by node."""

    scope: Scope
    text: str
    base: int
    parts: tuple[Part, ...]
    binding: dict[str, list[int]]
    """The parts that bind or change each name."""
    lowered: dict[int, tree.Module | None] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    """The parts that have been read in the pass `read_in`."""
    read_in: int = -1
    state: State = field(default_factory=State)
    waiting: dict[tree.Node, Deferred] = field(default_factory=dict)


class Linker:
    """Resolves names to definitions in other files."""

    def __init__(self, world: World, machine: Machine) -> None:
        self._world = world
        self._machine = machine
        self._modules: dict[str, Module | None] = {}
        self._places: dict[tuple[str, str], Place | None] = {}
        self._texts: dict[str, str | None] = {}
        self._characters = 0
        self._lowered = 0
        self._bodies: set[tree.Node] = set()
        self._homes: dict[Place, Place | None] = {}
        self._codes: dict[Place, str] = {}
        self._stars: dict[tuple[str, str], str | None] = {}

    def place_of(self, entity: Entity) -> Place | None:
        """Where an imported name is defined according to its import. Does not follow re-exports."""
        name = entity.qualified_name
        if name is None or name.split(".")[0] in LIBRARIES:
            return None
        importing = entity.importing or self._world.path
        if (importing, name) not in self._places:
            self._places[importing, name] = self._locate(importing, name)
        return self._places[importing, name]

    def code_of(self, entity: Entity) -> str:
        """The source text of a function or class, without parsing it; "" if it is not found."""
        home = self._home(entity)
        if home is None:
            return ""
        if home not in self._codes:
            self._codes[home] = _definition(self.text(home.path) or "", home.name)
        return self._codes[home]

    def is_own(self, entity: Entity) -> bool:
        """Whether an imported name is defined in the checked source."""
        home = self._home(entity)
        return home is not None and home.path == self._world.path

    def _home(self, entity: Entity) -> Place | None:
        """Where an imported name is defined, following re-exports."""
        place = self.place_of(entity)
        if place is not None and place not in self._homes:
            self._homes[place] = self._home_of(place)
        return None if place is None else self._homes[place]

    def _home_of(self, start: Place) -> Place | None:
        place: Place | None = start
        for _ in range(_DEEPEST):
            if place is None or not place.name:
                return None
            text = self.text(place.path) or ""
            if _definition(text, place.name):
                return place
            place = self._imported_by(place, text)
        return None

    def find(self, entity: Entity, depth: int = 0) -> Values:
        """The functions, classes and other values that an imported name refers to; empty if unknown."""
        place = self.place_of(entity)
        return self._bound(place, depth) if place is not None and place.name else ()

    def classes(self, entity: Entity) -> list[ClassValue]:
        """The classes that an imported name refers to."""
        return [value for value in self.find(entity) if isinstance(value, ClassValue)]

    def class_at(self, path: str, name: str) -> ClassValue | None:
        """The class of that name in a module; None if it is not one."""
        found = self._bound(Place(path, name), 0)
        return found[0] if len(found) == 1 and isinstance(found[0], ClassValue) else None

    def waiting(self, function: FunctionValue) -> Deferred | None:
        """Remove a function of another file from its module's unread functions and return it; None if it has been read
        in this pass."""
        module = self._modules.get(function.scope.module)
        entry = module.waiting.pop(function.node, None) if module is not None else None
        if entry is None or function.node in self._bodies:
            return entry
        if not self._affords(function.node.end - function.node.start, function.scope.module):
            return None
        self._bodies.add(function.node)
        return entry

    def leads(self, function: FunctionValue) -> bool:
        """Whether the function, or one that it calls by name in its module, mentions parameters, groups, optimizers or,
        if the source trains, training operations."""
        module = self._modules.get(function.scope.module)
        if module is None or not isinstance(function.node, tree.FunctionDef):
            return True
        leading = _leading(module.text, self._world.training.is_on)
        return function.node.name.start - module.base in leading

    def starred(self, module: str, name: str) -> Entity | None:
        """The entity that a star import of a module binds to a name; None if no module of the repository has it."""
        if (module, name) not in self._stars:
            around = self.module(module) if module else None
            if around is not None:
                self._read_stars(around)
            found = (whole for whole, place in self._origins(module, name) if self._exports(place))
            self._stars[module, name] = next(found, None)
        whole = self._stars[module, name]
        return None if whole is None else self._world.imported(whole, name, module)

    def demand(self, path: str, name: str) -> None:
        """Read the statements of another module that bind this name."""
        module = self.module(path)
        for index in module.binding.get(name, ()) if module is not None else ():
            if module is not None:
                self.read(module, index)

    def class_named(self, within: ClassValue, name: str) -> ClassValue | None:
        """The class that a dotted name refers to in the module of another class."""
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
        """Resolve a qualified name: its longest prefix that is a module, and the single name after it. None if more
        than one name is left."""
        level = len(name) - len(name.lstrip("."))
        parts = [part for part in name[level:].split(".") if part]
        for count in range(len(parts), 0 if not level else -1, -1):
            path = self._world.followed.resolve(importing, ".".join(parts[:count]), level)
            if path is not None:
                rest = parts[count:]
                return Place(path, rest[0] if rest else "") if len(rest) <= 1 and path.endswith(".py") else None
        return None

    def _bound(self, place: Place, depth: int) -> Values:
        """The values of a name of a module, following re-exports."""
        if place.path == self._world.path:
            return self._world.bound.get((MODULE, place.name), ())
        module = self.module(place.path)
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
        self._read_stars(module)
        for _, origin in self._origins(place.path, place.name):
            if self._exports(origin) and (found := self._bound(origin, depth + 1)):
                return found
        return ()

    def _read_stars(self, module: Module) -> None:
        """Read the star imports of a module, since they may bind any name."""
        for index, part in enumerate(module.parts):
            if part.is_star:
                self.read(module, index)

    def _origins(self, module: str, name: str) -> Iterator[tuple[str, Place]]:
        """The qualified names and places from which star imports of a module may get a name."""
        for starred in tuple(self._world.star_imports.get(module, ())):
            whole = starred + ("" if starred.endswith(".") else ".") + name
            place = self._locate(module or self._world.path, whole)
            if place is not None and place.name:
                yield whole, place

    def _exports(self, place: Place, depth: int = 0) -> bool:
        """Whether a star import of the module binds the name."""
        text = self.text(place.path) or ""
        listed = _LISTED.search(text)
        if re.search(rf"[\"']{re.escape(place.name)}[\"']", text) is None if listed else place.name.startswith("_"):
            return False
        if re.search(rf"^(?:(?:async[ \t]+)?def[ \t]+|class[ \t]+)?{re.escape(place.name)}\b", text, re.MULTILINE):
            return True
        for taken, bound, origin in self._taken(place, text):
            if bound == place.name or (taken == STAR and depth < _DEEPEST and self._exports(origin, depth + 1)):
                return True
        return False

    def module(self, path: str) -> Module | None:
        """The module of another file, as far as it has been read in this pass; None past the size limits."""
        if path not in self._modules:
            self._modules[path] = self._opened(path)
        module = self._modules[path]
        if module is not None and module.read_in != self._world.passes:
            module.read_in, module.state = self._world.passes, State()
            module.read.clear()
            module.waiting.clear()
        return module

    def _opened(self, path: str) -> Module | None:
        text = self.text(path)
        if text is None:
            return None
        if len(self._modules) > _MOST_MODULES or self._characters + len(text) > _MOST_TEXT:
            self._world.leave_unread(Limit.FILE, path)
            return None
        self._characters += len(text)
        parts = self._world.followed.parts(path, text)
        binding: dict[str, list[int]] = {}
        for index, part in enumerate(parts):
            for name in part.names:
                binding.setdefault(name, []).append(index)
        return Module(Scope(ScopeKind.MODULE, path), text, self._world.layout.add(path, text), parts, binding)

    def read(self, module: Module, index: int) -> None:
        """Read a part of a module, once per pass."""
        if index in module.read:
            return
        module.read.add(index)
        if index not in module.lowered:
            module.lowered[index] = self._lower(module, module.parts[index])
        body = module.lowered[index]
        if body is not None:
            frame = Frame(self._machine, self._world, module.scope)
            self._machine.read_block(frame, module.state, body.body)
            module.waiting.update((entry.node, entry) for entry in frame.deferred)

    def _lower(self, module: Module, part: Part) -> tree.Module | None:
        """Lower a part of a module without function bodies; None if it cannot be parsed, or past the limit."""
        outline = part.outline(module.text)
        if not self._affords(len(outline.skeleton), module.scope.module):
            return None
        body = parse_at(self._world.layout, outline, module.base + part.start)
        return None if isinstance(body, Unparseable) else body

    def _affords(self, length: int, path: str) -> bool:
        """Count the characters of code that is about to be lowered, unless that would exceed the limit."""
        if self._lowered + length > _MOST_CODE:
            self._world.leave_unread(Limit.DEFINITION, path)
            return False
        self._lowered += length
        return True

    def text(self, path: str) -> str | None:
        """The text of a file of the repository."""
        if path == self._world.path:
            return self._world.layout.checked
        if path not in self._texts:
            self._texts[path] = self._world.followed.text(path)
        return self._texts[path]

    def _imported_by(self, place: Place, text: str) -> Place | None:
        """Where a module that only re-exports a name imports it from."""
        for taken, _, found in self._taken(place, text):
            if taken != STAR or self._defines(found):
                return found
        return None

    def _taken(self, place: Place, text: str) -> Iterator[tuple[str, str, Place]]:
        """The imports that may bind a name of a module: the imported name, the bound name, and where it is defined."""
        if "import" not in text:
            return
        for one in self._world.followed.imports(place.path).statements:
            for taken, bound in one.names or ():
                if bound == place.name or taken == STAR:
                    dots = "." * one.level
                    name = place.name if taken == STAR else taken
                    found = self._locate(place.path, f"{dots}{one.module}.{name}" if one.module else f"{dots}{name}")
                    if found is not None and found.name:
                        yield taken, bound, found

    def _defines(self, place: Place) -> bool:
        return bool(_definition(self.text(place.path) or "", place.name))


@lru_cache(64)
def _leading(text: str, is_training: bool) -> frozenset[int]:
    """The functions of a module that may matter, by the offset of their name. Cached, because the files of a repository
    import the same modules."""
    return leading_functions(text, mentions_of_functions(text), _acts if is_training else _mentions_groups)


def _mentions_groups(text: str, start: int, end: int) -> bool:
    return MARKS.search(text, start, end) is not None or quotes_bias_or_norm(text, start, end)


def _acts(text: str, start: int, end: int) -> bool:
    return _mentions_groups(text, start, end) or ACTS.search(text, start, end) is not None


def _definition(text: str, name: str) -> str:
    """The source text of a function or class, by indentation, or the line that binds any other name; "" if there is
    none."""
    bound = ""
    for place in _places(name, text):
        after = place + len(name)
        if text[after : after + 1].isidentifier() or text[after : after + 1].isdigit():
            continue
        if place == 0 or text[place - 1] == "\n":
            given = _BINDS.match(text, after)
            bound = bound or (name + given[0] if given is not None else "")
        elif text[place - 1] in " \t":
            start = text.rfind("\n", max(place - _LONGEST_HEAD, 0), place) + 1
            head = _HEAD.fullmatch(text, start, place)
            if head is not None:
                end = re.compile(rf"^[ \t]{{0,{len(head[1])}}}[^\s#)\]}}]", re.MULTILINE).search(text, after)
                return text[start : end.start() if end is not None else len(text)]
    return bound


def _places(name: str, text: str) -> Iterator[int]:
    """The offsets of a name in a text. This is much faster than a regular expression compiled for the name."""
    place = text.find(name)
    while place != -1:
        yield place
        place = text.find(name, place + 1)
