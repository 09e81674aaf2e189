"""Answers what a source asks of the rest of its repository: who uses a name or reads a key, what a class holds.

Nothing is read before the first question. What cannot be looked through counts as using everything, so that a question
without an answer never makes a finding.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from optimlint.cli.config import Config
from optimlint.cli.discover import Walk, discover
from optimlint.cli.paths import path_within, repository_of
from optimlint.cli.reading import WORTH_SHARING, shares_of
from optimlint.cli.settings import CommandLine, Settings
from optimlint.cli.survey import (
    CONFIGURATION,
    LOOKED_THROUGH,
    Outlining,
    Surveyed,
    Surveying,
    is_configuration,
    outlined,
    survey,
    unsurveyed,
)
from optimlint.cli.tree import Tree, nearby
from optimlint.facts.ignored_keys import READ_BY_PACKAGES
from optimlint.facts.project import Argument, ModelClass, NameKind, Project, Questions
from optimlint.knowledge.catalog import Optimizer
from optimlint.repository.classes import defining_file
from optimlint.repository.graph import Graph
from optimlint.repository.imports import Imports
from optimlint.repository.modules import Modules
from optimlint.repository.outline import UNREADABLE, Outline
from optimlint.repository.uses import Definition, Uses, stem
from optimlint.trigger import PAGES, suffix_of

if TYPE_CHECKING:
    from optimlint.cli.pool import Lost

MENTIONING = LOOKED_THROUGH
"""The suffixes of files that answers come from: code, and configuration that may name code."""

_SHARE = 400
"""How many files a worker is given to look through at a time."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Mapper(Protocol):
    """Whatever parses the files of classes: the command's pool of workers, or a host's own way."""

    def map(
        self, function: Callable[[_Item], _Result], items: Sequence[_Item], /
    ) -> "Iterator[tuple[int, _Result | Lost]]":
        """The results with the indexes of their items, as they come."""
        ...


