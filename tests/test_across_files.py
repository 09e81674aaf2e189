"""A group builder in one file and its call in another: what is reported, where, and whether it is stable."""

import ast
import json
import subprocess
from pathlib import Path

import pytest
from cli_support import optimlint

from optimlint.diagnostic import Position, Range

ROOT = Path(__file__).parent.parent

BUILDERS = '''\
"""Builds groups."""


def two_groups(model, decay):
    biases = [p for n, p in model.named_parameters() if "bias" in n]
    others = [p for n, p in model.named_parameters() if "bias" not in n]
    return [{"params": others, "weight_decay": decay}, {"params": biases}]
'''
TRAIN = '''\
"""Uses them."""

import torch
from builders import two_groups


def main(model):
    return torch.optim.AdamW(two_groups(model, 0.1), lr=1e-3)
'''
MENDED = BUILDERS.replace('{"params": biases}', '{"params": biases, "weight_decay": 0.0}')
FORGETS = TRAIN.replace(
    "    return torch.optim.AdamW(two_groups(model, 0.1), lr=1e-3)",
    "    groups = two_groups(model, 0.1)\n    return torch.optim.AdamW(model.parameters(), lr=1e-3)",
)
IN_BUILDERS = ["builders.py:7 inherited-decay"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    write(tmp_path, {"builders.py": BUILDERS, "train.py": TRAIN})
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def found(folder: Path, *arguments: str) -> list[str]:
    """The findings, as `file:line rule`."""
    told = optimlint(folder, ["check", "--isolated", "--output-format", "json", *arguments])
    assert told.returncode in (0, 1), told.stderr.decode()
    return [
        f"{Path(one['filename']).relative_to(folder).as_posix()}:{one['location']['row']} {one['name']}"
        for one in json.loads(told.stdout)
    ]


@pytest.mark.parametrize("named", [["."], ["train.py"], ["builders.py"], ["builders.py", "train.py"]])
def test_told_once_whichever_file_is_named(folder: Path, named: list[str]) -> None:
    assert found(folder, *named) == IN_BUILDERS


@pytest.mark.parametrize("named", [["."], ["train.py"], ["builders.py"]])
def test_the_call_is_wrong(folder: Path, named: list[str]) -> None:
    write(folder, {"builders.py": MENDED, "train.py": FORGETS})
    assert found(folder, *named) == ["train.py:9 bypassed-param-groups"]


def test_a_file_that_takes_nothing_from_others_is_not_read(folder: Path) -> None:
    write(folder, {"alone.py": "import torch\n\n\ndef make(model):\n    return torch.optim.SGD(model.parameters())\n"})
    told = optimlint(folder, ["check", "--isolated", "--verbose", "alone.py"])
    assert b"Parsed" not in told.stderr + told.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("builders.py", 'return [{"params": others, "weight_decay": decay}, {"params": biases}]'),
        ("train.py", "return torch.optim.AdamW(two_groups(model, 0.1), lr=1e-3)"),
    ],
)
def test_a_suppression_at_either_place_holds(folder: Path, file: str, line: str) -> None:
    text = (folder / file).read_text()
    write(folder, {file: text.replace(line, f"{line}  # optimlint: ignore[inherited-decay] meant")})
    assert found(folder, ".") == []
    assert found(folder, "builders.py") == []


def test_a_fix_edits_one_file(folder: Path) -> None:
    optimlint(folder, ["check", "--isolated", "--fix", "."])
    assert (folder / "builders.py").read_text() == MENDED
    assert (folder / "train.py").read_text() == TRAIN
    assert found(folder, ".") == []


def test_a_file_that_is_not_named_is_not_fixed(folder: Path) -> None:
    optimlint(folder, ["check", "--isolated", "--fix", "train.py"])
    assert (folder / "builders.py").read_text() == BUILDERS
    assert found(folder, "train.py") == IN_BUILDERS


