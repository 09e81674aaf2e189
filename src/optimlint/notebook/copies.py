"""Repeated cells of a notebook.

Running a cell again changes nothing unless a name that it mentions was rebound in between. Read twice, such a copy
would seem to overwrite values before their use. So it is read once, and its findings are reported for every copy, since
each must be fixed.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from optimlint.diagnostic import Diagnostic, Edit, Fix, Range, Related
from optimlint.notebook.join import Section
from optimlint.text import Unparseable, split_lines

Copies = tuple[tuple[int, int], ...]
"""Pairs of a cell that is read and a cell that repeats it."""


def without_copies(sections: Sequence[Section]) -> tuple[list[Section], Copies]:
    """The sections without repetitions, and the copies."""
    taken: list[Section] = []
    copies: list[tuple[int, int]] = []
    last: dict[str, int] = {}
    for section in sections:
        text = section.plain.text
        place = last.get(text)
        if place is None or any(_words(text) & _made(other.plain.text) for other in taken[place + 1 :]):
            last[text] = len(taken)
            taken.append(section)
        elif text.strip():
            copies.append((taken[place].cell, section.cell))
    return taken, tuple(copies)


def in_copies(diagnostic: Diagnostic, copies: Copies) -> list[Diagnostic]:
    """The diagnostic, and one for each copy of its cell. Its fixes change all copies alike."""
    if not copies:
        return [diagnostic]
    fixes = tuple(Fix(fix.title, _with_copies(fix.edits, copies), fix.applicability) for fix in diagnostic.fixes)
    diagnostic = replace(diagnostic, fixes=fixes)
    return [diagnostic, *(_moved(diagnostic, taken, copy) for taken, copy in copies if taken == diagnostic.cell)]


def error_in_copies(error: Unparseable, copies: Copies) -> list[Unparseable]:
    """The error, and one for each copy of its cell."""
    others = [copy for taken, copy in copies if taken == error.range.cell]
    return [error, *(replace(error, range=replace(error.range, cell=copy)) for copy in others)]


def _with_copies(edits: tuple[Edit, ...], copies: Copies) -> tuple[Edit, ...]:
    repeated = (
        Edit(replace(edit.range, cell=copy), edit.text)
        for edit in edits
        for taken, copy in copies
        if taken == edit.range.cell
    )
    return (*edits, *repeated)


def _moved(diagnostic: Diagnostic, taken: int, copy: int) -> Diagnostic:
    def move(place: Range) -> Range:
        return replace(place, cell=copy) if place.cell == taken else place

    related = tuple(Related(move(one.range), one.message) for one in diagnostic.related)
    return replace(diagnostic, range=move(diagnostic.range), related=related)


_WORD = re.compile(r"[^\W\d]\w*")
_DEFINED = re.compile(r"\b(?:as|class|def|del|for|import)\s+([\w.,\s]+)")
_MUTATED = re.compile(r"([\w.]+)\.(?:add\w*|append|clear|extend|insert|pop|remove|setdefault|update)\(")


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text))


def _made(text: str) -> set[str]:
    """The names that `text` may bind or change (an over-approximation)."""
    made: set[str] = set()
    for line in split_lines(text):
        target, equals, value = line.partition("#")[0].partition("=")
        is_comparison = value.startswith("=") or target.endswith(("!", "<", ">"))
        if equals and not is_comparison and target.count("(") == target.count(")"):
            made |= _words(target)
        for pattern in (_DEFINED, _MUTATED):
            for names in pattern.findall(line):
                made |= _words(names)
    return made
