"""Fingerprints of what was found in a source, for all that compares findings of two runs."""

import os
from collections.abc import Iterator, Mapping, Sequence

from optimlint.cli.outcome import Failure
from optimlint.cli.run import Checked, is_finding
from optimlint.cli.work import Source
from optimlint.diagnostic import Diagnostic
from optimlint.fingerprint import fingerprints
from optimlint.notebook.file import read_file
from optimlint.text import Unparseable, decode


def fingerprinted(source: Source, diagnostics: Sequence[Diagnostic], label: str) -> Iterator[tuple[Diagnostic, str]]:
    """The findings of a source with their fingerprints, in which the source goes by `label`. What could not be checked
    is no finding, and never known."""
    findings = [one for one in diagnostics if is_finding(one)]
    yield from zip(findings, fingerprints(findings, _texts(source), label), strict=True)


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


def _texts(source: Source) -> str | Mapping[int, str]:
    """What the ranges of the source's findings count in."""
    if source.is_notebook:
        notebook = read_file(source.content)
        return {} if isinstance(notebook, Unparseable) else {cell.number: cell.text for cell in notebook.cells}
    decoded = decode(source.content)
    return "" if isinstance(decoded, Unparseable) else decoded.text
