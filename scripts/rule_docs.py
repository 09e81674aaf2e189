"""Writes docs/rules from the rules' docstrings and fixtures: a page a rule, and their index.

The examples alone go into the package, too, where `optimlint rule` finds them.

With --check it writes nothing, names what is not up to date, and fails if anything is.
"""

import argparse
import sys
from pathlib import Path

from rule_examples import ROOT, section

from optimlint.rule import Rule
from optimlint.rules import RULES
from optimlint.workspace.rule_pages import EXAMPLES, page

FOLDER = ROOT / "docs" / "rules"

SERIES: dict[tuple[str, ...], str] = {
    ("OPT0",): "Groups that are never used",
    ("OPT1",): "The wrong parameters in the groups",
    ("OPT2",): "The wrong settings",
    ("OPT3",): "Parameters that are never trained",
    ("OPT4", "OPT5"): "The step, and the model",
    ("OPT9",): "The checker itself",
}
"""The families of rules, by what their codes begin with."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a page is not up to date")
    wanted = {**pages(), **parts()}
    present = {path for folder in (FOLDER, EXAMPLES) for path in folder.glob("*.md")}
    stale = [path for path in sorted({*wanted, *present}) if _read(path) != wanted.get(path)]
    if parser.parse_args().check:
        for path in stale:
            print(f"{path.relative_to(ROOT).as_posix()} is not up to date; `make docs` writes it", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        _write(path, wanted.get(path))
    return 0


def pages() -> dict[Path, str]:
    """The text of every page of the site about rules, by its path."""
    return {FOLDER / "index.md": index(), **{FOLDER / f"{rule.name}.md": site_page(rule) for rule in RULES}}


def parts() -> dict[Path, str]:
    """The examples of every rule that has some, by the path in the package."""
    return {EXAMPLES / f"{rule.name}.md": text for rule in RULES if (text := section(rule))}


def site_page(rule: Rule) -> str:
    """One rule's page: its docstring under a line of facts, and the marked pieces of its fixtures."""
    return "\n".join(filter(None, [f"{_origin('its rule and fixtures')}{page(rule)}", section(rule)]))


def index() -> str:
    """All rules in the order in which users see them, a table a series."""
    parts = [f"{_origin('the rules')}# Rules\n"]
    for prefixes, title in SERIES.items():
        rules = [rule for rule in RULES if rule.code.startswith(prefixes)]
        if rules:
            rows = [f"| {rule.code} | [{rule.name}]({rule.name}.md) | {rule.summary} |" for rule in rules]
            parts.append("\n".join([f"## {title}\n", "| code | name | meaning |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


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
