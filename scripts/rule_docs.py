"""Writes docs/rules from the rules' docstrings: a page a rule, and their index.

With --check it writes nothing, names what is not up to date, and fails if anything is.
"""

import argparse
import sys
from pathlib import Path

from optimlint.rule import Rule
from optimlint.rules import RULES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"

SERIES = {
    "OPT0": "Groups and optimizer do not meet",
    "OPT1": "The wrong parameters are in the groups",
    "OPT2": "The groups' settings are not what they seem",
    "OPT9": "The checker itself",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a page is not up to date")
    wanted = pages()
    stale = [name for name in sorted({*wanted, *_present()}) if _read(FOLDER / name) != wanted.get(name)]
    if parser.parse_args().check:
        for name in stale:
            print(f"docs/rules/{name} is not up to date; `make docs` writes it", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        _write(FOLDER / name, wanted.get(name))
    return 0


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    return {"index.md": index(), **{f"{rule.name}.md": page(rule) for rule in RULES}}


def page(rule: Rule) -> str:
    """One rule's page: its docstring under a line of facts."""
    state = "on by default" if rule.default else "off by default"
    facts = f"`{rule.code}` · {rule.severity.value} · {state} · since {rule.since}"
    return f"{_origin('the docstring of its rule')}# {rule.name}\n\n{facts}\n\n{rule.docs.strip()}\n"


def index() -> str:
    """All rules in the order in which users see them, a table a series."""
    parts = [f"{_origin('the rules')}# Rules\n"]
    for prefix, title in SERIES.items():
        rules = [rule for rule in RULES if rule.code.startswith(prefix)]
        if rules:
            rows = [f"| {rule.code} | [{rule.name}]({rule.name}.md) | {rule.summary} |" for rule in rules]
            parts.append("\n".join([f"## {title}\n", "| code | name | meaning |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _origin(source: str) -> str:
    return f"<!-- `make docs` writes this page from {source}. -->\n\n"


def _present() -> list[str]:
    return [path.name for path in FOLDER.glob("*.md")]


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
