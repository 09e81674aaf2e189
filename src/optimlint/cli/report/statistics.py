"""How many findings each rule has, in place of the findings."""

import json
from collections import Counter

from optimlint.cli.report import Report
from optimlint.diagnostic import Applicability


def render_table(report: Report) -> str:
    """Lines of count, code and name, the commonest rule first; `[*]` marks one with findings that `--fix` mends."""
    rows = _rows(report)
    digits = max((len(str(count)) for *_, count, _ in rows), default=0)
    return "".join(
        f"{count:>{digits}}  {code}  {name}{'  [*]' if fixable else ''}\n" for code, name, count, fixable in rows
    )


def render_json(report: Report) -> str:
    """A JSON list of objects with `code`, `name`, `count` and `fixable`, how many of these `--fix` mends."""
    keys = ("code", "name", "count", "fixable")
    return json.dumps([dict(zip(keys, row, strict=True)) for row in _rows(report)], indent=2) + "\n"


def _rows(report: Report) -> list[tuple[str, str, int, int]]:
    counts = Counter((one.code, one.rule) for one in report.diagnostics)
    fixable = Counter(
        (one.code, one.rule)
        for one in report.diagnostics
        if any(fix.applicability is Applicability.SAFE for fix in one.fixes)
    )
    ordered = sorted(counts, key=lambda rule: (-counts[rule], rule))
    return [(code, name, counts[code, name], fixable[code, name]) for code, name in ordered]
