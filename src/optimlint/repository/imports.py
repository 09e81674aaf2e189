"""Extract the imports of a source with regular expressions, fast enough for every file of a large repository.

Text in a string may be mistaken for an import. That is harmless: an extra import can only silence a finding.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

STAR = "*"

ANONYMOUS = "()"
"""The bound name of a module that is imported by a call: its variable is not known."""


@dataclass(frozen=True, slots=True)
class Import:
    """`import module as bound`, or `from module import name as bound` for each of `names`.

    `level` counts the dots of a relative import. `names` is None for a plain import, whose `bound` is the alias, ""
    without one.
    """

    module: str
    level: int = 0
    names: tuple[tuple[str, str], ...] | None = None
    bound: str = ""

    @property
    def first(self) -> str:
        """The first part of the module's name."""
        return self.module.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Imports:
    """All imports of a file.

    `computed` holds the literal prefixes of computed module names (`import_module(f"models.{name}")`), "" if the name
    may be anything. `runs` holds paths of files that it runs in its own namespace (`%run setup.py`), and `folders` the
    folders that it adds to `sys.path`.
    """

    statements: tuple[Import, ...] = ()
    computed: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


_BEFORE = rb"(?:^|[;:\"'])[ \t]*(?:>>>[ \t]*)?"
"""What may precede an import: a quote in a notebook's JSON, whose cells are lists of lines, or a doctest prompt."""

_PLAIN = re.compile(_BEFORE + rb"\Z")
_FROM = re.compile(_BEFORE + rb"from(?=[ \t.])[ \t]*(?P<dots>\.*)[ \t]*(?P<module>[\w.]*)[ \t]+\Z")
_ALIASED = rb"[\w.]+(?:[ \t]+as[ \t]+\w+)?"
_NAMES = re.compile(
    rb"(?!\w)[ \t]*(?:\((?P<several>(?:[^()#]++|#[^\n]*+)*+)\)|(?P<names>\*|"
    + _ALIASED
    + rb"(?:[ \t]*,[ \t]*"
    + _ALIASED
    + rb")*))"
)
_IMPORT = b"import"
_CALLED = (b"import_module(", b"import__(")
_LONGEST_HEAD = 300
"""How many bytes of a line are looked at before `import`, and after it when the line is cached as a whole."""

_CALL = re.compile(rb"\b(?:import_module|__import__)\(\s*(?P<argument>[^\n,)]{0,200})")
_LITERAL = re.compile(rb"""(?P<prefix>[rbf]{0,2})["'](?P<text>[\w.]*)(?P<end>["']?)\s*(?P<more>.?)""")
_RUN = re.compile(
    rb"%run[ \t]+(?:-\w+[ \t]+)*[\"']?(?P<magic>[\w./-]+)"
    rb"|\b(?:exec|execfile|run_path|load_source|SourceFileLoader|spec_from_file_location)\("
    rb"[^\n]{0,200}?[\"'](?P<call>[\w./-]+\.py)[\"']"
)
_FOLDER = re.compile(rb"\b(?:sys\.path\.(?:append|insert|extend)|addsitedir)\((?P<arguments>[^\n]{0,300})")
_FILE_ENDS = (b'.py"', b".py'")
_RUN_WORDS = (b"exec(", b"execfile(", b"run_path(", b"load_source(", b"FileLoader(", b"from_file_location(")
_PATH_WORDS = (b"sys.path", b"addsitedir(")
"""The slower patterns are skipped if none of these words is in the text."""

_Found = TypeVar("_Found")
_STRING = re.compile(rb"""["']([\w./ -]+)["']""")
_COMMENT = re.compile(rb"#[^\n]*")


