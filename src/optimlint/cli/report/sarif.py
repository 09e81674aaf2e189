"""SARIF 2.1.0, which GitHub's code scanning, Azure DevOps and many viewers read.

A finding in a notebook is told by the lines and columns of its file, with cell and line in the message and in the
result's properties. `invocations` say what could not be checked.
"""

import re

import optimlint
from optimlint.check import INTERNAL_ERROR
from optimlint.cli.report.located import Located, failure_text, message_of, unreported, uri_of
from optimlint.cli.report.report import Report
from optimlint.diagnostic import Applicability, Diagnostic, Edit, Fix, Range
from optimlint.fingerprint import VERSION
from optimlint.rule import Rule
from optimlint.rules import RULES
from optimlint.workspace.documentation_links import documentation, page_of
from optimlint.workspace.finding_json import Json, document, strict
from optimlint.workspace.rule_pages import page

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report) -> str:
    """The report as a SARIF log with one run."""
    log: Json = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return document(log)


def _run(report: Report) -> Json:
    located = Located(report)
    prints = located.fingerprints()
    return {
        "tool": {"driver": _driver()},
        "invocations": [_invocation(report, located)],
        "originalUriBaseIds": {_ROOT: {"uri": uri_of(located.root).rstrip("/") + "/"}},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(diagnostic, fingerprint, located)
            for diagnostic, fingerprint in zip(report.diagnostics, prints, strict=True)
            if diagnostic.rule != INTERNAL_ERROR  # A rule that breaks says nothing of the code.
        ],
    }


def _driver() -> Json:
    return {
        "name": "optimlint",
        "version": optimlint.__version__,
        "semanticVersion": optimlint.__version__,
        "informationUri": documentation() or "https://pypi.org/project/optimlint/",
        "rules": [_rule(rule) for rule in RULES],
    }


def _rule(rule: Rule) -> Json:
    address = page_of(rule.name)
    name = "".join(word.capitalize() for word in rule.name.split("-"))
    return {
        "id": rule.name,
        **({"name": name} if "-" in rule.name else {}),  # A name must not be the identifier once more.
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": _paragraph(rule)},
        "help": {"text": page(rule), "markdown": page(rule)},
        **({"helpUri": address} if address else {}),
        "defaultConfiguration": {"level": rule.severity.value, "enabled": rule.default},
        "properties": {"code": rule.code, "since": rule.since, "tags": ["optimizer", "parameter groups", "pytorch"]},
    }


def _paragraph(rule: Rule) -> str:
    """Why it matters, from the rule's page; its summary where the page does not say."""
    found = re.search(r"^## Why it matters\n+(.+?)(?=\n\n|\n## |\Z)", rule.docs, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else rule.summary


def _invocation(report: Report, located: Located) -> Json:
    told = [
        _notification("error", f"{one.rule}: {message_of(one)}", one.path, located.range(one), located)
        for one in report.diagnostics
        if one.rule in _OF_THE_RUN
    ]
    others = [_notification("error", failure_text(one), one.path, None, located) for one in unreported(report)]
    accepted = [
        _notification("warning", failure_text(one), one.path, None, located)
        for one in report.failures
        if one.is_accepted
    ]
    succeeded = all(failure.is_accepted for failure in report.failures)
    return {"executionSuccessful": succeeded, "toolExecutionNotifications": [*told, *others, *accepted]}


def _notification(level: str, text: str, path: str, at: Range | None, located: Located) -> Json:
    return {"level": level, "message": {"text": _sentence(text)}, "locations": [_location(path, at, located)]}


def _result(diagnostic: Diagnostic, fingerprint: str, located: Located) -> Json:
    fixes: list[Json] = [fix for fix in (_fix(fix, diagnostic.path, located) for fix in diagnostic.fixes) if fix]
    cell = {"cell": diagnostic.cell, "lineOfCell": diagnostic.range.start.line} if diagnostic.cell else {}
    related: list[Json] = [
        {
            "id": number,
            "message": {"text": _sentence(one.message)},
            **_evidence(diagnostic.path, one.range, located),
        }
        for number, one in enumerate(diagnostic.related, 1)
    ]
    return {
        "ruleId": diagnostic.rule,
        "ruleIndex": _INDEXES[diagnostic.rule],
        "level": diagnostic.severity.value,
        "message": {"text": _sentence(message_of(diagnostic))},
        "locations": [_location(diagnostic.path, located.range(diagnostic), located)],
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": {f"optimlint/{VERSION}": fingerprint},
        **({"fixes": fixes} if fixes else {}),
        "properties": {"code": diagnostic.code, **cell},
    }


def _evidence(path: str, at: Range, located: Located) -> dict[str, Json]:
    """The place of a range that may be in another file than `path`."""
    path = at.path or path
    return _location(path, located.texts.raw_range(path, at), located)


def _location(path: str, at: Range | None, located: Located) -> dict[str, Json]:
    region: dict[str, Json] = {} if at is None else {"region": _region(at)}
    return {"physicalLocation": {"artifactLocation": _artifact(path, located), **region}}


def _artifact(path: str, located: Located) -> Json:
    uri, is_relative = located.uri(path)
    return {"uri": uri, "uriBaseId": _ROOT} if is_relative else {"uri": uri}


def _region(at: Range) -> Json:
    """A region, whose end is exclusive here, too; that of a whole file begins at its first character."""
    return {
        "startLine": at.start.line,
        "startColumn": at.start.column,
        "endLine": at.end.line,
        "endColumn": at.end.column,
    }


def _fix(fix: Fix, path: str, located: Located) -> Json:
    """A fix; None for one that is words alone."""
    edits = located.texts.raw_edits(path, fix.edits)
    if not edits:
        return None
    return {
        "description": {"text": _sentence(fix.title)},
        "artifactChanges": [
            {"artifactLocation": _artifact(path, located), "replacements": [_replacement(edit) for edit in edits]}
        ],
        "properties": {"applicability": _APPLICABILITY[fix.applicability]},
    }


def _replacement(edit: Edit) -> Json:
    inserted: dict[str, Json] = {"insertedContent": {"text": strict(edit.text)}} if edit.text else {}
    return {"deletedRegion": _region(edit.range), **inserted}


def _sentence(text: str) -> str:
    """`text` as SARIF wants its messages: a sentence with its full stop, in which nothing is taken for a placeholder or
    a link. All else stays as it is, since few readers undo what SARIF would have escaped."""
    shown = re.sub(r"\{(\d+)\}", r"{{\1}}", strict(text))
    shown = re.sub(r"\[(?=[^\]]*\]\()", r"\\[", shown)
    return shown if shown.endswith((".", "!", "?")) else f"{shown}."


_ROOT = "%SRCROOT%"
_INDEXES = {rule.name: index for index, rule in enumerate(RULES)}
_OF_THE_RUN = {INTERNAL_ERROR, "unparseable"}
_APPLICABILITY = {Applicability.SAFE: "safe", Applicability.UNSAFE: "unsafe", Applicability.DISPLAY: "display"}
