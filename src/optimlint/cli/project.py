"""Answers what a source asks of the rest of its repository: whether a word is mentioned, what a class holds.

Nothing is read before the first question. What cannot be looked through counts as mentioning everything, so that a
question without an answer never makes a finding.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from optimlint.cli.config import Config
from optimlint.cli.discover import SOURCES, Walk, discover
from optimlint.cli.paths import path_within, repository_of
from optimlint.cli.reading import WORTH_SHARING, shares_of
from optimlint.cli.settings import CommandLine, Settings
from optimlint.facts.catalog import Optimizer
from optimlint.facts.project import ModelClass, Project, Questions
from optimlint.trigger import PAGES, places, suffix_of

if TYPE_CHECKING:
    from optimlint.cli.pool import Lost

MENTIONING = SOURCES | {".yaml", ".yml", ".toml", ".cfg", ".ini", ".gin", ".jsonnet"}
"""The suffixes of files in which a word counts as mentioned: code, and configuration that may name code."""

_LARGEST = 20_000_000
"""Bytes of a file that is looked through; a larger one is data."""

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
        self._files: dict[str, tuple[str, ...]] = {}
        self._mentions: dict[tuple[str, Sought], tuple[str, ...]] = {}
        self._classes: dict[tuple[str, str], ModelClass | Optimizer | None] = {}

    def answer(self, asked: Mapping[str, Questions]) -> dict[str, Project]:
        """The answers to the questions of each file, by its path."""
        roots = {path: repository_of(path) or os.path.dirname(path) for path in asked}
        for root in dict.fromkeys(roots.values()):
            beneath = [questions for path, questions in asked.items() if roots[path] == root]
            sought = {Sought(word, is_key=False) for questions in beneath for word in questions.words}
            sought |= {Sought(key, is_key=True) for questions in beneath for key in questions.keys}
            self._look_for(sorted(sought), root)
        classes = self._find_classes(asked, roots)
        return {path: self._answer(path, questions, roots[path], classes[path]) for path, questions in asked.items()}

    def _answer(
        self, path: str, questions: Questions, root: str, classes: Sequence[tuple[str, ModelClass | Optimizer]]
    ) -> Project:
        return Project(
            True,
            frozenset(word for word in questions.words if self._is_found(Sought(word, is_key=False), path, root)),
            tuple((name, found) for name, found in classes if isinstance(found, ModelClass)),
            frozenset(key for key in questions.keys if self._is_found(Sought(key, is_key=True), path, root)),
            tuple(replace(found, qualified_name=name) for name, found in classes if isinstance(found, Optimizer)),
        )

    def _is_found(self, sought: "Sought", asking: str, root: str) -> bool:
        return any(path != asking for path in self._mentions[root, sought])

    def _look_for(self, words: "Sequence[Sought]", root: str) -> None:
        """Find for each new word the files that mention it: two at most, for one of two is not the one that asks."""
        new = tuple(word for word in words if (root, word) not in self._mentions)
        files = self._files_of(root) if new else ()
        found: dict[Sought, list[str]] = {word: [] for word in new}
        for mentioned in self._looked_through(new, files):
            for word, mentioning in mentioned.items():
                found[word] += mentioning
        self._mentions.update({(root, word): tuple(mentioning[:2]) for word, mentioning in found.items()})

    def _looked_through(self, words: "tuple[Sought, ...]", files: Sequence[str]) -> "Iterator[dict[Sought, list[str]]]":
        """What parts of the files mention, in their order; what a worker could not look through mentions all."""
        if len(files) < WORTH_SHARING:
            yield look_through(Looking(words, tuple(files)))
            return
        from optimlint.cli.pool import Lost

        shares = shares_of(files, _SHARE)
        looked = dict(self._pool.map(look_through, [Looking(words, tuple(share)) for share in shares]))
        for index, share in enumerate(shares):
            result = looked[index]
            yield {word: list(share[:2]) for word in words} if isinstance(result, Lost) else result

    def _files_of(self, root: str) -> tuple[str, ...]:
        if root not in self._files:
            found = self._walked(root) if repository_of(root) else tuple(_listed(root))
            code = (file for file in self._checked if suffix_of(file) not in PAGES)
            others = (file for file in code if path_within(file, root) is not None)
            self._files[root] = tuple(dict.fromkeys((*found, *others)))
        return self._files[root]

    def _walked(self, root: str) -> tuple[str, ...]:
        """The files of a repository, those too that a configuration excludes: not to be checked is no reason not to
        count as use."""
        settings = Settings(CommandLine(root, config=Config(root)))
        walk = Walk(settings, self._respects_gitignore, suffixes=frozenset(MENTIONING))
        return discover([root], walk).files

    def _find_classes(
        self, asked: Mapping[str, Questions], roots: Mapping[str, str]
    ) -> dict[str, list[tuple[str, ModelClass | Optimizer]]]:
        """The classes that each file asks for, by their qualified names, as far as the repository has them."""
        places = {
            (path, name): place
            for path, questions in asked.items()
            for name in sorted(questions.classes)
            if (place := _place_of_class(name, path, roots[path]))
        }
        self._read_classes([place for place in dict.fromkeys(places.values()) if place not in self._classes])
        found: dict[str, list[tuple[str, ModelClass | Optimizer]]] = {path: [] for path in asked}
        for (path, name), place in places.items():
            if described := self._classes[place]:
                found[path].append((name, described))
        return found

    def _read_classes(self, places: Sequence[tuple[str, str]]) -> None:
        """Have the files of these classes parsed, where a crash does no harm."""
        from optimlint.cli.pool import Lost
        from optimlint.cli.work import ClassRequest, find_class

        requests = [ClassRequest(name, _content(file) or b"") for file, name in places]
        for index, result in self._pool.map(find_class, requests):
            self._classes[places[index]] = None if isinstance(result, Lost) else result


@dataclass(frozen=True, slots=True, order=True)
class Sought:
    """A word that any mention answers, or a key that must be read: `group["k"]`, `group.get("k")`, `"k" in group`."""

    word: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Looking:
    """Words to look for, and the files to look through."""

    words: tuple[Sought, ...]
    files: tuple[str, ...]


def look_through(request: Looking) -> dict[Sought, list[str]]:
    """For each word the files that mention it, two at most. A file that cannot be looked through mentions all."""
    found: dict[Sought, list[str]] = {word: [] for word in request.words}
    mentions = {word: _finder(word) for word in request.words}
    for file in request.files:
        content = _without_suppressions(_content(file))
        for word in [word for word, files in found.items() if len(files) < 2]:
            if content is None or mentions[word](content):
                found[word].append(file)
    return found


def _finder(sought: Sought) -> Callable[[bytes], bool]:
    """Finds the word in Python, and in a notebook's JSON, where a `\\n` may stand right before it."""
    literal = sought.word.encode("utf-8", "surrogatepass")
    quoted = rb"\\?[\"']" + re.escape(literal) + rb"\\?[\"']"
    pattern = (
        rb"(?:\[|(?:get|pop|setdefault|getattr)\([^()]{0,80}?)\s*" + quoted + rb"|" + quoted + rb"\s+(?:not\s+)?in\b"
        if sought.is_key
        else rb"(?:(?<![0-9A-Za-z_])|(?<=\\[nrt]))" + re.escape(literal) + rb"(?![0-9A-Za-z_])"
    )
    whole = re.compile(pattern)
    starts = (b'"' + literal, b"'" + literal) if sought.is_key else (literal,)

    def is_found(content: bytes) -> bool:
        # A plain search passes over a file at the speed of memory, and the pattern is asked only around what it finds.
        return any(
            whole.search(content, max(0, place - _AROUND), place + len(literal) + _AROUND)
            for start in starts
            for place in places(start, content)
        )

    return is_found


