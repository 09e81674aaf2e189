"""A summary in Markdown, for a comment on a pull request or the page of a job."""

import re
from collections.abc import Iterable, Iterator

from optimlint.cli.report.located import failure_text, unreported
from optimlint.cli.report.report import Report
from optimlint.diagnostic import Diagnostic
from optimlint.workspace.display import count, visible
from optimlint.workspace.documentation_links import page_of
from optimlint.workspace.paths import shown
from optimlint.workspace.places import place

MOST_ROWS = 200
"""A comment may be no longer than 65,536 characters; who has more findings than this reads them elsewhere."""


def render(report: Report) -> str:
    """The report as a heading, a table and what could not be checked."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    files = len({diagnostic.path for diagnostic in report.diagnostics})
    found = f"{count(len(report.diagnostics), 'finding')} in {count(files, 'file')}" if files else "no findings"
    yield f"### optimlint: {found}"
    if report.diagnostics:
        yield ""
        yield from table(("Place", "Rule", "Finding"), [_row(one, report) for one in report.diagnostics[:MOST_ROWS]])
    if len(report.diagnostics) > MOST_ROWS:
        yield f"\n{count(len(report.diagnostics) - MOST_ROWS, 'finding')} more."
    if failures := unreported(report):
        yield "\nNot checked:\n"
        for failure in failures[:MOST_ROWS]:
            where = code(shown(failure.path, report.folder))
            yield f"- {where}: {code(failure_text(failure))}"
        if len(failures) > MOST_ROWS:
            yield f"\n{len(failures) - MOST_ROWS:,} more."


def table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table, of whose cells each is Markdown on one line without a bare `|`."""
    for row in (headings, tuple("---" for _ in headings), *rows):
        yield f"| {' | '.join(row)} |"


def code(text: str) -> str:
    """`text` as code, whatever it holds."""
    line = visible(text)
    if line and not set("`|\\") & set(line) and line == line.strip():
        return f"`{line}`"
    return f"<code>{_SPECIAL.sub(_entity, line)}</code>"


def prose(text: str) -> str:
    """A message, in which what stands between backticks is code."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:
        return code(text)
    return "".join(code(part) if index % 2 else _plain(part) for index, part in enumerate(parts) if part)


def _row(diagnostic: Diagnostic, report: Report) -> tuple[str, str, str]:
    address = page_of(diagnostic.rule)
    name = code(diagnostic.rule)
    help_ = [f"<br>{prose(fix.title)}" for fix in diagnostic.fixes[:1]]
    where = code(place(diagnostic.path, diagnostic.range, report.folder))
    return where, f"[{name}]({address})" if address else name, "".join([prose(diagnostic.message), *help_])


def _plain(text: str) -> str:
    """`text`, escaped so that markup, mentions and references are shown literally."""
    # A mention is looked for when the page is made, so that only code hides it.
    return "".join(
        "<code>&#64;</code>" if part == "@" else _SPECIAL.sub(_entity, part) for part in re.split("(@)", text)
    )


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match.group())};"


_SPECIAL = re.compile(r"[\\`*{}\[\]<>#+!|~&$@]|(?<!\w)_|_(?!\w)|:(?=//|\w+:)")
"""What could begin markup, a link or a picture of a word."""
