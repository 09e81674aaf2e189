"""A rule's page shows pieces of fixtures with their findings, on the site and in the terminal."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures_support import marks, without_marks

from optimlint import RULES
from optimlint.rule import Rule

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from rule_examples import Example, examples  # noqa: E402  (the scripts are no package)

EXAMPLES = [(rule.name, example) for rule in RULES for example in examples(rule)]
MOST_LINES = 30
"""The most lines that a reader takes in along with the page's own text."""


def _by_title(value: object) -> str:
    return value.title.replace(" ", "-") if isinstance(value, Example) else str(value)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_shows_bugs_and_near_misses(rule: Rule) -> None:
    shown = [example for name, example in EXAMPLES if name == rule.name]
    assert 1 <= sum(not one.is_near_miss for one in shown) <= 2
    assert 1 <= sum(one.is_near_miss for one in shown) <= 2
    assert len({one.title for one in shown}) == len(shown)
    assert max(one.code.count("\n") for one in shown) <= MOST_LINES


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=_by_title)
def test_a_piece_alone_says_what_its_fixture_says(rule: str, example: Example) -> None:
    wanted = [mark for mark in marks({"a.py": example.source.encode()}) if mark.kind == "want"]
    assert {mark.rule for mark in wanted} == (set() if example.is_near_miss else {rule})
    lines = example.source.splitlines()
    told = [example.code.splitlines()[one.line - 1] for one in example.said]
    assert told == [without_marks(lines[mark.place.line - 1]).rstrip("\n") for mark in wanted]
    assert all(re.search(mark.pattern, one.message) for mark, one in zip(wanted, example.said, strict=True))

    golden = example.fixture.with_suffix(".fixed.py")
    if example.fixed is not None:
        assert example.fixed in without_marks(golden.read_text(encoding="utf-8"))


def test_terminal_and_site_show_one_page() -> None:
    pages = [(ROOT / "docs" / "rules" / f"{rule.name}.md").read_text(encoding="utf-8") for rule in RULES]
    command = [sys.executable, "-m", "optimlint", "rule", "--all"]
    printed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert printed == "\n".join(page.partition("-->\n\n")[2] for page in pages)
    titles = re.findall(r"^### (.+)$", printed, re.MULTILINE)
    assert sorted(title.lower() for title in titles) == sorted(one.title.lower() for _, one in EXAMPLES)


def test_a_mark_ends_at_two_blank_lines_or_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rule_examples.FIXTURES", tmp_path)
    rule = next(one for one in RULES if one.name == "bypassed-param-groups")
    (tmp_path / rule.name).mkdir()
    body = "    gs = [{'params': m.parameters()}]\n    # a note\n\n    return SGD(m.parameters())"
    imported = "from torch.optim import SGD\n"
    bug = f"def bug(m):\n{body}  # want: bypassed-param-groups\n"
    fixture = f"{imported}\n\n# example: groups for nothing\n{bug}\n\ndef other(m):\n    return SGD(m.parameters())\n"
    (tmp_path / rule.name / "parts.py").write_text(fixture)
    (tmp_path / rule.name / "whole.py").write_text(f"# near miss: all of it\n{imported}\n\n\ndef f():\n    pass\n")
    part, whole = examples(rule)
    assert (part.title, part.code, part.said[0].line) == ("groups for nothing", f"def bug(m):\n{body}\n", 5)
    assert (whole.is_near_miss, whole.code) == (True, f"{imported}\n\n\ndef f():\n    pass\n")
