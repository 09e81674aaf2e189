"""`--since`: the findings that a branch adds, tested with real git repositories."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cli_support import BUG, MENDED, alike, optimlint

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")

CLEAN = "import torch\n"
PERSON = {
    **{f"GIT_{role}_{what}": "nobody@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def test_only_what_is_new(tmp_path: Path) -> None:
    repository = commit(tmp_path, {"old.py": BUG, "pkg/same.py": BUG, "mended.py": BUG})
    write(repository, {"old.py": "\n# Moved down.\n" + BUG, "new.py": BUG, "mended.py": MENDED})
    assert found(repository, "--since", "HEAD") == ["new.py"]
    assert found(repository / "pkg", "--since", "HEAD") == []
    assert found(repository, "--since", "HEAD", "pkg", "old.py") == []
    done = optimlint(repository, ["check", "--since", "HEAD"])
    assert done.returncode == 1
    assert b"2 findings hidden, which HEAD has already" in done.stderr
    assert status(repository) == [" M mended.py", " M old.py", "?? new.py"]


def test_a_second_finding_in_an_old_file(tmp_path: Path) -> None:
    repository = commit(tmp_path, {"train.py": BUG})
    write(repository, {"train.py": BUG + BUG.partition("\n\n\n")[2].replace("make", "make_more")})
    done = optimlint(repository, ["check", "--since", "HEAD", "--output-format", "json"])
    assert [one["location"]["row"] for one in json.loads(done.stdout)] == [9]


def test_equal_findings_with_a_baseline_beside_it(tmp_path: Path) -> None:
    """The first finding is in the baseline, the second in the revision. Neither is taken for the other, and the third
    is new."""
    repository = commit(tmp_path, {"train.py": alike(2)})
    optimlint(repository, ["check", "--baseline", "known.json", "--write-baseline"])
    document = json.loads((repository / "known.json").read_text())
    assert len(document["findings"]) == 2
    (repository / "known.json").write_text(json.dumps(document | {"findings": document["findings"][:1]}))

    write(repository, {"train.py": alike(3)})
    options = ["--since", "HEAD", "--baseline", "known.json", "--output-format", "json"]
    done = optimlint(repository, ["check", *options])
    assert [one["location"]["row"] for one in json.loads(done.stdout)] == [15]


def test_a_cause_in_another_place(tmp_path: Path) -> None:
    """The line of the finding is old, but its cause is new."""
    repository = commit(tmp_path, {"train.py": MENDED.replace("    return", "    show(groups)\n    return")})
    write(repository, {"train.py": BUG})
    assert found(repository, "--since", "HEAD") == ["train.py"]


def test_a_cause_in_another_file(tmp_path: Path) -> None:
    """The file of the finding is unchanged, but another file that used its groups was deleted."""
    builder = (
        "from torch.optim import AdamW\n\n\n"
        "def build_groups(model):\n"
        '    decay = [p for n, p in model.named_parameters() if "bias" not in n]\n'
        '    rest = [p for n, p in model.named_parameters() if "bias" in n]\n'
        '    return [{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}]\n\n\n'
        "def train(model):\n"
        "    return AdamW(model.parameters(), lr=1e-3)\n"
    )
    user = "from groups import build_groups\n\nprint(build_groups(model))\n"
    repository = commit(tmp_path, {"groups.py": builder, "use.py": user})
    assert found(repository) == []
    (repository / "use.py").unlink()
    assert found(repository) == ["groups.py"]
    assert found(repository, "--since", "HEAD") == ["groups.py"]
    assert optimlint(repository, ["check"]).returncode == 1


def test_a_renamed_file_is_the_same(tmp_path: Path) -> None:
    repository = commit(tmp_path, {"old name.py": BUG})
    (repository / "pkg").mkdir()
    git(repository, "mv", "old name.py", "pkg/größer.py")
    with (repository / "pkg" / "größer.py").open("a") as stream:
        stream.write("\n\ndef more():\n    pass\n")
    assert found(repository, "--since", "HEAD") == []


def test_where_a_branch_left(tmp_path: Path) -> None:
    repository = commit(tmp_path, {"train.py": BUG})
    git(repository, "branch", "trunk")
    git(repository, "checkout", "--quiet", "-b", "work")
    commit(repository, {"new.py": BUG})
    git(repository, "checkout", "--quiet", "trunk")
    commit(repository, {"train.py": CLEAN})
    git(repository, "checkout", "--quiet", "work")
    assert found(repository, "--since", "trunk") == ["new.py", "train.py"]
    assert found(repository, "--since", "trunk...") == ["new.py"]


def test_options_and_suppressions_count_at_the_revision_too(tmp_path: Path) -> None:
    comment = "  # optimlint: ignore[bypassed-param-groups] on purpose\n"
    suppressed = BUG.rstrip() + comment
    repository = commit(tmp_path, {"train.py": suppressed, "other.py": BUG})
    write(repository, {"train.py": BUG, "new.py": BUG})
    assert found(repository, "--since", "HEAD") == ["new.py", "train.py"]
    assert found(repository, "--since", "HEAD", "--ignore-suppressions") == ["new.py"]
    assert found(repository, "--since", "HEAD", "--ignore", "OPT001") == []


def test_fixes_leave_alone_what_is_old(tmp_path: Path) -> None:
    repository = commit(tmp_path, {"old.py": BUG})
    write(repository, {"new.py": BUG})
    done = optimlint(repository, ["check", "--since", "HEAD", "--fix"])
    assert done.returncode == 0, done.stderr
    assert (repository / "old.py").read_text() == BUG
    assert (repository / "new.py").read_text() == MENDED


def test_notebooks(tmp_path: Path) -> None:
    repository = commit(tmp_path, {"train.ipynb": notebook(BUG)})
    write(repository, {"train.ipynb": notebook("print(3)", BUG), "new.ipynb": notebook(BUG)})
    assert found(repository, "--since", "HEAD") == ["new.ipynb"]


def test_what_the_revision_cannot_tell_counts_as_new_and_is_said(tmp_path: Path) -> None:
    repository = commit(tmp_path, {"train.py": "def broken(:\n" + BUG})
    write(repository, {"train.py": BUG})
    done = optimlint(repository, ["check", "--since", "HEAD"])
    assert done.returncode == 1
    assert b"train.py:6:12: OPT001" in done.stdout
    assert b"train.py at HEAD: line 1: syntax error: " in done.stderr
    assert b"what could not be read of it counts as new" in done.stderr


def test_what_was_broken_before_is_not_new(tmp_path: Path) -> None:
    cells = json.loads(notebook(BUG))
    cells["cells"].insert(0, {"cell_type": "code", "source": "for batch in"})
    repository = commit(tmp_path, {"train.py": BUG + "def broken(:\n", "a.ipynb": json.dumps(cells)})
    done = optimlint(repository, ["check", "--since", "HEAD"])
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"4 findings hidden, which HEAD has already\nNo findings\nChecked 2 files\n"
    write(repository, {"train.py": BUG + "\n\nclass Broken(:\n"})
    done = optimlint(repository, ["check", "--since", "HEAD"])
    assert (done.returncode, done.stdout) == (2, b"train.py:9: syntax error: invalid syntax (OPT900 unparseable)\n")


def test_paths_that_git_would_refuse_lead_nowhere(tmp_path: Path) -> None:
    """A hand-made tree may contain `../evil.py`. Nothing is written outside, and nothing of the tree is left inside."""
    repository = commit(tmp_path / "repository", {"train.py": BUG})
    blob = git(repository, "hash-object", "-w", "train.py").strip()
    inner = git(repository, "mktree", given=f"100644 blob {blob}\tevil.py\n").strip()
    tree = git(repository, "mktree", given=f"040000 tree {inner}\t..\n100644 blob {blob}\ttrain.py\n").strip()
    revision = git(repository, "commit-tree", tree, "-m", "Made by hand").strip()
    assert "../evil.py" in git(repository, "ls-tree", "-r", revision)
    (tmp_path / "temporary").mkdir()
    variables = {name: str(tmp_path / "temporary") for name in ("TMPDIR", "TEMP", "TMP")}
    done = optimlint(repository, ["check", "--since", revision], variables=variables)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert list((tmp_path / "temporary").iterdir()) == []


def test_errors(tmp_path: Path) -> None:
    outside = optimlint(tmp_path, ["check", "--since", "HEAD"], variables={"GIT_CEILING_DIRECTORIES": str(tmp_path)})
    assert outside.returncode == 2
    assert outside.stderr.startswith(b"error: --since needs a git repository: not a git repository")
    repository = commit(tmp_path / "repository", {"train.py": BUG})
    for name in ("nowhere", "--output=x", "HEAD~5", "HEAD:train.py"):
        wrong = optimlint(repository, ["check", f"--since={name}"])
        assert (wrong.returncode, wrong.stdout) == (2, b"")
        assert wrong.stderr == f"error: --since {name}: no such revision\n".encode()
    write(tmp_path, {"other.py": BUG})
    elsewhere = optimlint(repository, ["check", "--since", "HEAD", "../other.py"])
    assert elsewhere.returncode == 2
    assert b"other.py is not in the repository at " in elsewhere.stderr
    without = optimlint(repository, ["check", "--since", "HEAD"], variables={"PATH": str(tmp_path)})
    assert without.returncode == 2
    assert b"git cannot be run" in without.stderr


def commit(folder: Path, files: dict[str, str]) -> Path:
    """Create a repository in the folder with a commit of these files."""
    folder.mkdir(exist_ok=True)
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    write(folder, files)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "A state")
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def git(folder: Path, *arguments: str, given: str = "") -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment | PERSON,
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def status(folder: Path) -> list[str]:
    return git(folder, "status", "--short").splitlines()


def found(folder: Path, *options: str) -> list[str]:
    """The names of the files with findings, once for each finding."""
    done = optimlint(folder, ["check", *options, "--output-format", "json"])
    assert done.returncode in (0, 1), done.stderr
    return [Path(one["filename"]).name for one in json.loads(done.stdout)]


def notebook(*sources: str) -> str:
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": text.splitlines(True)}
        for text in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
