"""`optimlint groups`: the effective groups of every optimizer, as text and as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any  # JSON has any type.

import pytest
from cli_support import optimlint

SEED = """\
import torch


class Trainer:
    def __init__(self, model, config):
        self.model = model
        param_optimizer = list(self.model.named_parameters())
        no_decay = ["bias", "LayerNorm.weight"]
        optimizer_grouped_parameters = [
            {"params": [p for n, p in param_optimizer if not any(nd in n for nd in no_decay)], "weight_decay": 0.002},
            {"params": [p for n, p in param_optimizer if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=config.lr)
"""
FIXED = SEED.replace("AdamW(self.model.parameters()", "AdamW(optimizer_grouped_parameters")

SEED_TEXT = """\
train.py:13:26: torch.optim.AdamW, kept in `self.optimizer`
  group  parameters           weight decay    lr
  0      all of `self.model`  0.01 (default)  config.lr (call)
  in no group: no parameter of `self.model`
  built and not used: `optimizer_grouped_parameters`, line 9
  group  parameters                              weight decay   lr
  0      `self.model`, names with none of        0.002 (group)  config.lr (call)
         `bias`, `LayerNorm.weight`
  1      `self.model`, names with `bias` or      0.0 (group)    config.lr (call)
         `LayerNorm.weight`
"""

FIXED_TEXT = """\
train.py:13:26: torch.optim.AdamW, kept in `self.optimizer`
  group  parameters                              weight decay   lr
  0      `self.model`, names with none of        0.002 (group)  config.lr (call)
         `bias`, `LayerNorm.weight`
  1      `self.model`, names with `bias` or      0.0 (group)    config.lr (call)
         `LayerNorm.weight`
  in no group: no parameter of `self.model`
"""


@pytest.mark.parametrize(("source", "text"), [(SEED, SEED_TEXT), (FIXED, FIXED_TEXT)], ids=["seed", "fixed"])
def test_the_text_shows_every_group(source: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(source)
    outcome = optimlint(tmp_path, ["groups", "train.py"])
    assert outcome.stdout.decode() == text
    assert outcome.stderr.decode() == "Found 1 optimizer in 1 file\n"
    assert outcome.returncode == 0


def test_the_json_holds_every_value(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SEED)
    (optimizer,) = said_of(tmp_path, "train.py")
    assert optimizer["filename"] == str(tmp_path / "train.py")
    assert optimizer["cell"] is None
    assert optimizer["location"] == {"row": 13, "column": 26}
    assert optimizer["end_location"] == {"row": 13, "column": 82}
    assert (optimizer["optimizer"], optimizer["callee"]) == ("torch.optim.AdamW", "torch.optim.AdamW")
    assert optimizer["place"] == "self.optimizer"
    assert optimizer["certain"] is True
    assert (optimizer["in_no_group"], optimizer["in_no_group_certain"]) == ([], True)
    ((group,),) = optimizer["choices"]
    assert group == {
        "cell": None,
        "location": {"row": 13, "column": 44},
        "end_location": {"row": 13, "column": 67},
        "parameters": "all of `self.model`",
        "readable": True,
        "added": False,
        "weight_decay": {"value": 0.01, "text": "0.01", "origin": "default"},
        "lr": {"value": None, "text": "config.lr", "origin": "call"},
    }
    (unused,) = optimizer["unused"]
    assert unused["place"] == "optimizer_grouped_parameters"
    assert unused["location"]["row"] == 9
    assert [one["weight_decay"]["value"] for one in unused["groups"]] == [0.002, 0.0]
    assert {one["weight_decay"]["origin"] for one in unused["groups"]} == {"group"}


def test_a_source_without_groups_is_shown_too(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "from torch.optim import SGD\n\n\ndef make(model):\n    return SGD(model.parameters(), lr=0.1, momentum=0.9)\n"
    )
    (optimizer,) = said_of(tmp_path)
    ((group,),) = optimizer["choices"]
    assert group["parameters"] == "all of `model`"
    assert group["weight_decay"] == {"value": 0.0, "text": "0.0", "origin": "default"}
    assert group["lr"] == {"value": 0.1, "text": "0.1", "origin": "call"}


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "from torch.optim import AdamW\n\n\n"
        "def make(model, **settings):\n"
        '    return AdamW([{"params": pick(model)}, {"params": model.head.parameters(), **settings}], **settings)\n'
    )
    (optimizer,) = said_of(tmp_path)
    first, second = optimizer["choices"][0]
    assert (first["parameters"], first["readable"]) == ("unknown", False)
    assert second["parameters"] == "all of `model.head`"
    for group in (first, second):
        assert group["weight_decay"] == {"value": None, "text": "unknown", "origin": "unknown"}
    assert optimizer["in_no_group_certain"] is False
    text = optimlint(tmp_path, ["groups"]).stdout.decode()
    assert "in no group: unknown" in text


def test_parameters_in_no_group_are_named(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "from torch import nn\nfrom torch.optim import AdamW\n\n\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.body = nn.Linear(4, 4)\n"
        "        self.neck = nn.Linear(4, 4)\n"
        "        self.head = nn.Linear(4, 2)\n\n"
        "    def optimizer(self):\n"
        '        return AdamW([{"params": self.body.parameters()}, {"params": self.head.parameters(), "lr": 0.1}])\n'
    )
    (optimizer,) = said_of(tmp_path)
    assert optimizer["in_no_group"] == ["all of `self.neck`"]
    assert "in no group: all of `self.neck`" in optimlint(tmp_path, ["groups"]).stdout.decode()


def test_each_way_of_a_branch_is_shown(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "from torch.optim import AdamW\n\n\n"
        "def make(model, is_slow):\n"
        "    if is_slow:\n"
        '        groups = [{"params": model.body.parameters(), "lr": 0.001}, {"params": model.head.parameters()}]\n'
        "    else:\n"
        '        groups = [{"params": model.head.parameters(), "lr": 0.002}, {"params": model.body.parameters()}]\n'
        "    return AdamW(groups)\n"
    )
    (optimizer,) = said_of(tmp_path)
    assert [[group["lr"]["value"] for group in groups] for groups in optimizer["choices"]] == [
        [0.001, 0.001],
        [0.002, 0.001],
    ]
    text = optimlint(tmp_path, ["groups"]).stdout.decode()
    assert "on one path (1 of 2)" in text
    assert "on one path (2 of 2)" in text


def test_a_notebook_is_told_by_cells(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Training"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "from torch.optim import SGD\n"], "outputs": []},
        {"cell_type": "code", "source": "!nvidia-smi\noptimizer = SGD(model.parameters(), 0.1)", "outputs": []},
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "train.ipynb").write_text(json.dumps(notebook))
    (optimizer,) = said_of(tmp_path)
    assert optimizer["cell"] == 3
    assert optimizer["location"] == {"row": 2, "column": 13}
    ((group,),) = optimizer["choices"]
    assert group["cell"] == 3
    assert optimlint(tmp_path, ["groups"]).stdout.startswith(b"train.ipynb:cell 3:2:13: torch.optim.SGD")


def test_groups_that_another_file_reads_are_not_called_unused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "example"\n')
    (tmp_path / "model.py").write_text(
        "from torch.optim import AdamW\n\nmodel = make()\n"
        'head_groups = [{"params": model.parameters(), "weight_decay": 0.0}]\n'
        "optimizer = AdamW(model.parameters())\n"
    )
    assert len(said_of(tmp_path)[0]["unused"]) == 1
    (tmp_path / "train.py").write_text("from model import head_groups\n")
    assert said_of(tmp_path)[0]["unused"] == []


def test_what_cannot_be_read_is_named_and_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("from torch.optim import AdamW\noptimizer = AdamW(model.parameters(\n")
    (tmp_path / "train.py").write_text(SEED)
    outcome = optimlint(tmp_path, ["groups", "--verbose", ".", "missing.py"])
    assert outcome.returncode == 2
    assert outcome.stdout.decode() == SEED_TEXT
    assert "error: missing.py: no such file" in outcome.stderr.decode()
    assert "broken.py:2: syntax error: " in outcome.stderr.decode()


def test_nothing_to_look_at_is_said(tmp_path: Path) -> None:
    outcome = optimlint(tmp_path, ["groups", "--output-format", "json"])
    assert outcome.returncode == 2
    assert json.loads(outcome.stdout) == []
    assert "no Python file" in outcome.stderr.decode()
    (tmp_path / "empty.py").write_text("")
    outcome = optimlint(tmp_path, ["groups"])
    assert (outcome.returncode, outcome.stdout) == (0, b"")
    assert outcome.stderr == b"Found 0 optimizers in 1 file\n"


def test_a_file_that_is_excluded_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SEED)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "train.py").write_text(SEED)
    (tmp_path / "optimlint.toml").write_text('extend-exclude = ["old"]\n')
    assert [one["filename"] for one in said_of(tmp_path)] == [str(tmp_path / "train.py")]


def test_nothing_of_a_source_reaches_the_terminal_unescaped(tmp_path: Path) -> None:
    name = "a\x1b[31m[bold]b.py"
    (tmp_path / name).write_text(
        "from torch.optim import AdamW\n\n\n"
        "def make(model):\n"
        "    return AdamW([{'params': [p for n, p in model.named_parameters() if '\x1b[2J[red]' in n]}], r['\x07'])\n"
    )
    shown = optimlint(tmp_path, ["groups"]).stdout.decode()
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "[bold]" in shown
    assert "[red]" in shown


def test_a_pipe_gets_eighty_columns(tmp_path: Path) -> None:
    long = "a_very_long_name_of_a_model_that_nobody_would_type"
    (tmp_path / "train.py").write_text(
        SEED.replace("config.lr", f"config.{long}.learning_rate").replace("self.model", f"self.{long}")
    )
    table = optimlint(tmp_path, ["groups"]).stdout.decode().splitlines()[1:]
    assert max(map(len, table)) <= 80
    assert any("learning_rate (call)" in line for line in table)


def said_of(folder: Path, *paths: str) -> list[dict[str, Any]]:
    """The objects of the JSON output about the paths, or about the whole folder."""
    outcome = optimlint(folder, ["groups", "--output-format", "json", *paths])
    assert outcome.returncode == 0, outcome.stderr.decode()
    said: list[dict[str, Any]] = json.loads(outcome.stdout)
    return said


EDITED = """\
from torch.optim import AdamW


def make(model, is_small):
    groups = [{"params": model.body.parameters(), "lr": 0.1}, {"params": model.head.parameters(), "lr": 0.2}]
    groups.insert(0, {"params": model.stem.parameters(), "lr": 0.3})
    groups = groups[::-1]
    groups[0]["lr"] *= 2
    EDIT
    return AdamW(groups)
"""


def test_a_list_that_is_edited_is_shown_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(EDITED.replace("EDIT", "del groups[1]"))
    (optimizer,) = said_of(tmp_path)
    assert optimizer["certain"] is True
    ((first, second),) = optimizer["choices"]
    assert (first["parameters"], first["lr"]["value"]) == ("all of `model.head`", 0.4)
    assert (second["parameters"], second["lr"]["value"]) == ("all of `model.stem`", 0.3)


@pytest.mark.parametrize("edit", ["if is_small: groups.pop()", "tune(groups)", "groups.sort(key=rank)"])
def test_what_an_edit_leaves_may_not_be_certain(edit: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(EDITED.replace("EDIT", edit))
    (optimizer,) = said_of(tmp_path)
    assert optimizer["certain"] is False
    assert "not certain: something cannot be followed" in optimlint(tmp_path, ["groups"]).stdout.decode()


BUILDER = """\
import torch


def build(model):
    groups = [{"params": model.body.parameters(), "weight_decay": 0.1}, {"params": model.head.parameters()}]
    return torch.optim.AdamW(groups, lr=0.25)
"""


@pytest.mark.parametrize(
    ("code", "decays", "rates"),
    [
        ("optimizer.param_groups[0]['weight_decay'] = 0", ["unknown", "unknown"], ["0.25", "0.25"]),
        ("for g in optimizer.param_groups:\n    g['lr'] = 0.5", ["0.1", "0.01"], ["unknown", "unknown"]),
        ("def slow(it):\n    it.param_groups[1]['lr'] = 0.5\nslow(optimizer)", ["0.1", "0.01"], ["unknown", "unknown"]),
        # A schedule is no part of what the optimizer is built with.
        (
            "def slow(it, n):\n    for g in it.param_groups:\n        g['lr'] = n\nfor n in (1, 2): slow(optimizer, n)",
            ["0.1", "0.01"],
            ["0.25", "0.25"],
        ),
    ],
    ids=["one key", "all groups", "a function", "a schedule"],
)
def test_what_another_file_changes_afterwards_is_not_known(
    code: str, decays: list[str], rates: list[str], tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "example"\n')
    (tmp_path / "builder.py").write_text(BUILDER)
    (tmp_path / "train.py").write_text(f"from builder import build\n\noptimizer = build(model)\n{code}\n")
    (optimizer,) = said_of(tmp_path)
    (groups,) = optimizer["choices"]
    assert [one["weight_decay"]["text"] for one in groups] == decays
    assert [one["lr"]["text"] for one in groups] == rates


def test_the_models_are_named_of_which_nothing_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SEED)
    (optimizer,) = said_of(tmp_path)
    assert optimizer["in_no_group_of"] == ["self.model"]


def test_parameters_that_two_arms_give_to_their_optimizers_are_certain_in_each(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "from torch.optim import SGD, AdamW\n\n\n"
        "def make(model, args):\n"
        "    trained = filter(lambda p: p.requires_grad, model.parameters())\n"
        "    if args.sgd:\n"
        "        return SGD(trained, lr=0.1)\n"
        "    else:\n"
        "        return AdamW(list(trained), lr=0.2)\n"
    )
    assert [one["certain"] for one in said_of(tmp_path)] == [True, True]


SPLIT_BELOW = """\
from torch.optim import SGD


def make(model):
    first, second = split(model)
    optimizer = SGD([{"params": first, "lr": 0.3}, {"params": second, "lr": 0.1}])
    return optimizer


def split(model):
    heads, others = [], []
    for name, parameter in model.named_parameters():
        (heads if name.startswith("head") else others).append(parameter)
    return heads, others
"""


def test_what_a_function_below_does_is_done_where_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SPLIT_BELOW)
    (optimizer,) = said_of(tmp_path)
    assert optimizer["certain"] is True
    parameters = [one["parameters"] for one in optimizer["choices"][0]]
    assert parameters == ["`model`, names beginning with `head`", "`model`, names not beginning with `head`"]


Shapes = Mapping[str, tuple[int, ...]]


def live_file(folder: Path, *groups: tuple[Mapping[str, object], Shapes], name: str = "AdamW") -> None:
    """A report of a run: each group with its settings, and the shapes of its parameters by name."""
    from optimlint.live.values import Group, LiveOptimizer, Parameter
    from optimlint.live.view import Report
    from optimlint.live.written import to_json

    made = tuple(
        Group(
            index,
            tuple(Parameter(hash(one), one, shape) for one, shape in shapes.items()),
            tuple((key, value) for key, value in settings.items() if isinstance(value, float)),
        )
        for index, (settings, shapes) in enumerate(groups)
    )
    (folder / "live.json").write_text(to_json(Report((LiveOptimizer(name, "", made, None),), (), (), ())))


WEIGHTS = {"encoder.layer.0.weight": (2, 2), "head.weight": (2, 2)}
SPARED = {"encoder.layer.0.bias": (2,), "encoder.LayerNorm.weight": (2,)}


def test_a_run_that_is_as_the_code_says(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(FIXED)
    live_file(tmp_path, ({"lr": 0.1, "weight_decay": 0.002}, WEIGHTS), ({"lr": 0.1, "weight_decay": 0.0}, SPARED))
    outcome = optimlint(tmp_path, ["groups", "train.py", "--live", "live.json"])
    assert outcome.stdout.decode() == FIXED_TEXT + (
        "  in the run: AdamW, 2 groups, 4 tensors\n"
        "  group  tensors  scalars  weight decay   lr  parameters\n"
        "      0        2        8         0.002  0.1  encoder.layer.0.weight,\n"
        "                                              head.weight\n"
        "      1        2        4             0  0.1  encoder.layer.0.bias,\n"
        "                                              encoder.LayerNorm.weight\n"
        "  no differences in what can be compared\n"
    )
    assert outcome.returncode == 0


@pytest.mark.parametrize(
    ("decay", "spared", "expected"),
    [
        (0.5, SPARED, ["group 0: weight decay 0.002 in the code (group), 0.5 in the run"]),
        (0.002, {**SPARED, **WEIGHTS}, ["group 1: parameters that the code does not put there: "]),
    ],
)
def test_where_a_run_differs(decay: float, spared: Shapes, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(FIXED)
    live_file(tmp_path, ({"lr": 0.1, "weight_decay": decay}, WEIGHTS), ({"lr": 0.1, "weight_decay": 0.0}, spared))
    (said,) = said_of(tmp_path, "train.py", "--live", "live.json")
    assert said["live"]["optimizer"] == 0
    assert [one.startswith(part) for one, part in zip(said["live"]["differences"], expected, strict=True)] == [True]


def test_a_run_with_another_number_of_groups(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(FIXED)
    live_file(tmp_path, ({"lr": 0.1, "weight_decay": 0.002}, WEIGHTS))
    (said,) = said_of(tmp_path, "train.py", "--live", "live.json")
    assert said["live"]["differences"] == ["the code makes 2 groups, the run has 1"]


def test_an_optimizer_that_the_files_do_not_make(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(FIXED)
    live_file(tmp_path, ({"lr": 0.1}, WEIGHTS), name="SGD")
    (said,) = said_of(tmp_path, "train.py", "--live", "live.json")
    assert said["live"] is None
    text = optimlint(tmp_path, ["groups", "train.py", "--live", "live.json"]).stdout.decode()
    assert "  the report has no matching optimizer\n\nnot created in these files\n  in the run: SGD, 1 group" in text


@pytest.mark.parametrize(("file", "reason"), [("train.py", "is no report of optimlint.live"), ("gone", "cannot read")])
def test_a_file_that_is_no_report(file: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(FIXED)
    outcome = optimlint(tmp_path, ["groups", "train.py", "--live", file])
    assert (outcome.returncode, outcome.stdout) == (2, b"")
    assert reason in outcome.stderr.decode()


KNOWN = {
    "an iterator over two models": (
        "chain(first.parameters(), second.parameters())",
        "all of `first`; all of `second`",
    ),
    "a parameter by itself": ("[nn.Parameter(torch.zeros(8))]", "all of `nn.Parameter(torch.zeros(8))`"),
    "a list that the call itself has built": ("both(first, second)", "all of `first`; all of `second`"),
}


@pytest.mark.parametrize(("given", "parameters"), KNOWN.values(), ids=KNOWN)
def test_what_is_given_in_one_expression_is_certain(given: str, parameters: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "from itertools import chain\n\nimport torch\nfrom torch import nn\n\n\n"
        "def both(first, second):\n"
        "    found = list(first.parameters())\n"
        "    found += list(second.parameters())\n"
        "    return [{'params': found}]\n\n\n"
        "def make(first, second):\n"
        f"    return torch.optim.SGD({given}, lr=0.1)\n"
    )
    (optimizer,) = said_of(tmp_path)
    assert optimizer["certain"] is True
    assert [one["parameters"] for one in optimizer["choices"][0]] == [parameters]


def test_an_iterator_that_something_may_have_read_before_is_not_certain(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "from itertools import chain\n\nimport torch\n\n\n"
        "def make(first, second, is_counted):\n"
        "    both = chain(first.parameters(), second.parameters())\n"
        "    if is_counted:\n"
        "        print(sum(p.numel() for p in both))\n"
        "    return torch.optim.SGD(both, lr=0.1)\n"
    )
    assert [one["certain"] for one in said_of(tmp_path)] == [False]


def test_a_class_of_another_file_may_have_a_name_in_small_letters(tmp_path: Path) -> None:
    (tmp_path / "nets.py").write_text(
        "from torch import nn\n\n\n"
        "class twin(nn.Module):\n"
        "    def __init__(self, left, right):\n"
        "        super().__init__()\n"
        "        self.left, self.right = left, right\n\n"
        "    def groups(self, rate):\n"
        "        return [{'params': self.left.parameters(), 'lr': rate}, {'params': self.right.parameters()}]\n"
    )
    (tmp_path / "train.py").write_text(
        "import torch\nfrom nets import twin\n\n"
        "model = twin(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))\n"
        "optimizer = torch.optim.SGD(model.groups(0.3), lr=0.1)\n"
    )
    (optimizer,) = said_of(tmp_path)
    assert [one["parameters"] for one in optimizer["choices"][0]] == ["all of `model.left`", "all of `model.right`"]
    assert optimizer["certain"] is True


CHOSEN = {
    "a list that grows in an arm": (
        "groups = [{'params': model.head.parameters()}]\n"
        "    if tunes:\n"
        "        groups.append({'params': model.body.parameters()})\n",
        {("all of `model.head`",), ("all of `model.head`", "all of `model.body`")},
    ),
    "parameters that are added in an arm": (
        "groups = list(model.head.parameters())\n    if tunes:\n        groups += list(model.body.parameters())\n",
        {("all of `model.head`",), ("all of `model.head`; all of `model.body`",)},
    ),
    "groups or all parameters": (
        "groups = model.parameters()\n"
        "    if tunes:\n"
        "        groups = [{'params': model.head.parameters()}, {'params': model.body.parameters()}]\n",
        {("all of `model`",), ("all of `model.head`", "all of `model.body`")},
    ),
    "one of two arms": (
        "groups = [{'params': model.head.parameters()}]\n"
        "    if tunes:\n"
        "        groups.append({'params': model.body.parameters()})\n"
        "    else:\n"
        "        groups.append({'params': model.neck.parameters()})\n",
        {("all of `model.head`", "all of `model.body`"), ("all of `model.head`", "all of `model.neck`")},
    ),
    "the parameters of one group": (
        "found = list(model.head.parameters())\n"
        "    if tunes:\n"
        "        found += list(model.body.parameters())\n"
        "    groups = [{'params': found}, {'params': model.neck.parameters()}]\n",
        {
            ("all of `model.head`", "all of `model.neck`"),
            ("all of `model.head`; all of `model.body`", "all of `model.neck`"),
        },
    ),
    "the arm that the construction stands in": (
        "groups = [{'params': model.head.parameters()}]\n"
        "    if tunes:\n"
        "        groups.append({'params': model.body.parameters()})\n"
        "        return None\n",
        {("all of `model.head`",)},
    ),
}


@pytest.mark.parametrize(("code", "choices"), CHOSEN.values(), ids=CHOSEN)
def test_what_branches_choose_is_certain_in_each_way(code: str, choices: set[tuple[str, ...]], tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        f"import torch\n\n\ndef make(model, tunes):\n    {code}    return torch.optim.SGD(groups, lr=0.1)\n"
    )
    (optimizer,) = said_of(tmp_path)
    assert optimizer["certain"] is True
    assert {tuple(group["parameters"] for group in choice) for choice in optimizer["choices"]} == choices


@pytest.mark.parametrize(
    "code",
    [
        "for one in tunes:\n        groups.append({'params': one.parameters()})\n",
        "if tunes:\n        groups.append(tunes)\n",
        "if tunes:\n        tunes(groups)\n",
        "try:\n        groups.append({'params': model.body.parameters()})\n    except ValueError:\n        pass\n",
    ],
)
def test_what_more_than_branches_decides_is_not_certain(code: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import torch\n\n\ndef make(model, tunes):\n    groups = [{'params': model.head.parameters()}]\n"
        f"    {code}    return torch.optim.SGD(groups, lr=0.1)\n"
    )
    assert [one["certain"] for one in said_of(tmp_path)] == [False]


def test_a_model_that_is_bound_twice_has_the_name_that_the_call_gives_it(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import torch\n\n\n"
        "class Runner:\n"
        "    def __init__(self, net):\n"
        "        self.best, self.net = None, net.cuda()\n"
        "        self.net = self.net.float()\n"
        "        self.opt = torch.optim.Adam(self.net.parameters())\n\n"
        "    def finish(self):\n"
        "        self.best = self.net\n"
        "        self.best.eval()\n"
    )
    (optimizer,) = said_of(tmp_path)
    assert optimizer["choices"][0][0]["parameters"] == "all of `self.net`"
