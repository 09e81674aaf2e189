"""A Code Quality report for GitLab merge requests, which identifies findings by their fingerprints."""

from optimlint.cli.report.located import Located, failure_text, message_of, unreported
from optimlint.cli.report.report import Report
from optimlint.diagnostic import START, Diagnostic, Range, Severity
from optimlint.fingerprint import fingerprints
from optimlint.workspace.finding_json import Json, document, strict
from optimlint.workspace.outcome import Failure


def render(report: Report) -> str:
    """The report as a JSON list."""
    located = Located(report)
    prints = located.fingerprints()
    listed = [_finding(one, name, located) for one, name in zip(report.diagnostics, prints, strict=True)]
    listed += [_failure(failure, located) for failure in unreported(report)]
    return document(listed)


def _finding(diagnostic: Diagnostic, fingerprint: str, located: Located) -> Json:
    return _entry(
        f"{diagnostic.rule}: {message_of(diagnostic)}",
        diagnostic.rule,
        fingerprint,
        _SEVERITIES[diagnostic.severity],
        located.path(diagnostic.path),
        located.range(diagnostic),
    )


def _failure(failure: Failure, located: Located) -> Json:
    """A failure as a finding about its file."""
    name = failure.kind.value.replace(" ", "-")
    path = located.path(failure.path)
    pseudo = Diagnostic(failure.path, START, name, "", Severity.ERROR, failure.reason)
    (fingerprint,) = fingerprints([pseudo], "", path)
    return _entry(f"not checked: {failure_text(failure)}", name, fingerprint, _SEVERITIES[Severity.ERROR], path, START)


def _entry(description: str, name: str, fingerprint: str, severity: str, path: str, at: Range) -> Json:
    return {
        "description": strict(description),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": strict(path), "lines": {"begin": at.start.line, "end": at.end.line}},
    }


_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
