"""Every optimizer of the catalog is recognized by all code that searches for optimizers before parsing."""

import sys
from pathlib import Path

import pytest
from every import for_each

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

import catalog

from optimlint import check_source
from optimlint.knowledge.catalog import Optimizer, find_optimizer
from optimlint.knowledge.optimizer_words import says_optimizer
from optimlint.knowledge.optimizers import STEMS, WORDS

BY_NAME = {
    path.rpartition(".")[2]: path
    for entry in sorted(catalog.load(), key=lambda entry: "optim" not in str(entry["name"]))
    if entry["kind"] == "optimizer"
    for path in (str(entry["name"]), *str(entry.get("aliases", "")).split())
}
PATHS = sorted(BY_NAME.values())
"""One import path per class name, preferably one without "optim"."""

CUT = """
def report(rows):
    total = sum(row.value for row in rows)
    for row in rows:
        print(row.name, row.value, row.value / total, "of all the values that were seen", total)
"""
"""A function that is cut out before parsing, so that it matters which functions are kept."""

UNUSED_LIST = """
from {module} import {name}

def make(net):
    no_decay = ["bias", "norm.weight"]
    return {name}(net.parameters(), 0.1)
"""

MISSPELT_KEY = """
import {module} as library

def make(weights, rate):
    groups = [{{"params": weights, "weigth_decay": 0.1}}, {{"params": [], "weight_decay": 0.0}}]
    return finish(groups, rate)

def finish(groups, rate):
    return library.{name}(groups, rate)
"""


def test_the_list_of_names_is_up_to_date() -> None:
    assert catalog.NAMES.read_text("utf-8") == catalog.names_module(catalog.load())


@for_each(PATHS)
def test_a_list_that_nothing_reads_is_found_beside_it(path: str) -> None:
    module, _, name = path.rpartition(".")
    found = check_source(UNUSED_LIST.format(module=module, name=name) + CUT * 3, "train.py")
    assert [(one.rule, one.range.start.line) for one in found] == [("unused-no-decay", 6)]


@for_each(PATHS)
def test_a_key_that_it_does_not_read_is_found_without_a_model(path: str) -> None:
    module, _, name = path.rpartition(".")
    found = check_source(MISSPELT_KEY.format(module=module, name=name) + CUT * 3, "train.py")
    lines = {one.range.start.line for one in found if one.rule == "ignored-group-key"}
    assert lines == ({5} if _known(path).group_keys else set())


@for_each(PATHS)
def test_its_name_says_what_it_is(path: str) -> None:
    name = path.rpartition(".")[2]
    assert says_optimizer(name)


@pytest.mark.parametrize("name", ["Lambda", "LambdaLR", "Linear", "Adapter", "Normalize", "named_parameters", "nag"])
def test_other_words_do_not(name: str) -> None:
    assert not says_optimizer(name)


@pytest.mark.parametrize("word", WORDS)
def test_a_class_of_ones_own_is_found_by_a_part_of_its_name(word: str) -> None:
    assert any(stem in f"My{word}" or stem in f"My{word.lower()}" for stem in STEMS)
    assert says_optimizer(f"My{word}")


def _known(path: str) -> Optimizer:
    found = find_optimizer(path)
    assert found
    return found