def imports_of(source: bytes) -> Imports:
    """The imports of a Python source, or of a notebook's JSON with its escapes undone."""
    text = source.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ") if b"\\" in source else source
    statements: list[Import] = []
    computed: list[str] = []
    if _read_statements(text, statements):
        for match in _CALL.finditer(text):
            whole, beginning = _loaded(match["argument"])
            if whole is not None:
                statements.append(whole)
            else:
                computed.append(beginning)
    names_file = any(end in text for end in _FILE_ENDS) and any(word in text for word in _RUN_WORDS)
    is_run, has_path = names_file or b"%run" in text, any(word in text for word in _PATH_WORDS)
    runs = [_text(match["magic"] or match["call"]) for match in _RUN.finditer(text)] if is_run else []
    calls = _FOLDER.finditer(text) if has_path else ()
    folders = [folder for match in calls for folder in _folders(match["arguments"])]
    return Imports(_unique(statements), _unique(computed), _unique(runs), _unique(folders))


def _unique(found: list[_Found]) -> tuple[_Found, ...]:
    return tuple(dict.fromkeys(found)) if found else ()


def _read_statements(text: bytes, found: list[Import]) -> bool:
    """Append the import statements of a text to `found`, in order. Returns whether the text may also import by calls.
    Single-line statements are parsed by a cached function, because the same lines occur in many files."""
    end, has_calls = 0, False
    while (place := text.find(_IMPORT, end)) != -1:
        first, last = max(0, place - _LONGEST_HEAD), min(len(text), place + _LONGEST_HEAD)
        before, behind = text.rfind(b"\n", first, place), text.find(b"\n", place, last)
        start = first if before == -1 else before + 1
        line = text[start : last if behind == -1 else behind]
        is_whole = (before != -1 or not first) and (behind != -1 or last == len(text))
        if is_whole and b"(" not in line and line.count(_IMPORT) == 1:
            found += _on_line(line)
            end = start + len(line)
            continue
        has_calls = has_calls or text.startswith(_CALLED, place)
        names = _NAMES.match(text, place + len(_IMPORT))
        if names is None:
            end = place + 1
        else:
            end = names.end()
            found += _statements(text[start:place], names)
    return has_calls


@lru_cache(1 << 14)
def _on_line(line: bytes) -> tuple[Import, ...]:
    """The imports of a line that contains the word `import` once."""
    place = line.find(_IMPORT)
    names = _NAMES.match(line, place + len(_IMPORT))
    return () if names is None else tuple(_statements(line[:place], names))


def _statements(head: bytes, names: re.Match[bytes]) -> Iterator[Import]:
    """The imports that the word `import` makes, between what stands before and behind it."""
    listed = names["names"] if names["several"] is None else _COMMENT.sub(b"", names["several"])
    if _PLAIN.search(head):
        for module, bound in _aliased(listed):
            yield Import(module, bound=bound)
        return
    source = _FROM.search(head)
    if source is not None:
        dots, module = _text(source["dots"]), _text(source["module"])
        level = len(dots) + len(module) - len(module.lstrip("."))
        yield Import(module.lstrip("."), level, tuple((name, bound or name) for name, bound in _aliased(listed)))


def _aliased(names: bytes) -> Iterator[tuple[str, str]]:
    """Names with what they are bound to, "" where nothing is said."""
    for one in names.replace(b'"', b" ").split(b","):
        words = one.split()
        if words:
            yield _text(words[0]), _text(words[2]) if len(words) == 3 else ""


def _loaded(argument: bytes) -> tuple[Import | None, str]:
    """The module that a call imports if its argument is a literal, or else the literal prefix of the computed name."""
    match = _LITERAL.match(argument)
    if match is None:
        return None, ""
    text = _text(match["text"])
    if match["end"] and not match["more"] and b"f" not in match["prefix"]:
        module = text.lstrip(".")
        return Import(module, len(text) - len(module), bound=ANONYMOUS), ""
    return None, text.rpartition(".")[0]


def _folders(arguments: bytes) -> Iterator[str]:
    """The folders that a `sys.path` call may add: each string in it, and all of them joined as `os.path.join` does."""
    strings = [_text(one) for one in _STRING.findall(arguments)]
    yield from strings
    if len(strings) > 1:
        yield "/".join(strings)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
