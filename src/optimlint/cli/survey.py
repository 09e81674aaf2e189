"""What is done to the files of a repository so that questions can be answered: each is read for what it imports and
which words it holds, and a few are read again for what they do with these."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from optimlint.cli.discover import SOURCES
from optimlint.cli.tree import content_of
from optimlint.notebook.file import read_file
from optimlint.notebook.magics import plain_python
from optimlint.repository.imports import Import, Imports, imports_of
from optimlint.repository.outline import UNREADABLE, Outline, outline
from optimlint.text import Unparseable, decode
from optimlint.trigger import NOTEBOOK, places, suffix_of

_CONFIGURATION = frozenset({".yaml", ".yml", ".toml", ".cfg", ".ini", ".gin", ".jsonnet"})
"""The suffixes of configuration that may name functions, classes and dotted paths."""

LOOKED_THROUGH = SOURCES | _CONFIGURATION

CONFIGURATION = "="
"""What stands before a word that only configurations are searched for."""

_UNKNOWN = Imports(computed=("",))
"""What is said of a file that cannot be read: it may import anything."""

_SUPPRESSION = re.compile(rb"#\s*optimlint:[^\r\n\\\"]*")


@dataclass(frozen=True, slots=True)
class Surveying:
    """Files to look through, the words to look for, and the first parts of the module names whose imports matter; None
    where no imports do."""

    files: tuple[str, ...]
    words: tuple[str, ...] = ()
    modules: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What each file of code imports, and which files hold each word."""

    imports: dict[str, Imports]
    holding: dict[str, tuple[str, ...]]


def is_configuration(file: str) -> bool:
    """Whether a file is searched as a configuration is."""
    return suffix_of(file) in _CONFIGURATION


def survey(request: Surveying) -> Surveyed:
    """Look through files. A file that cannot be read may import everything and holds all words."""
    imports: dict[str, Imports] = {}
    holding: dict[str, list[str]] = {word: [] for word in request.words}
    same: dict[Import, Import] = {}
    finders = {word: _finder(word) for word in request.words}
    for file in request.files:
        is_code = not is_configuration(file)
        content = content_of(file)
        if is_code and request.modules is not None:
            imports[file] = _kept(content, file, request.modules, same)
        if not is_code and content is not None:
            content = _without_suppressions(content)
        for word, is_found in finders.items():
            is_asked = word.startswith(CONFIGURATION) != is_code
            if is_asked and (is_code if content is None else is_found(content)):
                holding[word].append(file)
    return Surveyed(imports, {word: tuple(files) for word, files in holding.items()})


def unsurveyed(request: Surveying) -> Surveyed:
    """What is said of files that could not be looked through."""
    code = tuple(file for file in request.files if not is_configuration(file))
    words = (word for word in request.words if not word.startswith(CONFIGURATION))
    imports = {} if request.modules is None else dict.fromkeys(code, _UNKNOWN)
    return Surveyed(imports, dict.fromkeys(words, code))


def _kept(content: bytes | None, file: str, modules: frozenset[str], same: dict[Import, Import]) -> Imports:
    """The imports of what the repository may have itself; equal ones are one, for there may be very many."""
    if content is None:
        return _UNKNOWN
    if suffix_of(file) == NOTEBOOK:
        content = content.replace(b"\\n", b"\n").replace(b'\\"', b'"')
    found = imports_of(content)
    kept = (one for one in found.statements if one.level or one.first in modules)
    return replace(found, statements=tuple(same.setdefault(one, one) for one in kept))


def _finder(word: str) -> Callable[[bytes], bool]:
    """Finds a word: in code anywhere, since what it does there is read later; in a configuration as a word."""
    literal = word.removeprefix(CONFIGURATION).encode("utf-8", "surrogatepass")
    if not word.startswith(CONFIGURATION):
        return lambda content: literal in content
    return lambda content: _is_mentioned(literal, content)


def _is_mentioned(word: bytes, content: bytes) -> bool:
    """Whether a word stands in a text, and not just as a part of one."""
    return any(
        not _is_part(content[place - 1 : place]) and not _is_part(content[place + len(word) : place + len(word) + 1])
        for place in places(word, content)
    )


def _is_part(character: bytes) -> bool:
    return character.isalnum() or character == b"_"


def _without_suppressions(content: bytes) -> bytes:
    """The content without what it says to optimlint: the name of a rule, or a reason, is no use of a word in it."""
    return _SUPPRESSION.sub(b"", content) if b"optimlint" in content else content


@dataclass(frozen=True, slots=True)
class Outlining:
    """A file, and the words that matter in it."""

    file: str
    words: frozenset[str]


def outlined(request: Outlining) -> Outline:
    """What a file does with the words. Where Python's parser cannot read it, nobody knows more than which it holds."""
    content = content_of(request.file)
    if content is None:
        return replace(UNREADABLE, names=request.words)
    if suffix_of(request.file) != NOTEBOOK:
        decoded = decode(content)
        return _outlined((content.decode("latin-1") if isinstance(decoded, Unparseable) else decoded.text,), request)
    notebook = read_file(content)
    if isinstance(notebook, Unparseable):
        return _outlined((content.decode("utf-8", "replace"),), request)
    cells = [plain_python(cell.text).text for cell in notebook.cells if cell.is_python and notebook.is_python]
    return _outlined(("\n".join(cells), *cells), request)


def _outlined(texts: tuple[str, ...], request: Outlining) -> Outline:
    """The outline of the first text; where that cannot be read, those of the others together."""
    whole, *parts = texts
    found = outline(whole, request.words)
    if found.is_readable:
        return found
    if not parts:
        raw = _without_suppressions(whole.encode("utf-8", "surrogatepass"))
        named = (word for word in request.words if _is_mentioned(word.encode("utf-8", "surrogatepass"), raw))
        return replace(UNREADABLE, names=frozenset(named))
    return _joined([_outlined((part,), request) for part in parts])


def _joined(outlines: Iterable[Outline]) -> Outline:
    """What the parts of a file do together."""
    parts = list(outlines)
    return Outline(
        frozenset().union(*(one.names for one in parts)),
        tuple(dict.fromkeys(read for one in parts for read in one.attributes)),
        frozenset().union(*(one.keys for one in parts)),
        frozenset().union(*(one.bare for one in parts)),
        tuple(dict.fromkeys(kept for one in parts for kept in one.classes)),
        frozenset().union(*(one.parameters for one in parts)),
        tuple(dict.fromkeys(gift for one in parts for gift in one.gifts)),
        all(one.is_torch for one in parts),
        all(one.is_readable or not one.names for one in parts),
    )
