"""Read and verify one configuration file: `[tool.optimlint]` in `pyproject.toml`, or `optimlint.toml`."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from optimlint.workspace.display import visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.rule_selectors import NO_CHOICE, Selection, complaint, nearest

FILE_NAMES = ("optimlint.toml", "pyproject.toml")
"""The configuration files of a folder. The first one that configures optimlint counts."""


LARGEST = 1_000_000
"""The largest configuration file that is parsed, in bytes."""

_MOST_DOTS = 100
"""The most dots in a line, outside of strings. A key with many parts takes quadratic time and memory to parse."""


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration. Its patterns are relative to `folder`. `exclude` is None for the default exclusions; `file` is
    None for the default configuration."""

    folder: str
    selection: Selection = NO_CHOICE
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    optimizers: frozenset[str] = frozenset()
    group_builders: frozenset[str] = frozenset()
    group_consumers: frozenset[str] = frozenset()
    file: str | None = None
    markdown: bool = False
    severity: tuple[tuple[str, str], ...] = ()
    """Pairs of a rule selector and a severity."""


def only_config(path: str | None, folder: str, *, is_isolated: bool) -> Config | None:
    """The configuration for all files, if there is a single one: the file of `--config`, or the defaults with
    `--isolated`. Raises CommandError like `read_config`."""
    if is_isolated:
        return Config(folder)
    return None if path is None else read_config(os.path.abspath(path), folder) or Config(folder)


def read_config(path: str, folder: str) -> Config | None:
    """The configuration in a file; None if the file does not configure optimlint.

    Raises CommandError with file and line if it is invalid.
    """
    read = _read(path)
    if read is None:
        return None
    table, document = read
    for error in _errors(table, document):
        raise error
    return _config(table, path, folder)


def config_errors(path: str) -> tuple[CommandError, ...]:
    """All errors in a configuration file, each with file and line."""
    try:
        read = _read(path)
    except CommandError as error:
        return (error,)
    return tuple(_errors(*read)) if read else ()


def says_something(path: str) -> bool:
    """Whether a configuration file configures optimlint, validly or not."""
    try:
        return _read(path) is not None
    except CommandError:
        return True


def line_of(path: str, key: str) -> int:
    """The line of a configuration file that sets `key`."""
    with open(path, encoding="utf-8-sig", errors="replace") as stream:
        return _Document(path, stream.read()).line(key, None)


def _read(path: str) -> "tuple[dict[str, object], _Document] | None":
    """The table of optimlint's settings and its document; None if there is no such table."""
    try:
        with open(path, "rb") as stream:
            source = stream.read()
    except OSError as error:
        raise CommandError(f"{visible(path)}: cannot be read: {error.strerror}") from error
    is_shared = os.path.basename(path) == "pyproject.toml"
    if is_shared and b"optimlint" not in source:
        return None  # The common case. Saves loading a TOML parser, and other tools' mistakes are not ours to report.
    if len(source) > LARGEST:
        raise CommandError(f"{visible(path)}: larger than {LARGEST // 1_000_000} MB")
    document = _Document(path, source.decode("utf-8-sig", "replace"))
    table = _parse(document)
    if not is_shared:
        return table, document
    tools = table.get("tool")
    if not isinstance(tools, dict) or "optimlint" not in tools:
        return None
    ours = tools["optimlint"]
    if not isinstance(ours, dict):
        raise document.error("`tool.optimlint` must be a table", "optimlint")
    return ours, document


@dataclass(frozen=True, slots=True)
class _Document:
    """A configuration file, for error messages with line numbers."""

    path: str
    text: str

    def error(self, message: str, key: str, value: str | None = None) -> CommandError:
        """The error that `key`, or one of its values, is invalid."""
        return CommandError(f"{visible(self.path)}:{self.line(key, value)}: {visible(message)}")

    def line(self, key: str, value: str | None) -> int:
        """The line of `value`, or else of `key`. TOML parsers give no line numbers, so this searches the text."""
        lines = self.text.splitlines()
        begin = next((index for index, line in enumerate(lines) if re.match(r"\s*\[.*\boptimlint\b", line)), 0)
        key_pattern = re.compile(rf"""^[^#]*(?<![\w-])["']?{re.escape(key)}["']?\s*[=.\]]""")
        at = next((index for index in range(begin, len(lines)) if key_pattern.match(lines[index])), begin)
        if value is not None:
            quoted = (f'"{value}"', f"'{value}'")
            at = next((i for i in range(at, len(lines)) if any(text in lines[i] for text in quoted)), at)
        return at + 1


