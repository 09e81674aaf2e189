"""JUnit's XML, for the many systems that show test results: a suite for each file, a failed case for each finding.

What could not be checked is an error. A run that found nothing has one case, which passes: many readers take a report
without cases for a broken one.
"""

from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree

from optimlint.cli.report.located import failure_text, unreported
from optimlint.cli.report.report import Report
from optimlint.diagnostic import Diagnostic
from optimlint.workspace.display import visible
from optimlint.workspace.outcome import Failure
from optimlint.workspace.paths import shown
from optimlint.workspace.places import place


def render(report: Report) -> str:
    """The report as an XML document."""
    suites = [*_suites(report)] or [_suite("optimlint", [_case("optimlint", "no findings")])]
    totals = {kind: str(sum(int(suite.get(kind, "0")) for suite in suites)) for kind in _KINDS}
    root = ElementTree.Element("testsuites", {"name": "optimlint", **totals})
    root.extend(suites)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


_KINDS = ("tests", "failures", "errors")


def _suites(report: Report) -> Iterator[ElementTree.Element]:
    for path, diagnostics in groupby(report.diagnostics, lambda diagnostic: diagnostic.path):
        name = shown(path, report.folder)
        yield _suite(name, [_finding(diagnostic, name, report.folder) for diagnostic in diagnostics])
    if failures := unreported(report):
        yield _suite("not checked", [_failure(failure, report.folder) for failure in failures])


def _suite(name: str, cases: list[ElementTree.Element]) -> ElementTree.Element:
    numbers = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
    }
    suite = ElementTree.Element("testsuite", {"name": name, **numbers})
    suite.extend(cases)
    return suite


def _case(file: str, name: str) -> ElementTree.Element:
    return ElementTree.Element("testcase", {"name": name, "classname": file, "time": "0"})


def _finding(diagnostic: Diagnostic, file: str, folder: str) -> ElementTree.Element:
    where = place(diagnostic.path, diagnostic.range, folder)
    case = _case(file, f"{diagnostic.rule} ({where.removeprefix(f'{file}:')})")
    message = visible(diagnostic.message)
    told = ElementTree.SubElement(case, "failure", {"type": diagnostic.rule, "message": message})
    rows = [f"{where}: {diagnostic.code} {diagnostic.rule} {message}"]
    rows += [f"{place(diagnostic.path, one.range, folder)}: {visible(one.message)}" for one in diagnostic.related]
    rows += [f"help: {visible(fix.title)}" for fix in diagnostic.fixes]
    told.text = "\n".join(rows)
    return case


def _failure(failure: Failure, folder: str) -> ElementTree.Element:
    case = _case(shown(failure.path, folder), failure.kind.value)
    ElementTree.SubElement(case, "error", {"type": failure.kind.value, "message": failure_text(failure)})
    return case