_AROUND = 400
"""Bytes around a word within which its use is decided: the call that is given a key, and the blanks between."""


def _content(file: str) -> bytes | None:
    """The bytes of a file; None where it cannot be looked through."""
    try:
        if os.path.getsize(file) > _LARGEST:
            return None
        with open(file, "rb") as stream:
            return stream.read()
    except OSError:
        return None


_SUPPRESSION = re.compile(rb"#\s*optimlint:[^\r\n\\\"]*")


def _without_suppressions(content: bytes | None) -> bytes | None:
    """The content without what it says to optimlint: the name of a rule, or a reason, is no use of a word in it."""
    if content is None or b"optimlint" not in content:
        return content
    return _SUPPRESSION.sub(b"", content)


def _listed(folder: str) -> Iterator[str]:
    """The files of a folder that belongs to no repository; what lies below it may be anything."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        if os.path.splitext(name)[1] in MENTIONING and os.path.isfile(path):
            yield path


def _place_of_class(qualified_name: str, asking: str, root: str) -> tuple[str, str] | None:
    """The file that defines a class, and the class's own name, where the repository has it."""
    level = len(qualified_name) - len(qualified_name.lstrip("."))
    *modules, name = qualified_name.lstrip(".").split(".")
    if not all(part.isidentifier() for part in (*modules, name)):
        return None
    for folder in _import_folders(os.path.dirname(asking), root, level):
        module = os.path.join(folder, *modules)
        for file in (f"{module}.py", os.path.join(module, "__init__.py")):
            if os.path.isfile(file):
                definition = _defining_file(file, name)
                return (definition, name) if definition else None
    return None


def _import_folders(folder: str, root: str, level: int) -> Iterator[str]:
    """Where an import may begin to look: the package that a relative one names, else any folder up to the root."""
    if level:
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        if path_within(folder, root) is not None:
            yield folder
        return
    while path_within(folder, root):
        yield folder
        folder = os.path.dirname(folder)
    yield root
    yield os.path.join(root, "src")


def _defining_file(file: str, name: str) -> str | None:
    """The file that defines class `name`: `file`, or the one beside it from which a package's `__init__` has it."""
    pattern = re.compile(rb"^[ \t]*class[ \t]+" + re.escape(name.encode()) + rb"\b", re.MULTILINE)
    if pattern.search(_content(file) or b""):
        return file
    if os.path.basename(file) != "__init__.py":
        return None
    beside = [path for path in _listed(os.path.dirname(file)) if path.endswith(".py")]
    defining = [path for path in beside if pattern.search(_content(path) or b"")]
    return defining[0] if len(defining) == 1 else None
