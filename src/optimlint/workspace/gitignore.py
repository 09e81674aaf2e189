"""Patterns as in `.gitignore` files, for those files themselves, for `exclude` and for `per-file-ignores`."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

from optimlint.workspace.paths import path_within

LARGEST = 1_000_000
"""Bytes of a `.gitignore` file that is obeyed. What a larger one would leave out is checked."""

_MOST_STARS = 3
"""How many `*` a name in a pattern may have, less where several names have some; and how many `**` a pattern. Time
grows by a power of them."""

_BAD_PATTERN = (ValueError, re.error)
"""What pathspec raises for a pattern that it cannot read."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns that are relative to `folder`. The last one that matches a path decides."""

    folder: str
    spec: GitIgnoreSpec

    def verdict(self, path: str, *, is_folder: bool = False) -> bool | None:
        """True where the patterns exclude `path`, False where one takes it in again, None where none says anything."""
        relative = path_within(path, self.folder)
        if not relative:
            return None
        if os.sep != "/":
            relative = relative.replace(os.sep, "/")
        return self.spec.check_file(f"{relative}/" if is_folder else relative).include


def compile_patterns(folder: str, lines: Iterable[str]) -> Patterns:
    """The patterns of `lines`; a line that means nothing to git means nothing here, nor does one that would take time
    without end."""
    kept = [line for line in lines if not _is_endless(line)]
    try:
        return Patterns(folder, GitIgnoreSpec.from_lines(kept))
    except _BAD_PATTERN:
        return Patterns(folder, GitIgnoreSpec.from_lines(filter(_is_pattern, kept)))


def read_patterns(file: str) -> Patterns | None:
    """The patterns of a `.gitignore` file; None where it cannot be read, as git has it, or is too large."""
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
    """Whether the expression that a pattern becomes may try very many ways to match a name."""
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
