"""Whether other files of a repository use what a module defines: its names by imports, its objects' attributes where
these can be held, the keys of its groups where its optimizers can be held."""

import os
from collections.abc import Callable, Iterable, Iterator

from optimlint.facts.project import Argument, Exposed, NameKind, Questions
from optimlint.facts.readers import holds_configuration
from optimlint.repository.graph import Graph
from optimlint.repository.imports import ANONYMOUS, STAR
from optimlint.repository.outline import AttributeRead, Outline

_DEEPEST = 10
"""How many re-exports of modules are followed."""

_MOST_FOLLOWED = 40
"""How many modules and bases are looked into for one class."""

Definition = tuple[str, str]
"""A class by its file and name."""


class Uses:
    """Answers for one repository. `outline` reads what a file does with the words asked for, `holding` tells the files
    that hold a word, and `is_configured` whether a configuration does."""

    def __init__(
        self,
        graph: Graph,
        outline: Callable[[str], Outline],
        holding: Callable[[str], frozenset[str]],
        is_configured: Callable[[str], bool],
    ) -> None:
        self._graph = graph
        self._outline = outline
        self._holding = holding
        self._is_configured = is_configured
        self._aliases: dict[str, dict[str, str]] = {}
        self._holders: dict[str, frozenset[str]] = {}

    def needed(self, file: str, questions: Questions) -> frozenset[str]:
        """The files whose outlines the answers come from, as far as that is known beforehand."""
        words = {one.name for one in questions.names} | questions.keys | questions.parameters
        words |= {one.function for one in questions.arguments}
        found: set[str] = set()
        for word in words:
            found |= self._holding(word)
        reach = self._graph.imports.keys() if self._are_made_by_configuration(questions.names) else self._held_by(file)
        return frozenset((found & set(reach)) - {file})

    def is_used(self, file: str, exposed: Exposed) -> bool:
        """Whether another file uses a name of `file`."""
        if exposed.kind in (NameKind.VARIABLE, NameKind.FUNCTION):
            return self._is_name_used(file, exposed)
        return self._is_attribute_used(file, exposed)

    def is_key_read(self, file: str, key: str) -> bool:
        """Whether code that can hold an optimizer of `file`, or its groups, reads the key."""
        for other in sorted(self._holding(key) & self._held_by(file)):
            outline = self._outline(other)
            if outline.is_torch and key in outline.keys:
                return True
        return False

    def is_parameter(self, file: str, name: str) -> bool:
        """Whether a class whose objects `file` can hold has a parameter of its own of that name."""
        for other in sorted(self._holding(name) & (self._held_by(file) | {file})):
            outline = self._outline(other)
            if name in outline.parameters or (not outline.is_readable and name in outline.names):
                return True
        return False

    def is_package_used(self, file: str, package: str) -> bool:
        """Whether such code imports a package."""
        graph = self._graph.imports
        return any(
            one.first == package and not one.level
            for other in (file, *self._held_by(file))
            if other in graph
            for one in graph[other].statements
        )

    def given(self, file: str, argument: Argument) -> tuple[Definition, ...]:
        """The classes of all models that other files give to a function of `file`; none where one of them
        is not known."""
        found: dict[Definition, None] = {}
        for other in sorted(self._holding(argument.function) & self._held_by(file)):
            outline = self._outline(other)
            if not outline.is_readable:
                return ()
            gifts = [gift for gift in outline.gifts if self._is_of(other, file, gift.callee, argument.function)]
            for gift in gifts:
                if gift.position >= 0 and (gift.keyword or argument.name) != argument.name:
                    continue
                if gift.position >= 0 and not gift.keyword and gift.position != argument.position:
                    continue
                made = [self._definition(other, one) for one in gift.made_of]
                if not made or None in made:
                    return ()
                found.update((one, None) for one in made if one is not None)
        return tuple(found)

    def _is_of(self, other: str, file: str, callee: str, name: str) -> bool:
        """Whether a callee in `other` may be the function of that name in `file`."""
        base, _, last = callee.rpartition(".")
        if last != name:
            return False
        if base:
            module = self._module_of(other, base)
            return module is not None and self._leads(module, file, name)
        return self._takes(other, file, name)

    def _held_by(self, file: str) -> frozenset[str]:
        if file not in self._holders:
            self._holders[file] = self._graph.holders(file)
        return self._holders[file]

    # Names of a module.

    def _is_name_used(self, file: str, exposed: Exposed) -> bool:
        name = exposed.name
        if exposed.kind is NameKind.FUNCTION and self._is_configured(name):
            return True
        if self._is_configured(f"{stem(file)}.{name}"):
            return True
        importers = self._graph.importers(file)
        holding = sorted(self._holding(name) & self._held_by(file))
        if any(self._takes(other, file, name) for other in holding if other in importers):
            return True
        # A module that is handed on as an object may be looked into by whoever gets it.
        is_read = any(read.name == name for other in holding for read in self._outline(other).attributes)
        return is_read and any(self._hands_on(other, file) for other in sorted(importers))

    def _takes(self, other: str, file: str, name: str) -> bool:
        """Whether `other` takes `name` from the module `file` by one of its imports."""
        outline = self._outline(other)
        if not outline.is_readable:
            return name in outline.names
        graph = self._graph
        if name in outline.names and file in graph.runs(other):
            return True
        for target, names in self._imported_names(other):
            if any(taken == name for taken, _ in names) and self._leads(target, file, name):
                return True
            is_star = any(taken == STAR for taken, _ in names)
            if is_star and name in outline.names and not name.startswith("_") and self._leads(target, file, name):
                return True
        reads = [read for read in outline.attributes if read.name == name]
        if reads and (graph.loads_any(other) or file in self._anonymous(other) or file in graph.runs(other)):
            return True
        return any(
            (module := self._module_of(other, read.base)) is not None and self._leads(module, file, name)
            for read in reads
            if read.base
        )

    def _imported_names(self, file: str) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        """What a file takes by name, with the modules."""
        imports = self._graph.imports.get(file)
        for one in imports.statements if imports else ():
            if one.names is not None and imports is not None:
                target = self._graph.modules.resolve(file, one.module, one.level, imports.folders)
                if target is not None:
                    yield target, one.names

    def _leads(self, target: str, file: str, name: str) -> bool:
        """Whether `name` of the module `target` is that of `file`: itself, or one that has it by star imports."""
        found = [target]
        for module in found:
            if module == file:
                return True
            for inner, names in self._imported_names(module):
                is_taken = any(taken == name or (taken == STAR and not name.startswith("_")) for taken, _ in names)
                if is_taken and inner not in found:
                    found.append(inner)
        return False

    def _anonymous(self, file: str) -> frozenset[str]:
        """The modules that a file imports by a call, so that they may have any name."""
        imports = self._graph.imports[file]
        found = (
            self._graph.modules.resolve(file, one.module, one.level, imports.folders)
            for one in imports.statements
            if one.bound == ANONYMOUS
        )
        named = {one for one in found if one is not None}
        return frozenset(named | (self._graph.loads(file) if any(imports.computed) else frozenset()))

    def _module_of(self, file: str, base: str) -> str | None:
        """The module that a dotted name means in a file."""
        aliases = self._aliases_of(file)
        first, *rest = base.split(".")
        module = aliases.get(first)
        for part in rest:
            if module is None:
                return None
            module = self._graph.modules.member(module, part) or self._aliases_of(module).get(part)
        return module

    def _aliases_of(self, file: str, depth: int = 0) -> dict[str, str]:
        """The names that stand for modules in a file."""
        if file in self._aliases or depth >= _DEEPEST:
            return self._aliases.get(file, {})
        found = self._aliases[file] = {}  # Known at once, as far as it goes: files may import one another.
        imports = self._graph.imports.get(file)
        modules = self._graph.modules
        for one in imports.statements if imports else ():
            chain = modules.chain(file, one.module, one.level, imports.folders if imports else ())
            if not chain or one.bound == ANONYMOUS:
                continue
            if one.names is None:
                found[one.bound or one.first] = chain[-1] if one.bound else chain[0]
                continue
            for name, bound in one.names:
                module = modules.member(chain[-1], name)
                if module is None:
                    module = self._aliases_of(chain[-1], depth + 1).get(name)
                if module is not None:
                    found[bound] = module
        return found

    def _hands_on(self, other: str, file: str) -> bool:
        """Whether `other` hands the module itself on."""
        names = [name for name, module in self._aliases_of(other).items() if module == file]
        return bool(names) and not self._outline(other).bare.isdisjoint(names)

    # Attributes of objects.

    def _are_made_by_configuration(self, names: Iterable[Exposed]) -> bool:
        return any(one.owner and self._is_configured(one.owner) for one in names)

    def _is_attribute_used(self, file: str, exposed: Exposed) -> bool:
        if exposed.kind is NameKind.METHOD and self._is_configured(exposed.name):
            return True
        # Who holds an object that is made as a configuration says, nobody knows.
        reach = self._graph.imports.keys() if self._are_made_by_configuration((exposed,)) else self._held_by(file)
        for other in sorted((self._holding(exposed.name) & reach) - {file}):
            outline = self._outline(other)
            if not outline.is_readable and exposed.name in outline.names:
                return True
            reads = (read for read in outline.attributes if read.name == exposed.name)
            if any(self._may_be_of(read, other, (file, exposed.owner), exposed.name) for read in reads):
                return True
        return False

    def _may_be_of(self, read: AttributeRead, other: str, owner: Definition, name: str) -> bool:
        """Whether what an attribute is read from may be an object of the class `owner`."""
        if read.owner:
            own = (other, read.owner)
            return not self._binds(own, name) or self._are_related(own, owner)
        if not read.base:
            return True
        if holds_configuration(read.base.rpartition(".")[2]) or self._module_of(other, read.base) is not None:
            return False
        made = [self._definition(other, one) for one in read.made_of]
        return not made or any(
            one is None or not self._binds(one, name) or self._are_related(one, owner) for one in made
        )

    def _binds(self, definition: Definition, name: str) -> bool:
        """Whether a class, or one of its bases in the repository, binds the attribute itself."""
        return any(
            (found := self._outline(file).class_named(class_name)) is not None and name in found.binds
            for file, class_name in self._with_bases(definition)
        )

    def _are_related(self, one: Definition, other: Definition) -> bool:
        return other in self._with_bases(one) or one in self._with_bases(other)

    def _with_bases(self, definition: Definition) -> list[Definition]:
        """A class and its bases as far as the repository has them."""
        found = [definition]
        for file, name in found:
            one = self._outline(file).class_named(name)
            for base in one.bases if one is not None and len(found) < _MOST_FOLLOWED else ():
                resolved = self._definition(file, base)
                if resolved is not None and resolved not in found:
                    found.append(resolved)
        return found

    def _definition(self, file: str, name: str) -> Definition | None:
        """The class that a dotted name means in a file, through imports and re-exports."""
        base, _, last = name.rpartition(".")
        start = self._module_of(file, base) if base else file
        found = [(start, last)] if start is not None else []
        for module, wanted in found:
            if self._outline(module).class_named(wanted) is not None:
                return module, wanted
            for target, names in self._imported_names(module):
                for taken, bound in names:
                    one = (target, wanted if taken == STAR else taken)
                    if (bound == wanted or taken == STAR) and one not in found and len(found) < _MOST_FOLLOWED:
                        found.append(one)
        return None


def stem(file: str) -> str:
    """The name of a module, without the packages around it."""
    name = os.path.splitext(os.path.basename(file))[0]
    return os.path.basename(os.path.dirname(file)) if name == "__init__" else name
