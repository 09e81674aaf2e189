"""Writes docs/rules from the rules' docstrings and fixtures: a page per rule, and their index.

The examples and figures are also written into the package, for `optimlint rule`. With --check nothing is written: it
lists the files that are out of date, and fails if there are any.
"""

import argparse
import re
import sys
from pathlib import Path

from found_page import PAGE, found_page, real_code
from rule_examples import ROOT, section

from optimlint.rule import Rule
from optimlint.rules import RULES
from optimlint.workspace.rule_pages import EXAMPLES, page

FOLDER = ROOT / "docs" / "rules"

FAMILIES: dict[tuple[str, ...], str] = {
    ("OPT0",): "groups never used",
    ("OPT1",): "wrong parameters",
    ("OPT2",): "wrong settings",
    ("OPT3",): "never trained",
    ("OPT4", "OPT5"): "step and model",
    ("OPT9",): "the checker",
}
"""The families of rules, by the prefixes of their codes."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a page is not up to date")
    wanted = {**pages(), **parts()}
    present = {PAGE, *(path for folder in (FOLDER, EXAMPLES) for path in folder.glob("*.md"))}
    stale = [path for path in sorted({*wanted, *present}) if _read(path) != wanted.get(path)]
    if parser.parse_args().check:
        for path in stale:
            print(f"{path.relative_to(ROOT).as_posix()} is not up to date; `make docs` writes it", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        _write(path, wanted.get(path))
    return 0


def pages() -> dict[Path, str]:
    """The text of every page about rules on the site, by its path."""
    return {
        PAGE: f"{_origin('wild/')}{found_page()}",
        FOLDER / "index.md": index(),
        **{FOLDER / f"{rule.name}.md": site_page(rule) for rule in RULES},
    }


def parts() -> dict[Path, str]:
    """The examples and figures of every rule that has some, by their path in the package."""
    return {EXAMPLES / f"{rule.name}.md": text for rule in RULES if (text := _evidence(rule))}


def site_page(rule: Rule) -> str:
    """The page of one rule: its docstring with a line of facts above, examples, and figures."""
    return "\n".join(filter(None, [f"{_origin('its rule, fixtures and verdicts')}{page(rule)}", _evidence(rule)]))


def _evidence(rule: Rule) -> str:
    """The examples from the rule's fixtures, and how often the rule was right in public code."""
    is_of_code = not rule.code.startswith("OPT9")
    return "\n".join(filter(None, [section(rule), real_code(rule.name) if is_of_code else ""]))


def index() -> str:
    """All rules in the order in which users see them, in one table that the site can filter."""
    rows = [f"| {' | '.join(_row(rule))} |" for rule in RULES]
    table = "\n".join([f"| {' | '.join(_TITLES)} |", "|---" * len(_TITLES) + "|", *rows])
    # The table is wide, so the page has no table of contents beside it.
    head = f"---\nhide:\n  - toc\n---\n\n{_origin('the rules')}# Rules\n"
    return f'{head}\n<div class="rules" markdown="1">\n\n{table}\n\n</div>\n\n{_FIXES}'


_TITLES = ("code", "name", "meaning", "severity", "fix", "default", "family")
_FIXES = """`optimlint check --fix` applies *safe* fixes, and with `--unsafe-fixes` also *unsafe* ones. A *shown* fix is
never applied: a person has to choose it. A rule may have several kinds of fixes, and the table names the safest. The
[configuration](../guide/configuration.md) explains severities.
"""


def _row(rule: Rule) -> tuple[str, ...]:
    family = next(title for prefixes, title in FAMILIES.items() if rule.code.startswith(prefixes))
    name = f"[{rule.name}]({rule.name}.md)"
    return (
        rule.code,
        name,
        rule.summary.rstrip("."),
        rule.severity.value,
        _fix(rule),
        "on" if rule.default else "off",
        family,
    )


def _fix(rule: Rule) -> str:
    """The best applicability of a fix in the rule's fixtures."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "fixtures" / rule.name).rglob("*.py")]
    marks = {mark for text in texts for mark in re.findall(rf"# want: {rule.name}\b.*\((\w+)\)", text)}
    return next((word for mark, word in _WORDS.items() if mark in marks), "none")


_WORDS = {"safe": "safe", "unsafe": "unsafe", "display": "shown"}


def _origin(source: str) -> str:
    return f"<!-- `make docs` writes this page from {source}. -->\n\n"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
