"""How many findings each rule has, in place of the findings."""

import json
from collections import Counter

from optimlint.cli.report.report import Report
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
    return json.dumps(_objects(report), indent=2) + "\n"


def render_json_lines(report: Report) -> str:
    """The same objects, one a line."""
    return "".join(json.dumps(one) + "\n" for one in _objects(report))


def render_markdown(report: Report) -> str:
    """A table for a page or a comment."""
    from optimlint.cli.report.markdown import code, table

    rows = [(str(count), code(name), str(fixable)) for _, name, count, fixable in _rows(report)]
    lines = table(("Findings", "Rule", "Fixable"), rows) if rows else ["No findings."]
    return "".join(f"{line}\n" for line in lines)


def _objects(report: Report) -> list[dict[str, str | int]]:
    keys = ("code", "name", "count", "fixable")
    return [dict(zip(keys, row, strict=True)) for row in _rows(report)]


def _rows(report: Report) -> list[tuple[str, str, int, int]]:
    counts = Counter((one.code, one.rule) for one in report.diagnostics)
    fixable = Counter(
        (one.code, one.rule)
        for one in report.diagnostics
        if any(fix.applicability is Applicability.SAFE for fix in one.fixes)
    )
    ordered = sorted(counts, key=lambda rule: (-counts[rule], rule))
    return [(code, name, counts[code, name], fixable[code, name]) for code, name in ordered]
