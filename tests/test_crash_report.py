"""`optimlint crash-report`: its output when optimlint fails, and that it reveals nothing private."""

import os
from pathlib import Path

import pytest
from cli_support import optimlint

SABOTAGE = """
import dataclasses, os, signal
import optimlint.check, optimlint.rules

def broken(facts):
    for names in facts.name_lists:
        if "bias" in names.entries:
            {act}
    return iter(())

optimlint.rules.RULES = optimlint.check.RULES = tuple(
    dataclasses.replace(rule, check=broken) if rule.name == "unused-no-decay" else rule
    for rule in optimlint.rules.RULES
)
"""
"""A `sitecustomize` for the command under test: a rule raises an error if a list of names contains `bias`."""

CODE = """\
import torch

CUSTOMER = "Acme"


def acme_model(model, acme_settings):
    # Only Acme may know.
    no_decay = ["bias", "LayerNorm.weight"]
    learning = acme_settings[CUSTOMER]
    return torch.optim.AdamW(model.parameters(), lr=learning)
"""


def sabotaged(folder: Path, act: str) -> dict[str, str]:
    """The environment in which that rule fails."""
    (folder / "sabotage").mkdir()
    (folder / "sabotage" / "sitecustomize.py").write_text(SABOTAGE.format(act=act))
    return {"PYTHONPATH": os.pathsep.join([str(folder / "sabotage"), *filter(None, [os.environ.get("PYTHONPATH")])])}


def test_a_broken_rule_is_reported_by_the_least_code(tmp_path: Path) -> None:
    variables = sabotaged(tmp_path, "raise KeyError('bias')")
    (tmp_path / "train.py").write_text(CODE)
    checked = optimlint(tmp_path, ["check", "train.py"], variables=variables)
    assert checked.returncode == 2
    assert b"`optimlint crash-report train.py` prints what to report" in checked.stderr
    told = optimlint(tmp_path, ["crash-report", "train.py"], variables=variables)
    assert told.returncode == 1
    report = told.stdout.decode()
    assert "Broke in unused-no-decay: KeyError: 'bias'" in report
    code = report.partition("```python\n")[2].partition("```")[0]
    assert code.splitlines() == ["def a1(a2, a3):", '    no_decay = ["bias", "LayerNorm.weight"]']
    assert "acme" not in report.lower()
    assert str(tmp_path) not in report


def test_the_code_itself_is_shown_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(CODE)
    variables = sabotaged(tmp_path, "raise KeyError('bias')")
    told = optimlint(tmp_path, ["crash-report", "train.py", "--with-code"], variables=variables)
    assert b"def acme_model(model, acme_settings):" in told.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs signals")
def test_a_process_that_is_killed_is_no_end(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(CODE)
    variables = sabotaged(tmp_path, "os.kill(os.getpid(), signal.SIGSEGV)")
    told = optimlint(tmp_path, ["crash-report", "train.py"], variables=variables)
    assert told.returncode == 1
    report = told.stdout.decode()
    assert "Broke in the process died: its worker process was killed by SIGSEGV" in report
    assert '    no_decay = ["bias", "LayerNorm.weight"]' in report
    assert "acme" not in report.lower()


def test_names_that_matter_are_not_shown_unasked(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(CODE.replace("acme_model", "break_me"))
    variables = sabotaged(tmp_path, "1 / (names.scope.name != 'break_me')")
    told = optimlint(tmp_path, ["crash-report", "train.py"], variables=variables)
    assert told.returncode == 1
    assert b"see --with-code" in told.stdout
    assert b"break_me" not in told.stdout


def test_a_file_that_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(CODE)
    told = optimlint(tmp_path, ["crash-report", "train.py"])
    assert (told.returncode, told.stderr) == (0, b"")
    assert told.stdout.startswith(b"train.py causes no crash in optimlint ")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_bytes(b"\xff\xfe\x00")
    told = optimlint(tmp_path, ["crash-report", "train.py"])
    assert told.returncode == 2
    assert b"error: train.py: cannot be read as Python" in told.stderr
