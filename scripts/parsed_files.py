"""The cost of checking a parsed file, compared with parsing it, and the cost of each subject and each rule. Part of the
page that `bench` writes."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import libcst

from optimlint import check_source
from optimlint.check import read_facts
from optimlint.facts import FileFacts
from optimlint.options import Options
from optimlint.rules import RULES
from optimlint.syntax.outline import Subject, outline_of
from optimlint.trigger import may_matter

_MOST = 400
_CHEAP = 0.02
"""Rules that cost less than this share of all rules are counted, not listed."""


def on_parsed_files(paths: list[Path]) -> list[str]:
    """The lines of the page about files that pass the scan, for a sample of them."""
    passing = [path for path in paths if may_matter(path.read_bytes())]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in passing[:: max(1, len(passing) // _MOST)]]
    texts = [text for text in texts if _visit(text)]
    ours, least = total(texts, check_source), total(texts, _visit)
    size = sum(len(text) for text in texts) / 1e6
    return [
        "## A file that is parsed\n",
        f"{len(texts)} files of the published packages that pass the scan, {size:.1f} MB, one process: `check_source`"
        f" takes {ours:.1f} s, `libcst.parse_module` and a visitor that does nothing {least:.1f} s:"
        f" {ours / least:.2f} times as long.\n",
        "## What each subject and each rule costs\n",
        *_costs(texts),
    ]


def _costs(texts: list[str]) -> list[str]:
    """The CPU time of the same files by what their possible findings are about, and that of each rule."""
    reading, files, rules = Counter[str](), Counter[str](), Counter[str]()
    for text in texts:
        outline = outline_of(text)
        subject = "nothing, after the pre-checks" if outline is None else _named(outline.subjects)
        start = time.process_time()
        facts = read_facts(text, Options())
        reading[subject] += time.process_time() - start  # type: ignore[assignment]  # Counters add floats as well.
        files[subject] += 1
        if isinstance(facts, FileFacts):
            for name, seconds in _by_rule(facts):
                rules[name] += seconds  # type: ignore[assignment]
    whole = sum(rules.values())
    dear = [(name, spent) for name, spent in rules.most_common() if spent > _CHEAP * whole]
    return [
        "The same files, without their repositories: reading them, by what a finding in them may be about.\n",
        "| possible findings | files | CPU seconds |",
        "|---|---|---|",
        *(f"| {name} | {files[name]} | {spent:.2f} |" for name, spent in reading.most_common()),
        "",
        f"All rules together take {whole:.2f} s. {len(RULES) - len(dear)} rules take less than {_CHEAP:.0%} of that"
        " each, the others:\n",
        "| rule | CPU seconds |",
        "|---|---|",
        *(f"| {name} | {spent:.3f} |" for name, spent in dear),
        "",
    ]


def _named(subjects: Subject) -> str:
    return ", ".join(one.name.lower() for one in Subject if one in subjects and one.name)


def _by_rule(facts: FileFacts) -> Iterable[tuple[str, float]]:
    for rule in RULES:
        start = time.process_time()
        list(rule.check(facts))
        yield rule.name, time.process_time() - start


def _visit(text: str) -> bool:
    """Parse and visit; False if LibCST cannot parse the text."""
    try:
        libcst.parse_module(text).visit(libcst.CSTVisitor())
    except (libcst.ParserSyntaxError, RecursionError):
        return False
    return True


def total(texts: list[str], work: Callable[[str], object]) -> float:
    """The CPU seconds that some work on all the texts takes."""
    start = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - start
