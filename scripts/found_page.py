"""The page of findings in public code, from the verdicts that people gave on them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optimlint.rules import RULES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "found.md"
_VERDICTS = (("repositories.toml", "repository"), ("verdicts.toml", "package"))


_INTRODUCTION = """public repositories and published packages. Each was read in its code, and is what the
rule says. What was searched, and how often nothing was found, is in `wild/` beside the sources; a finding there that is
wrong is counted as a false alarm.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that somebody has read and confirmed."""

    rule: str
    source: str
    file: str
    line: int
    reason: str


def found_page() -> str:
    """Each rule that has found something, with what it means where it was found."""
    everything = list(_confirmed())
    sources = len({one.source for one in everything})
    parts = [f"# Found in the wild\n\n{len(everything)} findings in {sources} {_INTRODUCTION}"]
    for rule in RULES:
        mine = [one for one in everything if one.rule == rule.name]
        if mine:
            parts.append(f"## {rule.name}\n\n[{rule.summary.rstrip('.')}.](rules/{rule.name}.md)\n")
            parts += ["\n".join(_told(mine)) + "\n"]
    return "\n".join(parts)


def _told(findings: list[Found]) -> Iterator[str]:
    """One entry for all places of a source of which the same is said."""
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
    for name, key in _VERDICTS:
        read = tomllib.loads((ROOT / "wild" / name).read_text(encoding="utf-8"))
        for one in read["finding"]:
            if one["verdict"] == "true":
                yield Found(one["rule"], one[key], one["file"], one["line"], one["reason"])
