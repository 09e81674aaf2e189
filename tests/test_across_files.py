"""A mistake that two files share is told once, where it stands, whichever of them is checked."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from cli_support import optimlint

GROUPS = """\
def param_groups(net, decay):
    spared = ("bias", "norm")
    return [
        {"params": [p for n, p in net.named_parameters() if not any(s in n for s in spared)], "wd_decay": decay},
        {"params": [p for n, p in net.named_parameters() if any(s in n for s in spared)], "weight_decay": 0.0},
    ]
"""

TRAIN = """\
from torch.optim import AdamW
from groups import param_groups


def main(net):
    return AdamW(param_groups(net, 0.1), lr=1e-3)
"""

UNUSED = TRAIN.replace("return AdamW(param_groups(net, 0.1), lr=1e-3)", "groups = param_groups(net, 0.1)") + (
    "    return AdamW(net.parameters(), lr=1e-3)\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "groups.py").write_text(GROUPS)
    (tmp_path / "train.py").write_text(TRAIN)
    return tmp_path


def _found(folder: Path, arguments: Sequence[str]) -> list[tuple[str, str, int]]:
    told = optimlint(folder, ["check", "--output-format", "json", *arguments])
    return [(Path(one["filename"]).name, one["name"], one["location"]["row"]) for one in json.loads(told.stdout)]


@pytest.mark.parametrize("paths", [["."], ["groups.py"], ["train.py"], ["train.py", "groups.py"]], ids=" ".join)
def test_a_key_is_reported_where_it_is_written(folder: Path, paths: list[str]) -> None:
    assert _found(folder, paths) == [("groups.py", "ignored-group-key", 4)]


@pytest.mark.parametrize("paths", [["."], ["groups.py"], ["train.py"]], ids=" ".join)
def test_an_optimizer_is_reported_where_it_is_made(folder: Path, paths: list[str]) -> None:
    (folder / "train.py").write_text(UNUSED)
    assert _found(folder, paths) == [("train.py", "bypassed-param-groups", 7)]


def test_a_file_that_was_not_given_is_not_fixed(folder: Path) -> None:
    (folder / "train.py").write_text(UNUSED)
    for given, is_fixed in ((["groups.py"], False), (["."], True)):
        optimlint(folder, ["check", "--fix", "--unsafe-fixes", *given])
        assert ("AdamW(groups," in (folder / "train.py").read_text()) is is_fixed
    assert (folder / "groups.py").read_text() == GROUPS


@pytest.mark.parametrize("place", ["groups.py", "train.py"])
def test_a_suppression_at_either_place_holds(folder: Path, place: str) -> None:
    comment = "  # optimlint: ignore[ignored-group-key]"
    marked = {"groups.py": '"wd_decay": decay},', "train.py": "lr=1e-3)"}[place]
    path = folder / place
    path.write_text(path.read_text().replace(marked, marked + comment))
    for paths in (["."], ["groups.py"], ["train.py"]):
        assert _found(folder, paths) == []


def test_the_other_place_is_evidence(folder: Path) -> None:
    (one,) = json.loads(optimlint(folder, ["check", "--output-format", "json", "groups.py"]).stdout)
    assert [(Path(place["filename"]).name, place["location"]["row"]) for place in one["related"]] == [("train.py", 6)]
    shown = optimlint(folder, ["check", "--output-format", "full", "groups.py"]).stdout.decode()
    assert "::: train.py:6:12" in shown
    assert "return AdamW(param_groups(net, 0.1), lr=1e-3)" in shown
