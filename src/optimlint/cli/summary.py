"""The lines on standard error that say what the run did, and what it could not do."""

from collections import Counter
from collections.abc import Iterator, Sequence

from optimlint.cli.outcome import Failure, FailureKind, Mode, Tally
from optimlint.cli.paths import shown
from optimlint.cli.terminal import count, visible


def named(failures: Sequence[Failure], folder: str) -> Iterator[str]:
    """A line for each thing that could not be done, save what the user accepts."""
    for failure in failures:
        if not failure.is_accepted:
            path = shown(failure.path, folder)
            yield f"error: {path}: {failure.kind.value}: {visible(failure.reason)}"
            if failure.kind in (FailureKind.BROKEN, FailureKind.CRASHED):
                yield f"  `optimlint crash-report {path}` prints what to report, without private code"


def summary(tally: Tally, failures: Sequence[Failure], mode: Mode, *, with_unsafe: bool) -> Iterator[str]:
    """What was found, and how much was looked at."""
    yield _findings(tally, mode) + _fixable(tally, mode, with_unsafe=with_unsafe)
    checked = f"Checked {count(tally.checked, 'file')}, {tally.parsed:,} of them parsed"
    kinds = Counter(failure.kind for failure in failures)
    missed = ", ".join(_missed(kind, kinds[kind]) for kind in FailureKind if kinds[kind])
    yield f"{checked}; {missed}" if missed else checked


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
            return f"Found {count(tally.left, 'finding')}" if tally.left else "Found nothing"


def _fixable(tally: Tally, mode: Mode, *, with_unsafe: bool) -> str:
    """What more could be mended, and how."""
    notes = []
    if mode in (Mode.FIX, Mode.DIFF):
        if tally.unsafe and not with_unsafe:
            notes.append(f"{tally.unsafe:,} unsafe fix{'es' if tally.unsafe > 1 else ''} held back: see --unsafe-fixes")
    elif with_unsafe:
        if tally.safe + tally.unsafe:
            notes.append(f"{tally.safe + tally.unsafe:,} fixable with --fix --unsafe-fixes")
    else:
        if tally.safe:
            notes.append(f"{tally.safe:,} fixable with --fix")
        if tally.unsafe:
            notes.append(f"{tally.unsafe:,} with --fix --unsafe-fixes")
    return f" ({', '.join(notes)})" if notes else ""


def _missed(kind: FailureKind, number: int) -> str:
    words = kind.value.replace("cell", "cells", 1) if number > 1 else kind.value
    return f"{number:,} {words}"
