"""Partly known strings, and tests that compare names with them."""

import pytest

from optimlint.check import read_facts
from optimlint.facts import FileFacts
from optimlint.facts.conditions import And, Condition, NameTest, NameTestKind, Or, UnknownTest

CONTAINS, STARTS, ENDS = NameTestKind.CONTAINS, NameTestKind.STARTS, NameTestKind.ENDS
EQUALS = NameTestKind.EQUALS
SOURCE = """
from torch.optim import SGD

def build(model, i, word):
    chosen = [p for n, p in model.named_parameters() if {test}]
    return SGD([{{"params": chosen, "lr": 0.1}}], lr=0.2)
"""


def known(test: str) -> tuple[NameTest, ...]:
    """The name tests that a filter is known to make."""
    facts = read_facts(SOURCE.format(test=test))
    assert isinstance(facts, FileFacts)
    (group,) = facts.group_lists[0].groups
    return tuple(_name_tests(group.parts[0].condition))


def _name_tests(condition: Condition) -> list[NameTest]:
    match condition:
        case NameTest():
            return [condition]
        case And(operands) | Or(operands):
            return [one for operand in operands for one in _name_tests(operand)]
        case UnknownTest():
            return []
    raise AssertionError(condition)


@pytest.mark.parametrize(
    ("test", "tests"),
    [
        ('f"layer.{i}." in n', [(CONTAINS, "layer")]),
        ('"layer." + str(i) in n', [(CONTAINS, "layer")]),
        ('"layer.%d.norm" % i in n', [(CONTAINS, "layer"), (CONTAINS, "norm")]),
        ('"layer.{}.norm".format(i) in n', [(CONTAINS, "layer"), (CONTAINS, "norm")]),
        ('n.startswith(f"layer.{i}.norm")', [(STARTS, "layer"), (CONTAINS, "norm")]),
        ('n.endswith(f"layer.{i}.norm")', [(CONTAINS, "layer"), (ENDS, "norm")]),
        ('n == f"layer.{i}.norm"', [(STARTS, "layer"), (ENDS, "norm")]),
        ('f"{word}.{i}" in n', []),
        ('f"{{layer}}.{i}" in n', []),
        ('n.split(".")[0] == "layer"', [(STARTS, "layer.")]),
        ('n.split(".")[1] == "layer"', [(CONTAINS, ".layer")]),
        ('n.split(".")[-1] == "bias"', [(EQUALS, "bias"), (ENDS, ".bias")]),
        ('n.split(".", 1)[1] == "layer"', []),
        ('n.split("_")[0] == "layer"', []),
        ('n.split(".")[:2] == "layer"', []),
        ('n.rpartition(".")[2] == "bias"', [(EQUALS, "bias"), (ENDS, ".bias")]),
        ('n.partition(".")[0] in ("layer", "head")', [(STARTS, "layer."), (STARTS, "head.")]),
        ('"attn" in n.split(".")[2]', [(CONTAINS, "attn")]),
    ],
)
def test_the_known_part_of_a_text_decides(test: str, tests: list[tuple[NameTestKind, str]]) -> None:
    assert known(test) == tuple(NameTest(kind, text) for kind, text in tests)


def test_a_text_that_is_doubled_again_and_again_is_let_go() -> None:
    doubling = "\n".join(['    word = "layer"', *['    word = f"{word}{word}"'] * 60])
    facts = read_facts(SOURCE.format(test="word in n").replace("    chosen", f"{doubling}\n    chosen"))
    assert isinstance(facts, FileFacts)
    (group,) = facts.group_lists[0].groups
    assert isinstance(group.parts[0].condition, UnknownTest)