def test_a_baseline_holds_when_the_other_file_changes(folder: Path) -> None:
    known = ["--baseline", "known.json"]
    optimlint(folder, ["check", "--isolated", *known, "--write-baseline", "."])
    assert found(folder, *known, ".") == []
    write(folder, {"train.py": TRAIN.replace("import torch", "import os\nimport torch\n\nprint(os.name)")})
    assert found(folder, *known, ".") == []
    write(folder, {"builders.py": '"""More."""\n\nimport os\n\n' + BUILDERS})
    assert found(folder, *known, ".") == []


def test_fingerprints_hold_when_the_other_file_changes(folder: Path) -> None:
    before = _fingerprints(folder)
    write(folder, {"train.py": TRAIN.replace("import torch", "import os\nimport torch\n\nprint(os.name)")})
    assert before == _fingerprints(folder)


def _fingerprints(folder: Path) -> list[object]:
    told = optimlint(folder, ["check", "--isolated", "--output-format", "sarif", "."])
    (run,) = json.loads(told.stdout)["runs"]
    prints = [one["partialFingerprints"] for one in run["results"]]
    assert prints
    return prints


def test_each_order_and_number_of_workers_says_the_same(folder: Path) -> None:
    write(folder, {f"train_{number}.py": TRAIN for number in range(4)})
    names = sorted(path.name for path in folder.glob("*.py"))
    assert found(folder, *names) == found(folder, *reversed(names)) == found(folder, "--jobs", "2", ".") == IN_BUILDERS
    assert found(folder, "--jobs", "1", ".") == IN_BUILDERS


LATER = '''\
"""A script that takes the groups where it does not build them."""

import torch
from builders import two_groups
from net import Net

net = Net()
groups = two_groups(net, 0.1)


def main():
    return torch.optim.AdamW(groups, lr=1e-3)


main()
'''
NET = '''\
"""A model."""

from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, batch):
        return self.layer(batch)
'''


def test_what_a_function_takes_of_its_script_is_used(folder: Path) -> None:
    write(folder, {"builders.py": MENDED, "train.py": LATER, "net.py": NET})
    assert found(folder, ".") == found(folder, "builders.py") == []


def test_what_a_third_file_takes_is_used(folder: Path) -> None:
    start, _, _ = LATER.partition("\n\ndef main")
    taker = "import torch\nfrom train import groups\n\noptimizer = torch.optim.AdamW(groups)\n"
    write(folder, {"builders.py": MENDED, "train.py": f"{start}\n", "net.py": NET, "third.py": taker})
    assert found(folder, ".") == []
    (folder / "third.py").unlink()
    assert found(folder, ".") == ["train.py:8 unused-param-groups"]


PARTS = '''\
"""Takes parts of a model that callers give it."""

import torch


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.AdamW(
            [
                {"params": self.model.body.parameters(), "lr": 1e-5},
                {"params": self.model.head.parameters(), "lr": 1e-3},
            ]
        )
'''
BODY_AND_HEAD = '''\
"""A model with a neck."""

from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.neck = nn.Linear(2, 2)
        self.head = nn.Linear(2, 2)

    def forward(self, batch):
        return self.head(self.neck(self.body(batch)))
'''
CALLER = "from net import Net\nfrom trainer import Trainer\n\n\ndef main():\n    return Trainer(Net())\n"


def test_all_callers_count(folder: Path) -> None:
    """A finding about a model that callers pass is only reported if it is true of the models of all callers."""
    write(folder, {"trainer.py": PARTS, "net.py": BODY_AND_HEAD, "train.py": CALLER, "builders.py": MENDED})
    assert found(folder, ".") == ["trainer.py:10 uncovered-parameters"]
    write(folder, {"other.py": "from trainer import Trainer\n\n\ndef main(model):\n    return Trainer(model)\n"})
    assert found(folder, ".") == []


def test_more_callers_than_are_read_leave_the_class_unknown(folder: Path) -> None:
    write(folder, {"trainer.py": PARTS, "net.py": BODY_AND_HEAD, "builders.py": MENDED, "train.py": CALLER})
    write(folder, {f"run_{number:02}.py": CALLER for number in range(11)})
    assert found(folder, ".") == ["trainer.py:10 uncovered-parameters"]
    write(folder, {f"run_{number:02}.py": CALLER for number in range(40)})
    assert found(folder, ".") == []


