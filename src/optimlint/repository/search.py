"""Text search: which files of a repository contain a word. A code file that cannot be read counts as containing every
word."""

import re
from collections.abc import Collection, Iterable
from functools import cached_property

from optimlint.repository.sources import Sources, is_configuration
from optimlint.text import places

_SUPPRESSION = re.compile(rb"#\s*optimlint:[^\r\n\\\"]*")


class Search:
    """Text search with a cache. Callers pass the words that they will ask for next as `together`, so that each file is
    read once for all of them."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._holding: dict[str, frozenset[str]] = {}
        self._held: dict[str, dict[str, bool]] = {}
        self._configured: dict[str, bool] = {}

    @property
    def code(self) -> tuple[str, ...]:
        """All code files."""
        return self._files[0]

    @property
    def _configurations(self) -> tuple[str, ...]:
        return self._files[1]

    @cached_property
    def _files(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The code files and the configuration files."""
        code: list[str] = []
        configurations: list[str] = []
        for file in self._sources.files():
            (configurations if is_configuration(file) else code).append(file)
        return tuple(code), tuple(configurations)

    def holding(self, word: str, together: Iterable[str] = ()) -> frozenset[str]:
        """The code files whose text contains the word anywhere. How they use it is decided later, from outlines."""
        if word not in self._holding:
            new = [one for one in dict.fromkeys((word, *together)) if one not in self._holding]
            found: dict[str, list[str]] = {one: [] for one in new}
            literals = [(_bytes(one), found[one]) for one in new]
            read = self._sources.read
            for file in self.code:
                content = read(file)
                for literal, files in literals:
                    if content is None or literal in content:
                        files.append(file)
            self._holding.update({one: frozenset(files) for one, files in found.items()})
        return self._holding[word]

    def among(self, files: Collection[str], word: str, together: Iterable[str] = ()) -> frozenset[str]:
        """Those of `files` whose text contains the word."""
        if word in self._holding:
            return frozenset(one for one in files if one in self._holding[word])
        return frozenset(one for one in files if self._holds(one, word, together))

    def is_configured(self, words: Iterable[str]) -> bool:
        """Whether a configuration file mentions one of the words, as a whole word."""
        asked = tuple(dict.fromkeys(words))
        new = [word for word in asked if word not in self._configured]
        if new:
            self._configured.update(dict.fromkeys(new, False))
            contents = (self._sources.read(file) for file in self._configurations)
            for content in contents:
                text = without_suppressions(content or b"")
                self._configured.update({word: True for word in new if is_mentioned(_bytes(word), text)})
        return any(self._configured[word] for word in asked)

    def _holds(self, file: str, word: str, together: Iterable[str]) -> bool:
        held = self._held.setdefault(file, {})
        if word not in held:
            content = self._sources.read(file)
            for one in (word, *together):
                held[one] = content is None or _bytes(one) in content
        return held[word]


def is_mentioned(word: bytes, content: bytes) -> bool:
    """Whether the content contains the word as a whole word, not as part of a longer one."""
    return any(
        not _is_part(content[place - 1 : place]) and not _is_part(content[place + len(word) : place + len(word) + 1])
        for place in places(word, content)
    )


def without_suppressions(content: bytes) -> bytes:
    """The content without suppression comments: a rule name or a reason in one is not a use of a word."""
    return _SUPPRESSION.sub(b"", content) if b"optimlint" in content else content


def _is_part(character: bytes) -> bool:
    return character.isalnum() or character == b"_"


def _bytes(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")
