"""Patterns in `.gitignore` syntax, for `.gitignore` files, `exclude` and `per-file-ignores`."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

from optimlint.workspace.paths import path_within

LARGEST = 1_000_000
"""The largest `.gitignore` file that is read, in bytes. A larger one is ignored."""

_MOST_STARS = 3
"""How many `*` a name in a pattern may have (fewer if several names have some), and how many `**` a pattern. Matching
time is exponential in them."""

_BAD_PATTERN = (ValueError, re.error)
"""What pathspec raises for an invalid pattern."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns relative to `folder`. The last matching pattern decides."""

    folder: str
    spec: GitIgnoreSpec

    def verdict(self, path: str, *, is_folder: bool = False) -> bool | None:
        """True if the patterns exclude `path`, False if one re-includes it, None if none matches."""
        relative = path_within(path, self.folder)
        if not relative:
            return None
        if os.sep != "/":
            relative = relative.replace(os.sep, "/")
        return self.spec.check_file(f"{relative}/" if is_folder else relative).include


def compile_patterns(folder: str, lines: Iterable[str]) -> Patterns:
    """The patterns of `lines`. Lines that are invalid, or would be too slow to match, are skipped."""
    kept = [line for line in lines if not _is_endless(line)]
    try:
        return Patterns(folder, GitIgnoreSpec.from_lines(kept))
    except _BAD_PATTERN:
        return Patterns(folder, GitIgnoreSpec.from_lines(filter(_is_pattern, kept)))


def read_patterns(file: str) -> Patterns | None:
    """The patterns of a `.gitignore` file; None if it cannot be read (as in git) or is too large."""
    try:
        with open(file, "rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError:
        return None
    if len(content) > LARGEST:
        return None
    text = content.decode("utf-8-sig", "surrogateescape")
    return compile_patterns(os.path.dirname(file), (line.rstrip("\r") for line in text.split("\n")))


def _is_endless(line: str) -> bool:
    """Whether the regular expression of a pattern may backtrack without end."""
    if line.count("*") <= _MOST_STARS:
        return False
    stars = [part.count("*") for part in line.split("/") if part != "**"]
    return sum(many - 1 for many in stars if many) >= _MOST_STARS or line.split("/").count("**") > _MOST_STARS


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except _BAD_PATTERN:
        return False
    return True
