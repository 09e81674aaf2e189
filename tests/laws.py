"""Laws that hold for any file, whatever its content. Used by the tests and by scripts/fuzz.py.

ARCHITECTURE.md numbers the laws. `broken_laws` returns those that a file violates, with a sentence each.
"""

import json
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType

from optimlint import INTERNAL_ERROR, Applicability, Diagnostic, Edit, Fix, Options, Range
from optimlint.notebook.file import read_file
from optimlint.notebook.files import check_any_facts, fix_any, read_any
from optimlint.text import Lines, Unparseable, decode
from optimlint.trigger import NOTEBOOK, PAGES, suffix_of

LEAST_TRUST = Applicability.UNSAFE
"""The least applicability of fixes that must keep the laws. A fix that is only displayed may need completion by a
person."""

DEFAULT = Options()
UNPARSEABLE = "OPT900"
CHECKER_ITSELF = "OPT9"
"""The series of rules about the checker. A fix may leave a suppression unused, which these rules report."""

BROUGHT_TO_LIGHT = {
    "OPT0": ("OPT002", "OPT004", "OPT1", "OPT2"),
    "OPT105": ("OPT102", "OPT103"),
}
"""The rules that may have new findings after a fix, by the code or the series of the fixed finding. Groups that reach
no optimizer are not checked. Once they do, all their mistakes are reported, and so are other groups for the same model
that reach none. If one of two complementary filters is fixed, their groups overlap or leave parameters out until the
other is fixed too."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that a file violates, and how."""

    law: str
    how: str


class TooSlow(BaseException):
    """A file took too long. Not an `Exception`, because code that catches all exceptions must not catch it."""


def broken_laws(content: bytes, path: str, seconds: float = 0) -> list[Broken]:
    """The laws that a file violates; empty if there are none. The suffix of `path` decides the kind of file. The first
    check and each law may take this many `seconds` of CPU time, if the system can interrupt it."""
    found: list[Diagnostic] = []

    def look() -> str:
        found.extend(_check(content, path))
        return ""

    if (broken := _broken("it is checked", look, seconds)) is not None:
        return [broken]
    laws = (_broken(name, partial(law, content, path, found), seconds) for name, law in LAWS.items())
    return [one for one in laws if one is not None]


def is_well_behaved(diagnostics: list[Diagnostic]) -> bool:
    """Whether no rule raised an error, and the diagnostics are in order."""
    in_order = sorted(diagnostics, key=lambda one: (one.range.order, one.code))
    return diagnostics == in_order and not any(one.rule == INTERNAL_ERROR for one in diagnostics)


def first_fix(diagnostic: Diagnostic) -> Fix:
    """The fix that is applied: the first that is trusted enough."""
    return next(fix for fix in diagnostic.fixes if fix.applicability >= LEAST_TRUST)


def outside_is_kept(before: str, after: str, edits: tuple[Edit, ...]) -> bool:
    """Whether the text outside the ranges of the edits is unchanged and in order."""
    lines = Lines(before)
    place = 0
    kept: list[str] = []
    if not edits:
        return after == before
    for edit in sorted(edits, key=lambda edit: edit.range.order):
        kept.append(before[place : lines.offset(edit.range.start)])
        place = lines.offset(edit.range.end)
    kept.append(before[place:])
    if not (after.startswith(kept[0]) and after.endswith(kept[-1])):
        return False
    place = len(kept[0])
    for piece in kept[1:-1]:
        found = after.find(piece, place)
        if found == -1:
            return False
        place = found + len(piece)
    return place + len(kept[-1]) <= len(after)


