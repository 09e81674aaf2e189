"""A baseline: a file of existing findings, so that only new ones are reported.

The file is sorted JSON with one entry per finding. Its paths are relative to its folder.
"""

import json
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from optimlint.check import is_chosen
from optimlint.rules import RULES
from optimlint.workspace.attribution import Checked
from optimlint.workspace.display import visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.fingerprinting import fingerprinted, label_of, without
from optimlint.workspace.outcome import Failure
from optimlint.workspace.paths import path_within
from optimlint.workspace.settings import Settings
from optimlint.workspace.worker import Source
from optimlint.workspace.write import must_write

FORMAT = 1
"""The version of the file format, independent of the version of the fingerprints."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A known finding. The message is for readers of the file and may be out of date."""

    path: str
    rule: str
    fingerprint: str
    message: str

    @property
    def identity(self) -> tuple[str, str]:
        return self.path, self.fingerprint


@dataclass(frozen=True, slots=True)
class RunScope:
    """What a run has checked: the given paths, the files found there, the failures, and the settings that say which
    rules ran."""

    paths: tuple[str, ...]
    files: frozenset[str]
    failures: tuple[Failure, ...]
    settings: Settings


class Baseline:
    """The entries of one file, and which of them a run finds."""

    __slots__ = ("_before", "_entries", "_file", "_folder", "_found", "_takes_all")

    def __init__(self, file: str, *, is_written: bool) -> None:
        self._file = os.path.abspath(file)
        self._folder = os.path.dirname(self._file)
        self._takes_all = is_written
        self._before = _content(self._file, may_be_missing=is_written)
        self._entries = () if self._before is None else _parse(self._before, self._file)
        self._found: dict[str, tuple[Entry, ...]] = {}

    def keep(self, sources: Sequence[Source], checked: Sequence[Checked]) -> list[Checked]:
        """The outcomes without findings that the baseline knows or, if it is being written, will know."""
        identities = {entry.identity for entry in self._entries}
        return [self._keep(source, one, identities) for source, one in zip(sources, checked, strict=True)]

    @property
    def known(self) -> int:
        """How many reported findings the baseline has hidden."""
        identities = {entry.identity for entry in self._entries}
        return sum(entry.identity in identities for entries in self._found.values() for entry in entries)

    def stale(self, scope: RunScope) -> tuple[Entry, ...]:
        """The entries that the run should have found but did not."""
        return tuple(entry for entry in self._judged(scope) if entry.identity not in self._identities_found())

    def write(self, scope: RunScope) -> int:
        """Replace the entries that the run could judge by what it found, and return the number of entries. Raises
        CommandError if the file cannot be written."""
        judged = set(self._judged(scope))
        found = {entry.identity: entry for entries in self._found.values() for entry in entries}
        kept = {entry.identity: entry for entry in self._entries if entry not in judged}
        entries = sorted((kept | found).values())
        content = _text(entries)
        if content.encode() != self._before:
            must_write(self._file, content)
        return len(entries)

    def _keep(self, source: Source, checked: Checked, identities: Collection[tuple[str, str]]) -> Checked:
        if isinstance(checked, Failure):
            return checked
        label = label_of(source.path, self._folder)
        found = [
            (one, Entry(label, one.rule, fingerprint, one.message))
            for one, fingerprint in fingerprinted(source, checked, label)
        ]
        self._found[source.path] = tuple(entry for _, entry in found)
        return without(checked, [one for one, entry in found if self._takes_all or entry.identity in identities])

    def _identities_found(self) -> set[tuple[str, str]]:
        return {entry.identity for entries in self._found.values() for entry in entries}

    def _judged(self, scope: RunScope) -> list[Entry]:
        """The entries that the run would have found if they still held. Files elsewhere, excluded or failed files, and
        rules that did not run are not judged."""
        failed = {failure.path for failure in scope.failures}
        rules = {rule.name: rule for rule in RULES}
        judged = []
        for entry in self._entries:
            path = os.path.normpath(os.path.join(self._folder, entry.path.replace("/", os.sep)))
            is_gone = not os.path.lexists(path) and _is_within(path, scope.paths)
            if path in failed or not (path in scope.files or is_gone):
                continue
            rule = rules.get(entry.rule)
            if is_gone or rule is None or is_chosen(rule, scope.settings.options(path)):
                judged.append(entry)
        return judged


def _is_within(path: str, folders: Iterable[str]) -> bool:
    return any(path_within(path, os.path.abspath(folder)) is not None for folder in folders)


def _content(file: str, *, may_be_missing: bool) -> bytes | None:
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except FileNotFoundError as error:
        if may_be_missing:
            return None
        raise CommandError(f"{visible(file)}: no such baseline; --write-baseline creates it") from error
    except OSError as error:
        raise CommandError(f"{visible(file)}: cannot be read: {error.strerror}") from error


def _parse(content: bytes, file: str) -> tuple[Entry, ...]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{visible(file)}: not a baseline: {visible(str(error))}") from error
    if not isinstance(document, dict) or not isinstance(document.get("findings"), list):
        raise CommandError(f"{visible(file)}: not a baseline: it has no list of findings")
    if document.get("version") != FORMAT:
        version = visible(str(document.get("version")))
        raise CommandError(
            f"{visible(file)}: a baseline of version {version}, but this optimlint reads version {FORMAT}"
        )
    return tuple(_entry(one, number, file) for number, one in enumerate(document["findings"], 1))


def _entry(value: object, number: int, file: str) -> Entry:
    fields = {name: value.get(name) for name in Entry.__slots__} if isinstance(value, dict) else {}
    texts = {name: text for name, text in fields.items() if isinstance(text, str)}
    if len(texts) < len(Entry.__slots__):
        names = ", ".join(f"`{name}`" for name in Entry.__slots__)
        raise CommandError(f"{visible(file)}: finding {number} must have a text for each of {names}")
    return Entry(**texts)


def _text(entries: Sequence[Entry]) -> str:
    document = {"version": FORMAT, "findings": [asdict(entry) for entry in entries]}
    text = json.dumps(document, indent=2, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # The name of a file is not UTF-8.
        text = json.dumps(document, indent=2)
    return f"{text}\n"
