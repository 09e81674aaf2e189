"""The lines on standard error that say what the run did, and what it could not do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from optimlint.workspace.display import count, visible
from optimlint.workspace.outcome import TOLD_BY_RULE, Failure, FailureKind, Tally
from optimlint.workspace.paths import shown
from optimlint.workspace.places import line_of


class Mode(Enum):
    """What is done about findings, beside telling them."""

    CHECK = "check"
    FIX = "fix"
    DIFF = "diff"
    IGNORE = "ignore"


_NO_FILE_FAILED = frozenset({FailureKind.NOT_WRITTEN, FailureKind.NOTHING_THERE})
"""What does not leave a file unchecked."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What was done about findings, and how much of it is to be told."""

    mode: Mode
    with_unsafe: bool = False
    is_verbose: bool = False


def named(failures: Sequence[Failure], folder: str) -> Iterator[str]:
    """A line for each thing that could not be done, save what the user accepts."""
    for failure in failures:
        if failure.is_accepted:
            continue
        if failure.kind in TOLD_BY_RULE and failure.at:
            yield f"{line_of(failure.path, failure.at, folder)}: {visible(failure.text)}"
        elif failure.kind is FailureKind.NOTHING_THERE:
            yield f"error: {visible(failure.text)}"
        else:
            yield f"error: {shown(failure.path, folder)}: {visible(failure.text)}"
        if failure.kind in (FailureKind.BROKEN, FailureKind.CRASHED):
            path = shown(failure.path, folder)
            yield f"  `optimlint crash-report {path}` prints what to report, without private code"


def summary(tally: Tally, failures: Sequence[Failure], detail: Detail) -> Iterator[str]:
    """What was found, and how much was looked at."""
    failed = _files(failures, is_accepted=False)
    if tally.left or tally.fixed or all(failure.is_accepted for failure in failures):
        yield _findings(tally, detail.mode) + _fixable(tally, detail)
    if failed:
        yield f"Not fully checked: {count(failed, 'file')} failed"
    if accepted := _files(failures, is_accepted=True):
        yield f"Not fully checked, but accepted: {count(accepted, 'file')}"
    if unwritten := len({one.path for one in failures if one.kind is FailureKind.NOT_WRITTEN}):
        yield f"Not written: {count(unwritten, 'file')}"
    parsed = f", parsed {tally.parsed:,} of them" if detail.is_verbose else ""
    yield f"Checked {count(tally.checked, 'file')}{parsed}"


def _files(failures: Sequence[Failure], *, is_accepted: bool) -> int:
    """How many files could not be checked to their end."""
    failed = (one for one in failures if one.kind not in _NO_FILE_FAILED)
    return len({one.path for one in failed if one.is_accepted == is_accepted})


def _findings(tally: Tally, mode: Mode) -> str:
    left = f"{tally.left:,} left" if tally.left else "nothing left"
    match mode:
        case Mode.FIX if tally.fixed:
            return f"Fixed {count(tally.fixed, 'finding')}; {left}"
        case Mode.DIFF if tally.fixed:
            return f"Would fix {count(tally.fixed, 'finding')}; {left}"
        case Mode.IGNORE if tally.fixed:
            return f"Suppressed {count(tally.fixed, 'finding')}; {left}"
        case _:
            return f"Found {count(tally.left, 'finding')}" if tally.left else "No findings"


def _fixable(tally: Tally, detail: Detail) -> str:
    """What more could be mended, and how."""
    notes = []
    if detail.mode in (Mode.FIX, Mode.DIFF):
        if tally.unsafe and not detail.with_unsafe:
            notes.append(f"{tally.unsafe:,} unsafe fix{'es' if tally.unsafe > 1 else ''} held back: see --unsafe-fixes")
    elif detail.with_unsafe:
        if tally.safe + tally.unsafe:
            notes.append(f"{tally.safe + tally.unsafe:,} fixable with --fix --unsafe-fixes")
    else:
        if tally.safe:
            notes.append(f"{tally.safe:,} fixable with --fix")
        if tally.unsafe:
            notes.append(f"{tally.unsafe:,} with --fix --unsafe-fixes")
    return f" ({', '.join(notes)})" if notes else ""