def _broken(name: str, law: Callable[[], str], seconds: float) -> Broken | None:
    try:
        with _at_most(seconds):
            how = law()
    except TooSlow:
        return Broken("it ends soon", f"{name}: more than {seconds} s")
    except Exception:  # noqa: BLE001  It is a law that nothing is raised.
        return Broken("nothing is raised", f"{name}: {traceback.format_exc()}")
    return Broken(name, how) if how else None


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise TooSlow if the block takes more CPU time. A busy machine does not count."""
    if not seconds or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _check(content: bytes, path: str, options: Options = DEFAULT) -> list[Diagnostic]:
    return check_any_facts(read_any(content, path, options), path, options)


def _says_what_it_should(content: bytes, path: str, found: list[Diagnostic]) -> str:
    """No rule raised an error, the findings are in order and unique, and equal input gives equal output."""
    for one in found:
        if one.rule == INTERNAL_ERROR:
            return one.message
    if not is_well_behaved(found):
        return f"not in order: {found}"
    if len(set(found)) != len(found):
        return f"said twice: {found}"
    return "" if _check(content, path) == found else "said otherwise the second time"


def _names_places(content: bytes, path: str, found: list[Diagnostic]) -> str:
    """Every range is within the file, or within a cell."""
    texts = _texts(content, path)
    for one in found:
        edits = (edit.range for fix in one.fixes for edit in fix.edits)
        for place in (one.range, *(related.range for related in one.related), *edits):
            lines = texts.get(place.cell)
            if lines is not None and not _is_in(place, lines, is_edge_allowed=one.code == UNPARSEABLE):
                return f"{one.code} names {place}"
            if lines is None and place.cell is not None:
                return f"{one.code} names cell {place.cell}"
    return ""


def _is_in(place: Range, lines: Lines, *, is_edge_allowed: bool) -> bool:
    """Whether a range is in the text. A syntax error may be at the end of a line that lacks its continuation, where
    Python counts one column too many."""
    if place.start > place.end:
        return False
    if is_edge_allowed:
        return 1 <= place.start.line <= lines.count + 1
    return lines.has(place.start) and lines.has(place.end)


def _is_seen_by_the_scan(content: bytes, path: str, found: list[Diagnostic]) -> str:
    """All findings in a file that is read completely are also found by default, except syntax errors in files where
    nothing can matter."""
    whole = [one for one in _check(content, path, Options(reads_all=True)) if one.code != UNPARSEABLE]
    lost = [one for one in whole if one not in found]
    more = [one for one in found if one.code != UNPARSEABLE and one not in whole]
    if lost or more:
        return f"lost to the scan: {_in_short(lost)}; only with the scan: {_in_short(more)}"
    return ""


def _is_mended(content: bytes, path: str, found: list[Diagnostic]) -> str:
    """Each fix by itself changes only its ranges, removes its finding, and adds none."""
    before = Counter(one.rule for one in found)
    for one in found:
        if any(fix.applicability >= LEAST_TRUST for fix in one.fixes):
            after = _fixed(content, path, [one])
            if after != content and (how := _is_wrong(content, after, path, one, before)):
                return f"the fix of {_in_short([one])} {how}:\n{after!r}"
    return ""


def _is_wrong(content: bytes, after: bytes, path: str, one: Diagnostic, before: Counter[str]) -> str:
    """What is wrong with a fix, as the end of a sentence; "" if nothing is."""
    if not _only_ranges_differ(content, after, path, first_fix(one).edits):
        return "changes more than its ranges"
    found = _check(after, path)
    now = Counter(one.rule for one in found)
    if now[one.rule] >= before[one.rule]:
        return "leaves its finding"
    if now["unparseable"] > before["unparseable"]:
        return "leaves what does not parse"
    may_show = (CHECKER_ITSELF, *BROUGHT_TO_LIGHT.get(one.code, BROUGHT_TO_LIGHT.get(one.code[:4], ())))
    added = [other for other in found if now[other.rule] > before[other.rule] and not other.code.startswith(may_show)]
    return f"adds {_in_short(added)}" if added else ""


def _comes_to_rest(content: bytes, path: str, found: list[Diagnostic]) -> str:
    """All fixes, repeated: each round leaves less to fix, and if nothing is left, the file does not change."""
    if not any(one.fixes for one in found):
        return "" if _fixed(content, path, found) == content else "changed although there is nothing to fix"
    for _ in range(len(found) + 2):
        after = _fixed(content, path, found)
        if after == content:
            return ""
        content, found = after, _check(after, path)
    return "fixes go on and on"


def _fixed(content: bytes, path: str, found: list[Diagnostic]) -> bytes:
    """The file after the fixes; unchanged if its encoding cannot represent them."""
    try:
        return fix_any(content, path, found, LEAST_TRUST).content
    except UnicodeEncodeError:
        return content


def _only_ranges_differ(before: bytes, after: bytes, path: str, edits: tuple[Edit, ...]) -> bool:
    if suffix_of(path) != NOTEBOOK:
        return outside_is_kept(_text(before, path), _text(after, path), edits)
    old, new = json.loads(before), json.loads(after)
    texts, new_texts = _sources(before), _sources(after)
    for number in texts.keys() | new_texts.keys():
        edits_here = tuple(edit for edit in edits if edit.range.cell == number)
        if not outside_is_kept(texts.get(number, ""), new_texts.get(number, ""), edits_here):
            return False
    return _without_sources(old) == _without_sources(new)


def _without_sources(notebook: object) -> str:
    """The notebook's JSON without the sources of its cells."""
    return json.dumps(notebook, default=str) if not isinstance(notebook, dict) else _layout(notebook)


def _layout(notebook: dict[str, object]) -> str:
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        return ""
    bare = [{key: value for key, value in cell.items() if key != "source"} for cell in cells if isinstance(cell, dict)]
    return json.dumps({**notebook, "cells": bare}, sort_keys=True)


def _sources(content: bytes) -> dict[int, str]:
    file = read_file(content)
    return {} if isinstance(file, Unparseable) else {cell.number: cell.text for cell in file.cells}


def _texts(content: bytes, path: str) -> dict[int | None, Lines]:
    """The texts that ranges refer to: the file, or each code cell of a notebook by its number."""
    if suffix_of(path) == NOTEBOOK:
        return {number: Lines(text) for number, text in _sources(content).items()}
    return {None: Lines(_text(content, path))}


def _text(content: bytes, path: str) -> str:
    if suffix_of(path) in PAGES:
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    decoded = decode(content)
    return content.decode("latin-1") if isinstance(decoded, Unparseable) else decoded.text


def _in_short(found: list[Diagnostic]) -> str:
    return (
        ", ".join(f"{one.code} at {one.cell or ''}:{one.range.start.line} ({one.message})" for one in found) or "none"
    )


LAWS: dict[str, Callable[[bytes, str, list[Diagnostic]], str]] = {
    "it says what it should": _says_what_it_should,
    "it names places": _names_places,
    "the scan hides nothing": _is_seen_by_the_scan,
    "a fix mends": _is_mended,
    "fixes come to rest": _comes_to_rest,
}
"""Each law by its name: a function of a file and its findings that returns how the law is violated, or ""."""
