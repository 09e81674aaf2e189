"""The README shows the program's current output."""

import os
import re
import subprocess
import sys
from pathlib import Path

from optimlint.rules import RULES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEAD = """import torch


class Trainer:
    def __init__(self, model, config):
        self.model = model
        self.config = config

"""
"""The content of `train.py` above the snippet."""


def _run(folder: Path, *arguments: str) -> str:
    (snippet,) = re.findall(r"```python\n(param_optimizer = .*?)```", README, re.DOTALL)
    code = HEAD + re.sub(r"^(?=.)", " " * 8, snippet, flags=re.MULTILINE)
    (folder / "train.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "optimlint", *arguments, "train.py"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "98"}
    )
    return done.stdout.rstrip()


def test_the_message_is_todays(tmp_path: Path) -> None:
    said = _run(tmp_path, "check", "--output-format", "full")
    assert "bypassed-param-groups" in said
    assert f"```\n{said}\n```" in README


def test_the_groups_are_todays(tmp_path: Path) -> None:
    said = _run(tmp_path, "groups")
    assert "0.01 (default)" in said
    assert f"```\n{said}\n```" in README


def test_every_rule_is_named() -> None:
    rows = re.findall(r"^\| \[`([a-z-]+)`\]\(docs/rules/\S+ \w+ \| (.*) \|$", README, re.MULTILINE)
    assert rows == [(rule.name, rule.summary.rstrip(".")) for rule in RULES]


def test_links_lead_somewhere() -> None:
    missing = [
        link for link in re.findall(r"\]\(([^)#:]+)\)", README) if not (ROOT / link).exists() and "://" not in link
    ]
    assert not missing
