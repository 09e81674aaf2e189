"""`--baseline`: its file, the findings that it hides, and entries without findings."""

import json
from pathlib import Path

import pytest
from cli_support import BUG, MENDED, alike, optimlint

BASELINE = ["check", "--baseline", "known.json"]
STALE = b"stale entry of the baseline: "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two findings in two files, both in a baseline."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "a.py").write_text(BUG)
    (tmp_path / "pkg" / "b.py").write_text(BUG)
    assert optimlint(tmp_path, [*BASELINE, "--write-baseline"]).returncode == 0
    return tmp_path


def entries(folder: Path) -> list[dict[str, str]]:
    document = json.loads((folder / "known.json").read_text())
    assert document["version"] == 1
    found: list[dict[str, str]] = document["findings"]
    return found


def test_the_file_is_sorted_and_stable(folder: Path) -> None:
    assert [(one["path"], one["rule"]) for one in entries(folder)] == [
        ("a.py", "bypassed-param-groups"),
        ("pkg/b.py", "bypassed-param-groups"),
    ]
    before = (folder / "known.json").read_bytes()
    assert before.endswith(b"\n")
    for options in (["--jobs", "1"], ["--output-format", "json"], ["."], ["pkg"]):
        assert optimlint(folder, [*BASELINE, "--write-baseline", *options]).returncode == 0
        assert (folder / "known.json").read_bytes() == before


def test_one_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BUG)
    done = optimlint(tmp_path, ["check", "--baseline", "no/such/known.json", "--write-baseline", "a.py"])
    assert done.returncode == 2
    assert b"error: cannot write no/such/known.json: No such file or directory" in done.stderr
    assert b"Wrote" not in done.stderr


def test_it_holds_from_any_folder_and_for_moved_code(folder: Path) -> None:
    (folder / "a.py").write_text("# Moved.\n\n" + BUG.replace('"weight_decay": 0.0', '"weight_decay":  0.0'))
    inner = optimlint(folder / "pkg", ["check", "..", "--baseline", "../known.json"])
    assert (inner.returncode, inner.stdout) == (0, b"")
    assert b"2 findings hidden by the baseline" in inner.stderr
    assert STALE not in inner.stderr


def test_a_second_finding_in_a_known_file(tmp_path: Path) -> None:
    once = BUG.partition("\n\n\n")[2]
    (tmp_path / "a.py").write_text(f"from torch.optim import AdamW\n\n\nif x:\n    pass\n{once}")
    assert optimlint(tmp_path, [*BASELINE, "--write-baseline"]).returncode == 0
    (tmp_path / "a.py").write_text(f"from torch.optim import AdamW\n\n\n{once}\n\n{once.replace('make', 'other')}")
    done = optimlint(tmp_path, [*BASELINE, "--output-format", "json"])
    assert [one["location"]["row"] for one in json.loads(done.stdout)] == [11]


@pytest.mark.parametrize(
    ("variables", "options", "code"),
    [
        ({}, [], 0),
        ({"CI": "true"}, [], 1),
        ({"CI": "false"}, [], 0),
        ({"CI": "1"}, ["--no-fail-on-stale"], 0),
        ({"CI": ""}, ["--fail-on-stale"], 1),
        ({"CI": "true"}, ["--exit-zero"], 0),
    ],
)
def test_stale_entries(folder: Path, variables: dict[str, str], options: list[str], code: int) -> None:
    (folder / "a.py").write_text(MENDED)
    done = optimlint(folder, [*BASELINE, *options], variables={"CI": "", **variables})
    assert done.returncode == code
    assert STALE + b"a.py: bypassed-param-groups: `groups` is never used" in done.stderr
    assert b"pkg/b.py" not in done.stderr


def test_a_file_that_has_gone_is_stale_where_it_was_looked_for(folder: Path) -> None:
    (folder / "pkg" / "b.py").unlink()
    (folder / "pkg" / "c.py").write_text("")
    stale = STALE + b"pkg/b.py"
    assert stale in optimlint(folder, BASELINE).stderr
    assert stale in optimlint(folder, [*BASELINE, "pkg"]).stderr
    assert stale not in optimlint(folder, [*BASELINE, "a.py"]).stderr
    assert optimlint(folder, [*BASELINE, "--write-baseline"]).returncode == 0
    assert [one["path"] for one in entries(folder)] == ["a.py"]


def test_what_a_run_does_not_look_at_is_not_stale(folder: Path) -> None:
    for options in (["pkg"], ["--select", "OPT002"], ["--ignore", "OPT001"], ["--exclude", "a.py"]):
        done = optimlint(folder, [*BASELINE, "--fail-on-stale", *options])
        assert (done.returncode, done.stdout) == (0, b""), options
        assert STALE not in done.stderr
        assert optimlint(folder, [*BASELINE, "--write-baseline", *options]).returncode == 0
        assert len(entries(folder)) == 2, options


def test_a_syntax_error_is_a_finding_like_any_other(folder: Path) -> None:
    (folder / "a.py").write_text(BUG + "def broken(:\n")
    done = optimlint(folder, BASELINE)
    assert (done.returncode, done.stdout) == (2, b"a.py:7: syntax error: invalid syntax (OPT900 unparseable)\n")
    assert STALE not in done.stderr
    assert b"Wrote 3 findings to known.json" in optimlint(folder, [*BASELINE, "--write-baseline"]).stderr
    assert [one["rule"] for one in entries(folder)] == ["bypassed-param-groups", "unparseable", "bypassed-param-groups"]
    done = optimlint(folder, BASELINE)
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"3 findings hidden by the baseline\nNo findings\nChecked 2 files\n" in done.stderr
    (folder / "a.py").write_text(BUG + "def mended():\n    pass\n")
    assert STALE + b"a.py: unparseable: syntax error: " in optimlint(folder, BASELINE).stderr


