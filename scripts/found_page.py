"""The page of confirmed findings in public code, and the part of each rule's page about them. Generated from
verdicts."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimlint.rules import RULES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "found.md"
_VERDICTS = (("repositories.toml", "repository"), ("verdicts.toml", "package"))
_SEARCHED = (("figures.md", "published packages"), ("repositories.md", "public repositories"))


_INTRODUCTION = """public repositories and published packages. Each was read in its code and confirmed.
The folder `wild/` next to the sources says what was searched, and how often nothing was found. A finding there that is
wrong counts as a false alarm.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that somebody has reviewed and confirmed."""

    rule: str
    source: str
    file: str
    line: int
    reason: str


def found_page() -> str:
    """The page: each rule with confirmed findings, and what they mean where they were found."""
    everything = list(_confirmed())
    sources = len({one.source for one in everything})
    parts = [f"# Found in the wild\n\n{len(everything)} findings in {sources} {_INTRODUCTION}"]
    for rule in RULES:
        mine = [one for one in everything if one.rule == rule.name]
        if mine:
            parts.append(f"## {rule.name}\n\n[{rule.summary.rstrip('.')}.](rules/{rule.name}.md)\n")
            parts += ["\n".join(_told(mine)) + "\n"]
    return "\n".join(parts)


def real_code(rule: str) -> str:
    """How often a rule reported something in the public code that was searched, and how often it was right."""
    searched = " and ".join(_searched())
    verdicts = [one["verdict"] for _, _, one in _read() if one["rule"] == rule and one["verdict"] != "missed"]
    right = verdicts.count("true")
    if not verdicts:
        said = f"Nothing was found in {searched}."
    elif right == len(verdicts) == 1:
        said = f"Found once in {searched}. The code was read, and the finding is true."
    else:
        are = "all are true" if right == len(verdicts) else f"{right} are true"
        said = f"Found {len(verdicts)} times in {searched}. The code was read at each: {are}."
    return f"## On real code\n\n{said}\n"


def _searched() -> Iterator[str]:
    """The code that was searched: `98 published packages`."""
    for name, what in _SEARCHED:
        text = (ROOT / "wild" / name).read_text(encoding="utf-8")
        number = re.search(rf"(\d+) {what}", text)
        assert number is not None, f"wild/{name} does not say how many {what} were searched"
        yield f"{number[1]} {what}"


def _told(findings: list[Found]) -> Iterator[str]:
    """One entry for all places of a source with the same reason."""
    places: dict[tuple[str, str], list[Found]] = {}
    for one in findings:
        places.setdefault((one.source, one.reason), []).append(one)
    for (source, reason), several in places.items():
        lines: dict[str, list[str]] = {}
        for one in several:
            lines.setdefault(one.file, []).append(str(one.line))
        where = "; ".join(
            f"`{file}`, line{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}" for file, numbers in lines.items()
        )
        yield f"- **{source}**, {where}: {reason}"


def _confirmed() -> Iterator[Found]:
    for _, source, one in _read():
        if one["verdict"] == "true":
            yield Found(one["rule"], source, one["file"], one["line"], one["reason"])


def _read() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The verdicts, each with the name of its file and that of the package or repository."""
    for name, key in _VERDICTS:
        read = tomllib.loads((ROOT / "wild" / name).read_text(encoding="utf-8"))
        yield from ((name, one[key], one) for one in read["finding"])
