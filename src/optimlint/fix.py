"""Apply fixes: splice the edits of diagnostics into the text that they were found in. Everything outside the edits
stays byte for byte."""

from collections.abc import Callable
from dataclasses import dataclass

from optimlint.diagnostic import Applicability, Diagnostic, Edit, Fix
from optimlint.text import Lines, Unparseable, line_end_at


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text after fixes. `skipped` are diagnostics whose fixes were not applied: they overlap an applied fix, are not
    safe enough, do not fit this text, or would leave text that does not parse."""

    text: str
    applied: tuple[Diagnostic, ...]
    skipped: tuple[Diagnostic, ...]


def fix_source(text: str, diagnostics: list[Diagnostic], applicability: Applicability = Applicability.SAFE) -> Fixed:
    """Apply the first fix of each diagnostic that is at least as safe as `applicability`.

    A fix is applied whole or not at all. Of two overlapping fixes the later one in the file is skipped; edits that two
    fixes share are made once. A fix that would leave text that does not parse is skipped. Never raises. The diagnostics
    must belong to this very text.
    """
    return apply_fixes(text, diagnostics, applicability, splice, is_still_parseable)


def apply_fixes(
    text: str,
    diagnostics: list[Diagnostic],
    applicability: Applicability,
    splice: Callable[[str, tuple[Edit, ...]], str | None],
    is_sound: Callable[[str, str], bool],
) -> Fixed:
    """The engine of `fix_source`. `splice` makes edits, or returns None if one does not fit the text; `is_sound`
    compares the texts before and after."""
    chosen, skipped = _choose(diagnostics, applicability)
    fixed = splice(text, _merged(chosen)) if chosen else text
    if chosen and (fixed is None or not is_sound(text, fixed)):
        chosen, refused = _choose_sound(text, chosen, splice, is_sound)
        skipped += refused
        fixed = splice(text, _merged(chosen))
    return Fixed(text if fixed is None else fixed, tuple(one for one, _ in chosen), tuple(skipped))


def splice(text: str, edits: tuple[Edit, ...]) -> str | None:
    """Apply edits that do not overlap. Inserted line ends follow those around them. None if an edit does not fit the
    text."""
    lines = Lines(text)
    places = [edit.range for edit in edits]
    if not all(place.cell is None and lines.has(place.start) and lines.has(place.end) for place in places):
        return None
    for edit in sorted(edits, key=lambda edit: edit.range.order, reverse=True):
        start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
        text = text[:start] + with_line_ends(edit.text, line_end_at(text, start)) + text[end:]
    return text


def with_line_ends(text: str, line_end: str) -> str:
    """`text` with each line ended by `line_end`."""
    return line_end.join(text.replace("\r\n", "\n").split("\n"))


def is_still_parseable(before: str, after: str) -> bool:
    """Whether `after` parses, or `before` did not either."""
    return _syntax_error(after) is None or _syntax_error(before) is not None


_Choice = tuple[Diagnostic, Fix]


def _choose(diagnostics: list[Diagnostic], applicability: Applicability) -> tuple[list[_Choice], list[Diagnostic]]:
    """The fixes to apply, without conflicts, and the diagnostics whose fixes are skipped."""
    chosen: list[_Choice] = []
    skipped: list[Diagnostic] = []
    taken: list[Edit] = []
    for diagnostic in sorted(diagnostics, key=lambda diagnostic: (diagnostic.range.order, diagnostic.code)):
        if not diagnostic.fixes:
            continue
        fix = next((fix for fix in diagnostic.fixes if fix.applicability >= applicability), None)
        if fix is None or not _fits(fix, taken):
            skipped.append(diagnostic)
            continue
        taken.extend(fix.edits)
        chosen.append((diagnostic, fix))
    return chosen, skipped


def _choose_sound(
    text: str,
    chosen: list[_Choice],
    splice: Callable[[str, tuple[Edit, ...]], str | None],
    is_sound: Callable[[str, str], bool],
) -> tuple[list[_Choice], list[Diagnostic]]:
    """Add the fixes one by one, and refuse each that leaves an unsound text. Used if all together are unsound."""
    sound: list[_Choice] = []
    refused: list[Diagnostic] = []
    for choice in chosen:
        fixed = splice(text, _merged([*sound, choice]))
        if fixed is not None and is_sound(text, fixed):
            sound.append(choice)
        else:
            refused.append(choice[0])
    return sound, refused


def _fits(fix: Fix, taken: list[Edit]) -> bool:
    """Whether the edits of `fix` are well formed and overlap neither each other nor edits already taken. Equal edits do
    not conflict."""
    if not all(edit.range.start <= edit.range.end for edit in fix.edits):
        return False
    new = [edit for edit in dict.fromkeys(fix.edits) if edit not in taken]
    others = [*taken, *new]
    return not any(_overlap(edit, other) for edit in new for other in others if edit != other)


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits touch the same text, or insert at the same place so that their order would matter."""
    if one.range.cell != other.range.cell:
        return False
    if one.range == other.range:
        return True
    return one.range.start < other.range.end and other.range.start < one.range.end


def _merged(chosen: list[_Choice]) -> tuple[Edit, ...]:
    return tuple(dict.fromkeys(edit for _, fix in chosen for edit in fix.edits))


def _syntax_error(text: str) -> Unparseable | None:
    from optimlint.interpret import find_syntax_error  # libcst loads here, and only when there is something to fix

    return find_syntax_error(text)
