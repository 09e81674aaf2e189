"""Pull request annotations on GitHub, as workflow commands in the job log.

GitHub shows ten errors, ten warnings and ten notices per step, and accepts columns only within one line.
"""

import re

from optimlint.cli.report.located import Located, failure_text, unreported
from optimlint.cli.report.report import Report
from optimlint.diagnostic import Diagnostic, Severity
from optimlint.workspace.display import visible
from optimlint.workspace.outcome import Failure
from optimlint.workspace.places import place


def render(report: Report) -> str:
    """One line per finding."""
    located = Located(report)
    lines = [_annotation(diagnostic, report, located) for diagnostic in report.diagnostics]
    lines += [_failure(failure) for failure in unreported(report)]
    return "".join(f"{line}\n" for line in lines)


def _annotation(diagnostic: Diagnostic, report: Report, located: Located) -> str:
    at = located.range(diagnostic)
    properties = {
        "title": f"optimlint ({diagnostic.code} {diagnostic.rule})",
        "file": diagnostic.path,
        "line": str(at.start.line),
        "endLine": str(at.end.line),
    }
    if at.start.line == at.end.line:
        properties |= {"col": str(at.start.column), "endColumn": str(at.end.column)}
    where = place(diagnostic.path, diagnostic.range, report.folder)
    rows = [f"{where}: {diagnostic.code} {diagnostic.rule} {visible(diagnostic.message)}"]
    rows += [f"help: {visible(fix.title)}" for fix in diagnostic.fixes[:1]]
    return _command(_COMMANDS[diagnostic.severity], properties, "\n".join(rows))


def _failure(failure: Failure) -> str:
    properties = {"title": "optimlint could not check everything", "file": failure.path}
    return _command("error", properties, f"{visible(failure.path)}: {failure_text(failure)}")


def _command(name: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The value of a property. It may contain line ends, but nothing that a terminal would interpret."""
    shown = "".join(part if part in {"\r", "\n"} else visible(part) for part in re.split(r"([\r\n])", text))
    return _escaped(shown).replace(":", "%3A").replace(",", "%2C")


_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
