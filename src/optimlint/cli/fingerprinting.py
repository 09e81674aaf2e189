"""Fingerprints of what was found in a source, for all that compares findings of two runs."""

import os
from collections.abc import Iterator, Sequence

from optimlint.cli.outcome import Failure
from optimlint.cli.report.texts import Texts
from optimlint.cli.run import Checked, is_finding
from optimlint.cli.work import Source
from optimlint.diagnostic import Diagnostic
from optimlint.fingerprint import fingerprints


def fingerprinted(source: Source, diagnostics: Sequence[Diagnostic], label: str) -> Iterator[tuple[Diagnostic, str]]:
    """The findings of a source with their fingerprints, in which the source goes by `label`. What could not be checked
    is no finding, and never known."""
    findings = [one for one in diagnostics if is_finding(one)]
    texts = Texts({source.path: source.content})
    yield from zip(findings, fingerprints(findings, texts.whole(source.path), label), strict=True)


def without(checked: Checked, known: Sequence[Diagnostic]) -> Checked:
    """What came of a source, less what is known."""
    if isinstance(checked, Failure) or not known:
        return checked
    passed_over = set(map(id, known))
    return tuple(one for one in checked if id(one) not in passed_over)


def label_of(path: str, folder: str) -> str:
    """`path` as it is called from `folder`, alike on every system."""
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # It is on another drive.
        relative = path
    return relative.replace(os.sep, "/")