def test_a_syntax_error_that_is_not_to_be_told_is_no_entry(folder: Path) -> None:
    (folder / "a.py").write_text(BUG + "def broken(:\n")
    assert optimlint(folder, [*BASELINE, "--write-baseline", "--ignore", "unparseable"]).returncode == 0
    assert [one["rule"] for one in entries(folder)] == ["bypassed-param-groups", "bypassed-param-groups"]


def test_a_broken_cell_costs_the_other_cells_nothing(tmp_path: Path) -> None:
    cells = ["import torch", "for batch in", "groups = [{'params': net.parameters(), 'lr': 0.1}]", "print('"]
    write_cells(tmp_path / "a.ipynb", [*cells, "optimizer = torch.optim.SGD(net.parameters(), lr=0.2)"])
    assert b"Wrote 3 findings to known.json" in optimlint(tmp_path, [*BASELINE, "--write-baseline"]).stderr
    rules = [one["rule"] for one in entries(tmp_path)]
    assert rules == ["bypassed-param-groups", "unparseable", "unparseable"]
    assert optimlint(tmp_path, BASELINE).returncode == 0

    write_cells(tmp_path / "a.ipynb", ["x = (", *cells, "optimizer = torch.optim.SGD(net.parameters(), lr=0.2)"])
    done = optimlint(tmp_path, BASELINE)
    assert done.returncode == 2
    assert done.stdout == b"a.ipynb:cell 1:1: syntax error: '(' was never closed (OPT900 unparseable)\n"
    assert b"3 findings hidden by the baseline\nFound 1 finding\nNot fully checked: 1 file failed" in done.stderr


def write_cells(path: Path, cells: list[str]) -> None:
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}))


def test_a_finding_that_is_suppressed_now_is_stale(folder: Path) -> None:
    assert optimlint(folder, ["check", "a.py", "--add-ignores"]).returncode == 0
    assert STALE + b"a.py" in optimlint(folder, BASELINE).stderr
    assert STALE not in optimlint(folder, [*BASELINE, "--ignore-suppressions"]).stderr


def test_what_is_told_keeps_its_fingerprint_beside_what_is_known(tmp_path: Path) -> None:
    """If some of several equal findings are in the baseline, the others keep their fingerprints."""
    (tmp_path / "a.py").write_text(alike(2))
    assert optimlint(tmp_path, [*BASELINE, "--write-baseline"]).returncode == 0
    (tmp_path / "a.py").write_text(alike(4))

    def prints(*options: str) -> list[list[str]]:
        outputs = ["--output", "sarif:a.sarif", "--output", "gitlab:a.gitlab"]
        assert optimlint(tmp_path, ["check", "a.py", *outputs, *options]).returncode == 1
        results = json.loads((tmp_path / "a.sarif").read_text())["runs"][0]["results"]
        issues = json.loads((tmp_path / "a.gitlab").read_text())
        return [[one["partialFingerprints"]["optimlint/v1"] for one in results], [one["fingerprint"] for one in issues]]

    every, told = prints(), prints("--baseline", "known.json")
    assert [len(set(one)) for one in every] == [4, 4]
    assert told == [one[2:] for one in every]
    shown = optimlint(tmp_path, [*BASELINE, "--output-format", "json"]).stdout
    assert [one["location"]["row"] for one in json.loads(shown)] == [15, 19]


def test_standard_input(folder: Path) -> None:
    done = optimlint(folder, [*BASELINE, "-", "--stdin-filename", "a.py"], stdin=BUG.encode())
    assert (done.returncode, done.stdout) == (0, b"")
    other = optimlint(folder, [*BASELINE, "-", "--stdin-filename", "c.py"], stdin=BUG.encode())
    assert other.returncode == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not a baseline: "),
        ("[]", "not a baseline: it has no list of findings"),
        ('{"version": 2, "findings": []}', "a baseline of version 2, but this optimlint reads version 1"),
        ('{"version": 1, "findings": [{"path": "a.py"}]}', "finding 1 must have a text for each of `path`, `rule`"),
    ],
)
def test_a_file_that_is_no_baseline(folder: Path, content: str, said: str) -> None:
    (folder / "known.json").write_text(content)
    for options in ([], ["--write-baseline"]):
        done = optimlint(folder, [*BASELINE, *options])
        assert (done.returncode, done.stdout) == (2, b"")
        assert f"known.json: {said}" in done.stderr.decode()
    assert (folder / "known.json").read_text() == content


def test_hostile_names(tmp_path: Path) -> None:
    names = ["a\n::error::b.py", "[red]\x1b[31m.py", "größe.py"]
    for name in names:
        (tmp_path / name).write_text(BUG)
    assert optimlint(tmp_path, [*BASELINE, "--write-baseline"]).returncode == 0
    assert sorted(one["path"] for one in entries(tmp_path)) == sorted(names)
    assert optimlint(tmp_path, BASELINE).returncode == 0
    for name in names:
        (tmp_path / name).write_text(MENDED)
    said = optimlint(tmp_path, BASELINE).stderr.decode()
    assert said.count("stale entry of the baseline: ") == 3
    assert "\x1b" not in said and "\n::" not in said