class Repositories:
    """The repositories of the files that are checked, as far as they have been asked about."""

    def __init__(self, checked: Sequence[str], walk: Walk, pool: Mapper) -> None:
        self._checked = checked
        self._respects_gitignore = walk.respects_gitignore
        self._pool = pool
        self._repositories: dict[str, _Repository] = {}
        self._classes: dict[tuple[str, str], ModelClass | Optimizer | None] = {}
        self._tree = Tree()

    def answer(self, asked: Mapping[str, Questions]) -> dict[str, Project]:
        """The answers to the questions of each file, by its path."""
        roots = {path: self._root_of(path) for path in asked}
        used: dict[str, Project] = {}
        given: dict[str, dict[Argument, tuple[Definition, ...]]] = {}
        for root in dict.fromkeys(roots.values()):
            repository = self._repository(root)
            beneath = {path: one for path, one in asked.items() if roots[path] == root}
            used.update(repository.answer(beneath))
            given.update(repository.given(beneath))
        self._read_classes(place for each in given.values() for places in each.values() for place in places)
        classes = self._find_classes(asked, roots)
        return {
            path: replace(
                used[path],
                classes=tuple((name, found) for name, found in classes[path] if isinstance(found, ModelClass)),
                optimizers=tuple(
                    replace(found, qualified_name=name) for name, found in classes[path] if isinstance(found, Optimizer)
                ),
                given=tuple(self._models_given(given[path])),
            )
            for path in asked
        }

    def _root_of(self, path: str) -> str:
        """The folder whose files may use what a file defines: its repository, or all that is checked beside it; else
        its own folder, or the one around the package that it is part of."""
        repository = repository_of(path)
        if repository is not None:
            return repository
        folder = os.path.dirname(path)
        while self._tree.is_file(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
            folder = os.path.dirname(folder)
        loose = [one for one in self._checked if path_within(one, folder) is None and repository_of(one) is None]
        top = os.path.commonpath([folder, *(os.path.dirname(one) for one in loose)]) if loose else folder
        is_anything = path_within(os.path.expanduser("~"), top) is not None or os.path.dirname(top) == top
        return folder if is_anything else top

    def _repository(self, root: str) -> "_Repository":
        if root not in self._repositories:
            self._repositories[root] = _Repository(root, self._files_of, Modules(root, self._tree), self._pool)
        return self._repositories[root]

    def _files_of(self, root: str) -> tuple[str, ...]:
        found = self._walked(root) if repository_of(root) else nearby(root, LOOKED_THROUGH)
        code = (file for file in self._checked if suffix_of(file) not in PAGES)
        others = (file for file in code if path_within(file, root) is not None)
        return tuple(dict.fromkeys((*found, *others)))

    def _walked(self, root: str) -> tuple[str, ...]:
        """The files of a repository, those too that a configuration excludes: not to be checked is no reason not to
        count as use."""
        settings = Settings(CommandLine(root, config=Config(root)))
        walk = Walk(settings, self._respects_gitignore, suffixes=LOOKED_THROUGH)
        return discover([root], walk).files

    def _find_classes(
        self, asked: Mapping[str, Questions], roots: Mapping[str, str]
    ) -> dict[str, list[tuple[str, ModelClass | Optimizer]]]:
        """The classes that each file asks for, by their qualified names, as far as the repository has them."""
        places = {
            (path, name): place
            for path, questions in asked.items()
            for name in sorted(questions.classes)
            if (place := defining_file(name, path, self._repository(roots[path]).modules, self._tree))
        }
        self._read_classes(places.values())
        found: dict[str, list[tuple[str, ModelClass | Optimizer]]] = {path: [] for path in asked}
        for (path, name), place in places.items():
            if described := self._classes[place]:
                found[path].append((name, described))
        return found

    def _models_given(
        self, given: Mapping[Argument, tuple[Definition, ...]]
    ) -> Iterator[tuple[Argument, tuple[ModelClass, ...]]]:
        """The classes that are models, of arguments that are nothing else."""
        for argument, places in given.items():
            found = [self._classes[place] for place in places]
            models = tuple(one for one in found if isinstance(one, ModelClass))
            if models and len(models) == len(found):
                yield argument, models

    def _read_classes(self, wanted: Iterable[Definition]) -> None:
        """Have the files of these classes parsed, where a crash does no harm."""
        places = [place for place in dict.fromkeys(wanted) if place not in self._classes]
        from optimlint.cli.pool import Lost
        from optimlint.cli.work import ClassRequest, find_class

        requests = [ClassRequest(name, self._tree.read(file) or b"") for file, name in places]
        for index, result in self._pool.map(find_class, requests):
            self._classes[places[index]] = None if isinstance(result, Lost) else result


class _Repository:
    """The files of one repository, as far as they have been looked through."""

    def __init__(self, root: str, files_of: Callable[[str], tuple[str, ...]], modules: Modules, pool: Mapper) -> None:
        self.modules = modules
        self._root = root
        self._files_of = files_of
        self._pool = pool
        self._files: tuple[str, ...] | None = None
        self._imports: dict[str, Imports] = {}
        self._holding: dict[str, frozenset[str]] = {}
        self._graph: Graph | None = None
        self._uses: Uses | None = None

    def given(self, asked: Mapping[str, Questions]) -> dict[str, dict[Argument, tuple[Definition, ...]]]:
        """The classes of the arguments that each file asks about, once that is answered."""
        uses = self._uses
        return {
            path: {argument: uses.given(path, argument) for argument in one.arguments} if uses is not None else {}
            for path, one in asked.items()
        }

    def answer(self, asked: Mapping[str, Questions]) -> dict[str, Project]:
        """Who uses what each file asks about; nothing is looked through where nobody asks that."""
        self._uses = None
        if not any(one.names or one.keys or one.packages or one.parameters or one.arguments for one in asked.values()):
            return {path: Project(True) for path in asked}
        self._look_for(asked)
        if not self._may_be_used(asked):
            return {path: Project(True) for path in asked}
        words = frozenset(word for one in asked.values() for word in _words_of(one))
        outlines = _Outlines(words, self._pool)
        graph = self._graph_of(asked)
        uses = Uses(
            graph, outlines.outline, self._holding.__getitem__, lambda word: bool(self._holding.get(_named(word)))
        )
        self._uses = uses
        outlines.read(sorted({file for path, one in asked.items() for file in uses.needed(path, one)}))
        return {
            path: Project(
                True,
                used=frozenset(name for name in one.names if uses.is_used(path, name)),
                read_keys=frozenset(key for key in one.keys if uses.is_key_read(path, key)),
                packages=frozenset(package for package in one.packages if uses.is_package_used(path, package)),
                parameters=frozenset(name for name in one.parameters if uses.is_parameter(path, name)),
            )
            for path, one in asked.items()
        }

    def _look_for(self, asked: Mapping[str, Questions]) -> None:
        """Find the files that hold the words of the questions."""
        if self._files is None:
            self._files = self._files_of(self._root)
        words = {word for one in asked.values() for word in _words_of(one)}
        named = {_named(word) for path, one in asked.items() for word in _configured_words(path, one)}
        new = tuple(sorted(word for word in words | named if word not in self._holding))
        if new:
            holding: dict[str, set[str]] = {word: set() for word in new}
            for surveyed in self._surveyed(Surveying(self._files, new)):
                for word, found in surveyed.holding.items():
                    holding[word].update(found)
            self._holding.update({word: frozenset(found) for word, found in holding.items()})

    def _may_be_used(self, asked: Mapping[str, Questions]) -> bool:
        """Whether any word that is asked for stands anywhere else: else nobody needs to know who imports whom."""
        if any(one.packages for one in asked.values()):
            return True
        words = ((path, word) for path, one in asked.items() for word in _words_of(one))
        if any(self._holding[word] - {path} for path, word in words):
            return True
        return any(self._holding[_named(word)] for path, one in asked.items() for word in _configured_words(path, one))

    def _surveyed(self, request: Surveying) -> Iterator[Surveyed]:
        """What parts of the files hold; what a worker could not look through counts as holding all."""
        if len(request.files) < WORTH_SHARING:
            yield survey(request)
            return
        from optimlint.cli.pool import Lost

        requests = [replace(request, files=tuple(share)) for share in shares_of(request.files, _SHARE)]
        looked = dict(self._pool.map(survey, requests))
        for index, one in enumerate(requests):
            result = looked[index]
            yield unsurveyed(one) if isinstance(result, Lost) else result

    def _graph_of(self, asked: Iterable[str]) -> Graph:
        """Who imports whom, the files that ask among them."""
        code = (file for file in (*(self._files or ()), *asked) if not is_configuration(file))
        missing = tuple(dict.fromkeys(file for file in code if file not in self._imports))
        if self._graph is None or missing:
            modules = _module_names((*self._imports, *missing)).union(READ_BY_PACKAGES.values())
            request = Surveying(missing, modules=modules)
            for surveyed in self._surveyed(request):
                self._imports.update(surveyed.imports)
            self._graph = Graph(self._imports, self.modules)
        return self._graph


class _Outlines:
    """What files do with the words, read where a crash does no harm."""

    def __init__(self, words: frozenset[str], pool: Mapper) -> None:
        self._words = words
        self._pool = pool
        self._known: dict[str, Outline] = {}

    def outline(self, file: str) -> Outline:
        """What one file does with the words."""
        if file not in self._known:
            self.read([file])
        return self._known[file]

    def read(self, files: Sequence[str]) -> None:
        """Read several at once."""
        from optimlint.cli.pool import Lost

        requests = [Outlining(file, self._words) for file in files]
        for index, result in self._pool.map(outlined, requests):
            unknown = replace(UNREADABLE, names=self._words)
            self._known[files[index]] = unknown if isinstance(result, Lost) else result


def _words_of(questions: Questions) -> Iterator[str]:
    yield from (one.name for one in questions.names)
    yield from questions.keys
    yield from questions.parameters
    yield from (one.function for one in questions.arguments)


def _configured_words(path: str, questions: Questions) -> Iterator[str]:
    """What a configuration may name: functions, classes, dotted paths."""
    for one in questions.names:
        if one.kind in (NameKind.FUNCTION, NameKind.METHOD):
            yield one.name
        if one.kind in (NameKind.FUNCTION, NameKind.VARIABLE):
            yield f"{stem(path)}.{one.name}"
        if one.owner:
            yield one.owner


def _named(word: str) -> str:
    """How a word that only configurations are searched for is told from one that code is searched for."""
    return CONFIGURATION + word


def _module_names(files: Iterable[str]) -> frozenset[str]:
    """What modules and packages of the repository can be called."""
    names: set[str] = set()
    folders: set[str] = set()
    for file in files:
        folder, base = os.path.split(file)
        names.add(os.path.splitext(base)[0])
        folders.add(folder)
    return frozenset(names.union(*(folder.split(os.sep) for folder in folders)))
