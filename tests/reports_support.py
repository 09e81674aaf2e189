"""Reports to render: plain ones, one about a notebook, and one whose texts are hostile to every format."""

import json
from collections.abc import Sequence

from optimlint import Applicability, Diagnostic, Edit, Fix, Position, Range, Related, Severity
from optimlint.cli.report import Report
from optimlint.workspace.outcome import Failure, FailureKind

SOURCE = """\
import torch


def make(model):
    groups = [{"params": model.parameters()}]
    note = "caf\u00e9 \U0001f600"; return torch.optim.AdamW(model.parameters())
"""

HOSTILE = "a b,c:d%0A|`<b>&amp;\n::error file=x::y\r##[error]z ]]> \x1b[31m \u2028 \udce9 *_[l](u) {0} #1 @all \\|\t.py"
"""A hostile file name, also used as hostile text."""

PATH, NOTEBOOK = "/work/sub/train.py", "/work/sub/notes.ipynb"


def at(line: int, column: int, end_line: int, end_column: int, cell: int | None = None) -> Range:
    return Range(Position(line, column), Position(end_line, end_column), cell)


def finding(
    place: Range,
    path: str = PATH,
    message: str = "`groups` is never used",
    related: tuple[Related, ...] = (),
    fixes: tuple[Fix, ...] = (),
    severity: Severity = Severity.ERROR,
) -> Diagnostic:
    return Diagnostic(path, place, "bypassed-param-groups", "OPT001", severity, message, related, fixes)


def in_source(severity: Severity = Severity.ERROR) -> Diagnostic:
    """A finding in `SOURCE`, after an accent and an emoji, with evidence and a fix."""
    return finding(
        at(6, 29, 6, 66),
        related=(Related(at(5, 5, 5, 11), "`groups` is built here"),),
        fixes=(Fix("Pass `groups` to the optimizer", (Edit(at(6, 47, 6, 65), "groups"),), Applicability.SAFE),),
        severity=severity,
    )


def hostile(path: str = f"/work/{HOSTILE}") -> Diagnostic:
    """A finding in which every text is hostile to every format."""
    return finding(
        at(2, 1, 4, 2),
        path=path,
        message=HOSTILE,
        related=(Related(at(1, 1, 1, 3), HOSTILE), Related(at(9, 9, 9, 9), "behind the end")),
        fixes=(
            Fix(HOSTILE, (Edit(at(1, 1, 1, 2), HOSTILE), Edit(at(3, 1, 4, 1), "")), Applicability.UNSAFE),
            Fix("Words alone", (), Applicability.DISPLAY),
            Fix("Nowhere", (Edit(at(99, 1, 99, 2), "x"),), Applicability.DISPLAY),
        ),
    )


def notebook(*, is_list: bool = True, indent: int | None = 1, escaped: bool = False) -> str:
    """A notebook whose second cell builds the groups and whose third creates the optimizer, in one of the usual JSON
    layouts."""
    sources = ["# Caf\u00e9", "import torch\n\u00e9 = '\\t\U0001f600'\ngroups = [{}]", "x = 1\nAdamW(model)\n"]
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code" if number else "markdown",
            "metadata": {},
            "source": source.splitlines(keepends=True) if is_list else source,
        }
        for number, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=indent, ensure_ascii=escaped)


def in_notebook() -> Diagnostic:
    """A finding in the third cell, with evidence in the second."""
    return finding(
        at(2, 1, 2, 13, cell=3),
        path=NOTEBOOK,
        related=(Related(at(3, 1, 3, 7, cell=2), "`groups` is built here"),),
        fixes=(Fix("Pass `groups`", (Edit(at(2, 7, 2, 12, cell=3), "groups"),), Applicability.SAFE),),
    )


def report(*diagnostics: Diagnostic, failures: Sequence[Failure] = (), text: str = SOURCE) -> Report:
    """The report of a run in `/work`, whose files contain `text`."""
    contents = {one.path: text.encode("utf-8", "surrogatepass") for one in diagnostics}
    contents |= {NOTEBOOK: notebook().encode()}
    return Report(diagnostics, contents, "/work", failures=tuple(failures))


FAILURES = (
    Failure("/work/slow.py", FailureKind.TOO_SLOW, "over 30 s"),
    Failure(f"/elsewhere/{HOSTILE}", FailureKind.NOT_READABLE, HOSTILE),
    Failure("/work/accepted.py", FailureKind.NOT_PARSED, "accepted", is_accepted=True),
)
