"""Where findings are, for platforms that know files and lines of a repository and nothing of cells."""

import os
from urllib.parse import quote_from_bytes

from optimlint.check import INTERNAL_ERROR
from optimlint.cli.report.report import Report
from optimlint.diagnostic import Diagnostic, Range
from optimlint.fingerprint import fingerprints
from optimlint.workspace.display import visible
from optimlint.workspace.fingerprinting import label_of
from optimlint.workspace.outcome import TOLD_BY_RULE, Failure
from optimlint.workspace.paths import path_within
from optimlint.workspace.places import place_in_words
from optimlint.workspace.source_texts import Texts


class Located:
    """The places of one report, whose paths platforms count from its `root`."""

    def __init__(self, report: Report) -> None:
        self.root = report.root or report.folder
        self.texts = Texts(report.contents)
        self._report = report

    def path(self, path: str) -> str:
        """`path` as seen from the root, with `/` between names."""
        return label_of(path, self.root)

    def uri(self, path: str) -> tuple[str, bool]:
        """`path` as a URI, and whether that is relative to the root."""
        within = path_within(path, self.root)
        if within:
            return _quoted(within.replace(os.sep, "/")), True
        return uri_of(path), False

    def range(self, diagnostic: Diagnostic) -> Range:
        """The lines and columns of the file."""
        return self.texts.raw_range(diagnostic.path, diagnostic.range)

    def fingerprints(self) -> list[str]:
        """The fingerprints of the report's diagnostics, in their order."""
        told, known = _by_path(self._report.diagnostics), _by_path(self._report.known)
        found = {
            path: iter(fingerprints(own, self.texts.whole(path), self.path(path), beside=known.get(path, ())))
            for path, own in told.items()
        }
        return [next(found[diagnostic.path]) for diagnostic in self._report.diagnostics]


def uri_of(path: str) -> str:
    """An absolute path as a URI, whatever bytes are in it."""
    slashed = path.replace(os.sep, "/")
    return "file://" + ("" if slashed.startswith("/") else "/") + _quoted(slashed)


def message_of(diagnostic: Diagnostic) -> str:
    """The message on one line, for a place that tells no cell."""
    cell = f" ({place_in_words(diagnostic.range)})" if diagnostic.cell else ""
    return visible(diagnostic.message) + cell


def unreported(report: Report) -> tuple[Failure, ...]:
    """What could not be done and no diagnostic tells, save what the user accepts. A report in which nothing of it were
    said would be taken for a clean one."""
    told = {(one.path, one.message) for one in report.diagnostics if one.rule == INTERNAL_ERROR}
    return tuple(
        failure
        for failure in report.failures
        if not failure.is_accepted and failure.kind not in TOLD_BY_RULE and (failure.path, failure.reason) not in told
    )


def failure_text(failure: Failure) -> str:
    """What could not be done, on one line."""
    where = f"{place_in_words(failure.at)}: " if failure.at else ""
    return f"{where}{visible(failure.text)}"


def _by_path(diagnostics: tuple[Diagnostic, ...]) -> dict[str, list[Diagnostic]]:
    by_path: dict[str, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        by_path.setdefault(diagnostic.path, []).append(diagnostic)
    return by_path


def _quoted(path: str) -> str:
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # It holds what never was a byte of a file name.
        data = path.encode("utf-8", "surrogatepass")
    return quote_from_bytes(data, safe="/")
