"""Whether other files of a repository use what a module defines: its names, the attributes of its objects, or the keys
of its parameter groups.

A name is used through an import. Attributes and keys are used by files that can hold the objects or the optimizers.
"""

import os
from collections.abc import Callable, Collection, Iterable
from functools import cached_property

from optimlint.facts.models import Argument, Exposed, NameKind
from optimlint.knowledge.words import says_configuration
from optimlint.repository.imports import STAR
from optimlint.repository.modules import package_folder
from optimlint.repository.naming import MOST_FOLLOWED, Definition
from optimlint.repository.outline import AttributeRead, Outline
from optimlint.repository.repository import FEW, Repository


class Uses:
    """Answers about one file. `together` are the sets of words that will be asked about, so that files are read
    once."""

    def __init__(self, repository: Repository, file: str, together: Iterable[frozenset[str]] = ()) -> None:
        self._repository = repository
        self._graph = repository.graph
        self._naming = repository.naming
        self._search = repository.search
        self._outlines = repository.outlines
        self._file = file
        self._together = tuple(together)
        self._words = frozenset().union(*self._together)
        self._graph.add(file)

    def is_used(self, exposed: Exposed) -> bool:
        """Whether another file uses the exposed name."""
        if exposed.kind in (NameKind.VARIABLE, NameKind.FUNCTION):
            return self._is_name_used(exposed)
        return self._is_attribute_used(exposed)

    def is_key_read(self, key: str) -> bool:
        """Whether a file that can hold one of this file's optimizers or groups reads the key."""

        def reads(other: str) -> bool:
            outline = self._outline(other, key)
            return outline.is_torch and key in outline.keys

        return self._is_done(key, reads)

    def is_parameter(self, name: str) -> bool:
        """Whether this file, or a file that can hold its objects, binds an attribute of that name to a `Parameter`."""

        def makes(other: str) -> bool:
            outline = self._outline(other, name)
            return name in outline.parameters or (not outline.is_readable and name in outline.names)

        return any(map(makes, self._search.among((self._file,), name))) or self._is_done(name, makes)

    def is_package_used(self, package: str) -> bool:
        """Whether this file, or a file that can hold its objects, imports the package."""
        return any(
            one.first == package and not one.level
            for other in (self._file, *self._holding(package))
            for one in self._graph.imports(other).statements
        )

    def given(self, argument: Argument) -> tuple[Definition, ...]:
        """The classes of all models that other files pass as this argument of a function; empty if one is unknown."""
        found: dict[Definition, None] = {}
        if self._repository.is_searched_first and not self._is_imported(argument.function):
            return ()
        for other in self._holding(argument.function):
            outline = self._outline(other, argument.function)
            if not outline.is_readable:
                return ()
            arguments = [passed for passed in outline.passed if self._is_own(other, passed.callee, argument.function)]
            for passed in arguments:
                if passed.position >= 0 and (passed.keyword or argument.name) != argument.name:
                    continue
                if passed.position >= 0 and not passed.keyword and passed.position != argument.position:
                    continue
                made = [self._definition(other, one) for one in passed.made_of]
                if not made or None in made:
                    return ()
                found.update((one, None) for one in made if one is not None)
        return tuple(found)

    def _is_own(self, other: str, callee: str, name: str) -> bool:
        """Whether `callee`, as written in `other`, may be this file's function `name`."""
        base, _, last = callee.rpartition(".")
        if last != name:
            return False
        if base:
            module = self._naming.module_of(other, base)
            return module is not None and self._naming.leads(module, self._file, name)
        return self._takes(other, name)

    # Candidate files and their outlines.

    @cached_property
    def _holders(self) -> frozenset[str]:
        return self._graph.holders(self._file)

    @cached_property
    def _importers(self) -> frozenset[str]:
        return self._graph.importers(self._file)

    def _mentioning(self, word: str) -> frozenset[str]:
        """The other files whose text contains the word."""
        return self._search.holding(word, self._beside(word)) - {self._file}

    def _holding(self, word: str) -> list[str]:
        """The other files whose text contains the word and that can hold an object of this file."""
        if self._repository.is_searched_first and not self._mentioning(word):
            return []
        return sorted(self._among(self._holders, word))

    def _is_done(self, word: str, does: Callable[[str], bool]) -> bool:
        """Whether a file that can hold an object of the file does something with the word. What the files do tells
        sooner than which can hold it, where they are few in a large repository."""
        if self._repository.is_searched_first:
            mentioning = self._mentioning(word)
            if len(mentioning) <= FEW:
                doing = {other for other in mentioning if does(other)}
                return bool(doing) and not self._holders.isdisjoint(doing)
        return any(map(does, self._holding(word)))

    def _is_imported(self, name: str) -> bool:
        """Whether a file that mentions the name imports this file by a statement. Without that, no file can get the
        name by an import."""
        if package_folder(self._file) is not None:
            return True
        naming = self._search.holding(stem(self._file), (name,)) & self._mentioning(name)
        return any(self._file in self._graph.loads(other) for other in naming)

    def _among(self, files: Collection[str], word: str) -> frozenset[str]:
        return self._search.among(files, word, self._beside(word)) - {self._file}

    def _beside(self, word: str) -> frozenset[str]:
        return next((one for one in self._together if word in one), frozenset())

    def _outline(self, other: str, word: str = "") -> Outline:
        return self._outlines.outline(other, self._words | {word} if word else self._words)

    def _definition(self, file: str, name: str) -> Definition | None:
        return self._naming.definition(file, name, self._outline)

    # Names of a module.

    def _is_name_used(self, exposed: Exposed) -> bool:
        name = exposed.name
        words = [f"{stem(self._file)}.{name}", *((name,) if exposed.kind is NameKind.FUNCTION else ())]
        if self._search.is_configured(words):
            return True
        if self._repository.is_searched_first:
            mentioning = self._mentioning(name)
            if not mentioning:
                return False
            if len(mentioning) <= FEW and not any(self._reads_attribute(other, name) for other in mentioning):
                importing = (other for other in sorted(mentioning) if self._graph.reaches(other, self._file))
                return any(self._takes(other, name) for other in importing)
        holding = self._holding(name)
        if any(self._takes(other, name) for other in holding if other in self._importers):
            return True
        # If an importer passes the module on as an object, any holder may read its attributes.
        is_read = any(self._reads_attribute(other, name) for other in holding)
        return is_read and any(self._hands_on(other) for other in sorted(self._importers))

    def _reads_attribute(self, other: str, name: str) -> bool:
        return any(read.name == name for read in self._outline(other, name).attributes)

    def _takes(self, other: str, name: str) -> bool:
        """Whether `other` gets `name` from this file through one of its imports."""
        outline = self._outline(other, name)
        if not outline.is_readable:
            return name in outline.names
        graph, naming, file = self._graph, self._naming, self._file
        if name in outline.names and file in graph.runs(other):
            return True
        for target, names in naming.imported_names(other):
            if any(taken == name for taken, _ in names) and naming.leads(target, file, name):
                return True
            is_star = any(taken == STAR for taken, _ in names)
            if is_star and name in outline.names and not name.startswith("_") and naming.leads(target, file, name):
                return True
        reads = [read for read in outline.attributes if read.name == name]
        if reads and (graph.loads_any(other) or file in naming.anonymous(other) or file in graph.runs(other)):
            return True
        return any(
            (module := naming.module_of(other, read.base)) is not None and naming.leads(module, file, name)
            for read in reads
            if read.base
        )

    def _hands_on(self, other: str) -> bool:
        """Whether `other` passes the module object itself on."""
        names = [name for name, module in self._naming.aliases_of(other).items() if module == self._file]
        return bool(names) and not self._outline(other).bare.isdisjoint(names)

    # Attributes of objects.

    def _is_attribute_used(self, exposed: Exposed) -> bool:
        name = exposed.name
        if exposed.kind is NameKind.METHOD and self._search.is_configured((name,)):
            return True
        # A configuration may create objects of this class, so any file may hold one.
        is_free = bool(exposed.owner) and self._search.is_configured((exposed.owner,))

        def reads(other: str) -> bool:
            outline = self._outline(other, name)
            if not outline.is_readable and name in outline.names:
                return True
            found = (read for read in outline.attributes if read.name == name)
            return any(self._may_be_of(read, other, (self._file, exposed.owner), name) for read in found)

        return any(map(reads, sorted(self._mentioning(name)))) if is_free else self._is_done(name, reads)

    def _may_be_of(self, read: AttributeRead, other: str, owner: Definition, name: str) -> bool:
        """Whether the object that the attribute is read from may be an instance of the class `owner`."""
        if read.owner:
            own = (other, read.owner)
            return not self._binds(own, name) or self._are_related(own, owner)
        if not read.base:
            return True
        if says_configuration(read.base.rpartition(".")[2]) or self._naming.module_of(other, read.base) is not None:
            return False
        made = [self._definition(other, one) for one in read.made_of]
        return not made or any(
            one is None or not self._binds(one, name) or self._are_related(one, owner) for one in made
        )

    def _binds(self, definition: Definition, name: str) -> bool:
        """Whether a class, or one of its bases in the repository, binds the attribute."""
        return any(
            (found := self._outline(file, name).class_named(class_name)) is not None and name in found.binds
            for file, class_name in self._with_bases(definition)
        )

    def _are_related(self, one: Definition, other: Definition) -> bool:
        return other in self._with_bases(one) or one in self._with_bases(other)

    def _with_bases(self, definition: Definition) -> list[Definition]:
        """A class and its bases, as far as the repository defines them."""
        found = [definition]
        for file, name in found:
            one = self._outline(file).class_named(name)
            for base in one.bases if one is not None and len(found) < MOST_FOLLOWED else ():
                resolved = self._definition(file, base)
                if resolved is not None and resolved not in found:
                    found.append(resolved)
        return found


def stem(file: str) -> str:
    """The name of a module without its packages; for an `__init__.py` the name of its package."""
    name = os.path.splitext(os.path.basename(file))[0]
    return os.path.basename(os.path.dirname(file)) if name == "__init__" else name