def test_a_chain_of_re_exports_that_is_too_long_is_not_followed(folder: Path) -> None:
    write(folder, {"builders.py": MENDED.replace("two_groups", "far_away"), "step_00.py": BUILDERS})
    write(folder, {f"step_{n + 1:02}.py": f"from step_{n:02} import two_groups\n" for n in range(30)})
    write(folder, {"train.py": TRAIN.replace("builders", "step_05")})
    assert found(folder, ".") == ["step_00.py:7 inherited-decay"]
    write(folder, {"train.py": TRAIN.replace("builders", "step_30")})
    assert found(folder, ".") == []


def test_files_that_import_one_another(folder: Path) -> None:
    write(folder, {"builders.py": BUILDERS.replace("\n\ndef", "\nfrom train import main\n\n\ndef")})
    assert found(folder, ".") == ["builders.py:9 inherited-decay"]


def test_lists_that_hold_themselves(folder: Path) -> None:
    looped = "\n\nclass Layers:\n    def all(self, states):\n        for state in self.layers:\n"
    looped += "            states = states + (states, state)\n        return states\n"
    write(folder, {"builders.py": BUILDERS + looped})
    assert found(folder, ".") == IN_BUILDERS


def test_an_edit_stays_in_the_file_of_the_range_that_it_is_made_from() -> None:
    """Otherwise a fix for code of another file would be written into the checked file."""
    for path in (ROOT / "src" / "optimlint").rglob("*.py"):
        if {"facts", "rules"} & {*path.parts}:
            made = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
            assert not [node.lineno for node in made if ast.unparse(node.func) == "Range"], path
    place = Range(Position(3, 5), Position(3, 9), None, "other.py")
    assert place.part(place.end, place.end) == Range(Position(3, 9), Position(3, 9), None, "other.py")


def notebook_of(*cells: str) -> str:
    """A notebook of code cells."""
    listed = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize("named", [["."], ["look.ipynb"], ["look.ipynb", "builders.py"]])
def test_a_notebook_is_read_with_what_it_imports(folder: Path, named: list[str]) -> None:
    (folder / "train.py").unlink()
    cells = (
        "from builders import two_groups\n",
        "import torch\ngroups = two_groups(model, 0.1)\noptimizer = torch.optim.AdamW(model.parameters())\n",
    )
    write(folder, {"builders.py": MENDED, "look.ipynb": notebook_of(*cells)})
    assert found(folder, *named) == ["look.ipynb:3 bypassed-param-groups"]


def test_a_mistake_in_a_module_that_only_a_notebook_uses(folder: Path) -> None:
    (folder / "train.py").unlink()
    cell = "import torch\nfrom builders import two_groups\noptimizer = torch.optim.AdamW(two_groups(model, 0.1))\n"
    write(folder, {"look.ipynb": notebook_of("%matplotlib inline\n", cell)})
    assert found(folder, ".") == IN_BUILDERS


def test_since_a_commit_the_builder_alone_has_changed(folder: Path) -> None:
    """The finding is in the builder, although only the caller makes it one."""
    write(folder, {"builders.py": MENDED})
    _commit(folder, "first")
    write(folder, {"builders.py": BUILDERS})
    assert found(folder, "--since", "HEAD", ".") == IN_BUILDERS
    _commit(folder, "second")
    assert found(folder, "--since", "HEAD", ".") == []


def _commit(folder: Path, message: str) -> None:
    if not (folder / ".git" / "HEAD").exists():
        (folder / ".git").rmdir()
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    author = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    subprocess.run(["git", *author, "commit", "-qm", message], cwd=folder, check=True)


def test_what_is_left_unread_is_counted(folder: Path) -> None:
    callers = {f"run{number}.py": TRAIN.replace("main", f"main{number}") for number in range(15)}
    write(folder, callers)
    told = optimlint(folder, ["check", "--isolated", "--verbose", "builders.py"])
    assert "Parsed builders.py; left unread as too much: 4 files with callers\n" in told.stderr.decode()
    (folder / "run0.py").unlink()
    (folder / "run1.py").unlink()
    assert "too much: 2 files" in optimlint(folder, ["check", "--isolated", "--verbose", "."]).stderr.decode()
