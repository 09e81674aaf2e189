"""Cells that stand twice in a notebook.

Running a cell again changes nothing if nothing that it mentions was made anew in between. Taken twice, such a copy
would look as if the values of the first were replaced before anybody used them. So it is taken once, and what is found
in it is reported for each copy, since each has to be mended.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from optimlint.diagnostic import Diagnostic, Edit, Fix, Range, Related
from optimlint.notebook.join import Section
from optimlint.text import Unparseable, split_lines

Copies = tuple[tuple[int, int], ...]
"""The cells that say nothing new: each cell taken, and one that is its copy."""


def without_copies(sections: Sequence[Section]) -> tuple[list[Section], Copies]:
    """The sections that say something new, and the copies among the others."""
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
    """The diagnostic, and one for each copy of the cell that it is in. Its fixes mend all copies alike."""
    if not copies:
        return [diagnostic]
    fixes = tuple(Fix(fix.title, _with_copies(fix.edits, copies), fix.applicability) for fix in diagnostic.fixes)
    diagnostic = replace(diagnostic, fixes=fixes)
    return [diagnostic, *(_moved(diagnostic, taken, copy) for taken, copy in copies if taken == diagnostic.cell)]


def error_in_copies(error: Unparseable, copies: Copies) -> list[Unparseable]:
    """The error, and the same for each copy of the cell that it is in."""
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
    """Every name that `text` may bind or change, and perhaps some more."""
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
