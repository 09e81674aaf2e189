"""Fingerprints of the findings of a source, for comparing two runs."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimlint.diagnostic import Diagnostic
from optimlint.fingerprint import fingerprints
from optimlint.rules import UNPARSEABLE
from optimlint.workspace.attribution import Checked
from optimlint.workspace.engine import is_finding, tells_unparseable
from optimlint.workspace.outcome import Failure
from optimlint.workspace.source_texts import Texts
from optimlint.workspace.worker import Examined, Source


def fingerprinted(source: Source, examined: Examined, label: str) -> Iterator[tuple[Diagnostic, str]]:
    """The findings of a source with their fingerprints, in which the source is called `label`. Internal errors are not
    findings and are never known."""
    is_told = tells_unparseable(source)
    findings = [one for one in examined.diagnostics if is_finding(one) and (is_told or one.rule != UNPARSEABLE.name)]
    text = Texts({source.path: source.content}).whole(source.path)
    yield from zip(findings, fingerprints(findings, text, label, beside=examined.known), strict=True)


def without(checked: Checked, known: Sequence[Diagnostic]) -> Checked:
    """The outcome of a source with the `known` findings set apart."""
    if isinstance(checked, Failure) or not known:
        return checked
    not_told = set(map(id, known))
    told = tuple(one for one in checked.diagnostics if id(one) not in not_told)
    return replace(checked, diagnostics=told, known=(*checked.known, *known))


def label_of(path: str, folder: str) -> str:
    """`path` relative to `folder`, spelled the same on every system."""
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # It is on another drive.
        relative = path
    return relative.replace(os.sep, "/")
