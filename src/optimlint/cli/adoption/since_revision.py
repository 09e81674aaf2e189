"""Findings that a branch adds (`--since`): current findings without those of an older revision.

Findings are compared by fingerprint and not by changed lines, because the cause of a finding can be far from where it
is reported. The rest of the repository is taken from that revision, too.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from optimlint.diagnostic import Diagnostic
from optimlint.repository.sources import CODE, CONFIGURATIONS
from optimlint.rules import UNPARSEABLE
from optimlint.trigger import suffix_of
from optimlint.workspace.attribution import Checked
from optimlint.workspace.display import visible
from optimlint.workspace.engine import Plan, run
from optimlint.workspace.errors import CommandError
from optimlint.workspace.fingerprinting import fingerprinted, label_of, without
from optimlint.workspace.git import Blob, Revision, contents_of, files_of, find_revision, renamed_since
from optimlint.workspace.outcome import TOLD_BY_RULE, Failure
from optimlint.workspace.paths import path_within
from optimlint.workspace.reading import sift
from optimlint.workspace.worker import Examined, Source

_LARGEST = 20_000_000
"""The largest file, in bytes, that is copied for queries of other files. Larger files are data."""

_NOT_FOR_PATHS = frozenset({"", ".", "..", ".git"})
"""Path components that git rejects, but that a handcrafted repository may contain."""


class Since:
    """The findings of one revision, computed on demand. `unread` are files whose findings at the revision are
    unknown."""

    __slots__ = ("_fingerprints", "_hidden", "_mended", "_plan", "_revision", "unread")

    def __init__(self, name: str, folder: str, plan: Plan) -> None:
        self._revision = find_revision(name, folder)
        self._plan = plan
        self._fingerprints: dict[str, frozenset[str]] = {}
        self._hidden: dict[str, int] = {}
        self._mended: set[str] = set()
        self.unread: list[Failure] = []

    @property
    def hidden(self) -> int:
        """How many findings the revision has hidden."""
        return sum(self._hidden.values())

    def keep(self, sources: Sequence[Source], checked: Sequence[Checked]) -> list[Checked]:
        """The outcomes without findings that the revision already had."""
        pairs = [self._fingerprinted(source, one) for source, one in zip(sources, checked, strict=True)]
        self._mended.update(source.path for source, found in zip(sources, pairs, strict=True) if _is_whole(found))
        asking = [source for source, found in zip(sources, pairs, strict=True) if found]
        self._learn([source for source in asking if source.path not in self._fingerprints])
        kept = []
        for source, one, found in zip(sources, checked, pairs, strict=True):
            old = [finding for finding, mark in found if mark in self._fingerprints[source.path]]
            self._hidden[source.path] = len(old)
            kept.append(without(one, old))
        return kept

    def _fingerprinted(self, source: Source, checked: Checked) -> list[tuple[Diagnostic, str]]:
        if isinstance(checked, Failure):
            return []
        return list(fingerprinted(source, checked, label_of(source.path, self._revision.top)))

    def _learn(self, sources: Sequence[Source]) -> None:
        """Compute the findings of the revision for files that have findings now. Most files have none."""
        if not sources:
            return
        self._fingerprints.update(dict.fromkeys((source.path for source in sources), frozenset()))
        blobs = files_of(self._revision)
        renamed = renamed_since(self._revision)
        then: dict[str, list[Source]] = {}
        for source in sources:
            now = self._path_within(source.path)
            old = renamed.get(now, now)
            if old in blobs and _is_safe(old):
                then.setdefault(old, []).append(source)
        if then:
            with tempfile.TemporaryDirectory(prefix="optimlint-") as folder:
                self._check(then, _lay_out(blobs, then, self._revision, folder), folder)

    def _check(self, then: Mapping[str, Sequence[Source]], contents: Mapping[str, bytes], folder: str) -> None:
        """Check the revision's files in `folder`, with the options that they have now."""
        reading = sift((os.path.join(folder, *old.split("/")), contents[old]) for old in then)
        places = {os.path.join(folder, *old.split("/")): sources for old, sources in then.items()}
        asked = [Source(place, content, places[place][0].options) for place, content in reading.contents.items()]
        results, failures = run(asked, self._plan) if asked else ([], [])
        for result in results:
            for source in places[result.source.path]:
                label = label_of(source.path, self._revision.top)
                marks = (mark for _, mark in fingerprinted(result.source, Examined(result.left), label))
                self._fingerprints[source.path] = frozenset(marks)
        for failure in (*reading.failures, *failures):
            # What is broken still, and so is known, costs nothing.
            now = (one for one in places[failure.path] if failure.kind not in TOLD_BY_RULE or one.path in self._mended)
            self.unread += [replace(failure, path=source.path) for source in now]

    def _path_within(self, path: str) -> str:
        within = path_within(path, self._revision.top)
        if within is None:
            raise CommandError(f"--since: {visible(path)} is not in the repository at {visible(self._revision.top)}")
        return within.replace(os.sep, "/")


def _is_whole(found: Sequence[tuple[Diagnostic, str]]) -> bool:
    """Whether all of a file could be read."""
    return all(diagnostic.rule != UNPARSEABLE.name for diagnostic, _ in found)


def _lay_out(blobs: Mapping[str, Blob], wanted: Iterable[str], revision: Revision, folder: str) -> dict[str, bytes]:
    """Write the wanted files, and all files that they may query, to `folder`, which looks like a repository. Returns
    the contents of the wanted files."""
    os.mkdir(os.path.join(folder, ".git"))
    contents = dict.fromkeys(wanted, b"")
    asked = sorted({*contents, *_mentioning(blobs)})
    for path, content in zip(asked, contents_of([blobs[path] for path in asked], revision), strict=True):
        place = Path(folder, *path.split("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        if path in contents:
            contents[path] = content
    return contents


def _mentioning(blobs: Mapping[str, Blob]) -> Iterator[str]:
    """The files that queries may read, and the `.gitignore` files."""
    for path, blob in blobs.items():
        is_asked = suffix_of(path) in CODE | CONFIGURATIONS or path.rpartition("/")[2] == ".gitignore"
        if is_asked and blob.size <= _LARGEST and _is_safe(path):
            yield path


def _is_safe(path: str) -> bool:
    """Whether the path stays inside the target folder."""
    parts = path.split("/")
    return not any(part.lower() in _NOT_FOR_PATHS or "\\" in part or ":" in part for part in parts)