def _parse(document: _Document) -> dict[str, object]:
    import tomllib

    for number, line in enumerate(document.text.splitlines(), 1):
        if line.count(".") > _MOST_DOTS and _STRING.sub("", line).count(".") > _MOST_DOTS:
            raise CommandError(f"{visible(document.path)}:{number}: a key has too many parts")
    try:
        return tomllib.loads(document.text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = at[1] if at else str(document.text.rstrip().count("\n") + 1)
        reason = str(error).split(" (at ")[0]
        raise CommandError(f"{visible(document.path)}:{line}: not valid TOML: {visible(reason)}") from error
    except RecursionError as error:
        raise CommandError(f"{visible(document.path)}: nested too deeply") from error
    except ValueError as error:  # a number of some thousand digits
        raise CommandError(f"{visible(document.path)}: not valid TOML: {visible(str(error))}") from error


_STRING = re.compile(r""""[^"\n]*"|'[^'\n]*'""")


def _errors(table: dict[str, object], document: _Document) -> Iterator[CommandError]:
    for key, value in table.items():
        if key in _LISTS:
            yield from _list_errors(value, key, document, _LISTS[key])
        elif key in SWITCHES:
            if not isinstance(value, bool):
                yield document.error(f"`{key}` must be true or false", key)
        elif key == SEVERITY:
            yield from _severity_errors(value, document)
        elif key != _PER_FILE:
            yield document.error(f"unknown key `{key}`{nearest(key, sorted(KEYS))}", key)
        elif not isinstance(value, dict):
            yield document.error(f"`{_PER_FILE}` must be a table from patterns to lists of rules", _PER_FILE)
        else:
            for pattern, rules in value.items():
                yield from _list_errors(rules, pattern, document, complaint)


def _list_errors(
    value: object, key: str, document: _Document, judge: Callable[[str], str | None]
) -> Iterator[CommandError]:
    """The errors of a value that must be a list of strings that `judge` accepts."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        yield document.error(f"`{key}` must be a list of strings", key)
        return
    for item in value:
        if wrong := judge(item):
            yield document.error(wrong, key, item)


def _severity_errors(value: object, document: _Document) -> Iterator[CommandError]:
    if not isinstance(value, dict):
        yield document.error(f"`{SEVERITY}` must be a table from rules to severities", SEVERITY)
        return
    for selector, weight in value.items():
        if wrong := complaint(selector):
            yield document.error(wrong, selector)
        if weight not in SEVERITIES:
            yield document.error(f"`{selector}` must be one of {', '.join(SEVERITIES)}", selector)


def _config(table: dict[str, object], path: str, folder: str) -> Config:
    """The configuration of a table without errors."""
    lists = {key: _strings(table[key]) for key in _LISTS if key in table}
    per_file, severity = table.get(_PER_FILE), table.get(SEVERITY)
    return Config(
        folder,
        Selection(lists.get("select"), lists.get("ignore", ()), lists.get("extend-select", ())),
        tuple((pattern, _strings(rules)) for pattern, rules in per_file.items()) if isinstance(per_file, dict) else (),
        lists.get("exclude"),
        lists.get("extend-exclude", ()),
        frozenset(lists.get("optimizers", ())),
        frozenset(lists.get("group-builders", ())),
        frozenset(lists.get("group-consumers", ())),
        path,
        table.get("markdown") is True,
        tuple((selector, str(weight)) for selector, weight in severity.items()) if isinstance(severity, dict) else (),
    )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _pattern_complaint(pattern: str) -> str | None:
    return None if pattern.strip() else "an empty pattern matches nothing"


def _name_complaint(name: str) -> str | None:
    parts = name.split(".")
    if len(parts) > 1 and all(part.isidentifier() for part in parts):
        return None
    return f"`{name}` is not a qualified name such as `my_package.optim.MyAdam`"


_PER_FILE = "per-file-ignores"
SEVERITY = "severity"
SEVERITIES = ("error", "warning", "note")
"""The severities, most severe first."""
_LISTS: dict[str, Callable[[str], str | None]] = {
    "select": complaint,
    "ignore": complaint,
    "extend-select": complaint,
    "exclude": _pattern_complaint,
    "extend-exclude": _pattern_complaint,
    "optimizers": _name_complaint,
    "group-builders": _name_complaint,
    "group-consumers": _name_complaint,
}

SWITCHES = frozenset({"markdown"})
"""The boolean settings."""

KEYS = frozenset({*_LISTS, *SWITCHES, _PER_FILE, SEVERITY})
"""The names of all settings."""
