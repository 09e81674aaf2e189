"""A cache of file outlines: how the files of a repository use words, each file read on demand."""

from collections.abc import Iterable
from dataclasses import replace

from optimlint.repository.outline import UNREADABLE, Outline, outline
from optimlint.repository.search import is_mentioned, without_suppressions
from optimlint.repository.sources import Sources


class Outlines:
    """The outlines read so far, each with the words that it was read for."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._known: dict[str, tuple[Outline, frozenset[str]]] = {}

    def outline(self, file: str, words: frozenset[str]) -> Outline:
        """How a file uses the words. May include other words that were asked for before."""
        known, asked = self._known.get(file, (UNREADABLE, None))
        if asked is None or not words <= asked:
            asked = words if asked is None else asked | words
            known = self._read(file, asked)
            self._known[file] = known, asked
        return known

    def _read(self, file: str, words: frozenset[str]) -> Outline:
        """The outline of a file; if the file cannot be read, it may use all of the words."""
        texts = self._sources.code(file)
        return replace(UNREADABLE, names=words) if texts is None else _outlined(texts, words)


def _outlined(texts: tuple[str, ...], words: frozenset[str]) -> Outline:
    """The outline of the first text (the whole file). If Python cannot parse that, the joined outlines of the other
    texts (a notebook's cells); if there are none, the words that the text mentions."""
    whole, *parts = texts
    found = outline(whole, words)
    if found.is_readable:
        return found
    if not parts:
        raw = without_suppressions(whole.encode("utf-8", "surrogatepass"))
        named = (word for word in words if is_mentioned(word.encode("utf-8", "surrogatepass"), raw))
        return replace(UNREADABLE, names=frozenset(named))
    return _joined([_outlined((part,), words) for part in parts])


def _joined(outlines: Iterable[Outline]) -> Outline:
    """One outline for the parts of a file."""
    parts = list(outlines)
    return Outline(
        frozenset().union(*(one.names for one in parts)),
        tuple(dict.fromkeys(read for one in parts for read in one.attributes)),
        frozenset().union(*(one.keys for one in parts)),
        frozenset().union(*(one.bare for one in parts)),
        tuple(dict.fromkeys(kept for one in parts for kept in one.classes)),
        frozenset().union(*(one.parameters for one in parts)),
        tuple(dict.fromkeys(passed for one in parts for passed in one.passed)),
        all(one.is_torch for one in parts),
        all(one.is_readable or not one.names for one in parts),
    )
