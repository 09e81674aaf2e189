"""scripts/everything.py detects internal errors, findings, and syntax errors at wrong lines."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

import everything
from everything import AsUsers, Looked, Tree, by_themselves, fault, look, what_is_wrong

BYPASSED = """\
from torch.optim import AdamW
groups = [{"params": model.head.parameters(), "weight_decay": 0.0}]
optimizer = AdamW(model.parameters())
"""


@pytest.fixture
def tree(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.setattr(everything, "WORK", tmp_path_factory.mktemp("work"))
    (tmp_path / "fine.py").write_text("x = 1\n")
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "bad.py").write_text("import os\nprint 'x'\n")
    (tmp_path / "test" / "latin.py").write_bytes(b"# coding: latin-1\n# \xe4\n")
    (tmp_path / "test" / "not_utf8.py").write_bytes(b"x = 1\ny = '\xff'\n")
    (tmp_path / "test" / "deep.py").write_text("x = " + "(" * 150 + ")" * 150 + "\n")
    (tmp_path / "test" / "newer.py").write_text("type X = int\n")
    return Tree("a tree", tmp_path)


def test_what_no_python_can_parse_is_no_fault(tree: Tree) -> None:
    used, looked = everything.as_users_do(tree), by_themselves(tree, 1)
    assert [fault(one) for one in looked] == [""] * 6
    assert list(what_is_wrong(used)) == []
    assert (used.files, used.parsed) == (6, 0)
    assert used.parent_peak > 1000
    lines = {Path(one.path).name: (one.line, one.is_too_deep) for one in looked}
    assert lines["bad.py"] == (2, False) and lines["deep.py"] == (1, True) and lines["fine.py"] == (None, False)
    assert len(by_themselves(tree, 2)) == 3


def test_a_finding_is_a_fault(tree: Tree) -> None:
    (tree.folder / "train.py").write_text(BYPASSED)
    wrong = [one for one in by_themselves(tree, 1) if fault(one)]
    assert [Path(one.path).name for one in wrong] == ["train.py"]
    assert fault(wrong[0]).startswith("found 3: bypassed-param-groups")
    (said,) = what_is_wrong(everything.as_users_do(tree))
    assert "train.py:3: bypassed-param-groups" in said


def test_what_is_said_of_a_file_is_weighed(tree: Tree) -> None:
    assert fault(Looked("a.py", 1, line=3)) == "is Python, but unparseable at line 3"
    assert (
        fault(Looked("a.py", 1, line=3, line_of_python=2)) == "is called unparseable at line 3; Python stops at line 2"
    )
    assert fault(Looked("a.py", 1, line=3, line_of_python=3)) == ""
    assert fault(Looked("a.py", 1, line_of_python=3)) == ""
    assert fault(Looked("a.py", 1, line=3, is_too_deep=True)) == ""
    assert fault(Looked("a.py", 1, line=3, is_known=True)) == ""
    assert fault(Looked("a.py", 1, broken="died: SIGSEGV")) == "died: SIGSEGV"


def test_what_breaks_is_told(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimlint.check.suppress", lambda *_: 1 / 0)
    (one,) = [one for one in by_themselves(Tree("one", tree.folder / "test"), 1) if one.path.endswith("newer.py")]
    assert fault(one) == "raised: ZeroDivisionError: division by zero"


def test_the_page_is_written_between_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{everything.BEGIN}\nold\n{everything.END}\nafter\n")
    monkeypatch.setattr(everything, "PAGE", page)
    everything.write("new")
    assert page.read_text() == f"before\n{everything.BEGIN}\n\nnew\n{everything.END}\nafter\n"


def test_figures_can_be_read(tree: Tree) -> None:
    used = AsUsers(0, 6, 0, (), 1.5, 24_000, 54_000, "")
    looked = [look(str(tree.folder / "test" / "bad.py"))]
    table = everything.rows(tree, used, looked)
    assert all(line.count("|") == 9 for line in table)
    assert "1 of these files are no Python" in everything.sentences(tree, looked)[0]
