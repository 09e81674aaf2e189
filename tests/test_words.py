"""Conditions and selections in words."""

import pytest

from optimlint.analysis.coverage.wording import condition_words, selection_words
from optimlint.facts.conditions import (
    NEVER,
    Always,
    And,
    Condition,
    DimensionTest,
    GradientTest,
    NameTest,
    NameTestKind,
    Not,
    Or,
    UnknownTest,
)
from optimlint.facts.groups import Part
from optimlint.facts.names import Model


def contains(text: str) -> NameTest:
    return NameTest(NameTestKind.CONTAINS, text)


BIAS, NORM, BERT = contains("bias"), contains("LayerNorm.weight"), contains("bert")
NO_DECAY = Or((BIAS, NORM))
STARTS, ENDS, EQUALS = (
    NameTest(kind, text)
    for kind, text in ((NameTestKind.STARTS, "bert."), (NameTestKind.ENDS, "bias"), (NameTestKind.EQUALS, "cls"))
)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Always(), "all parameters"),
        (NEVER, "no parameters"),
        (BIAS, "names with `bias`"),
        (Not(BIAS), "names without `bias`"),
        (STARTS, "names beginning with `bert.`"),
        (Not(STARTS), "names not beginning with `bert.`"),
        (ENDS, "names ending with `bias`"),
        (EQUALS, "parameters named `cls`"),
        (Not(EQUALS), "parameters not named `cls`"),
        (NO_DECAY, "names with `bias` or `LayerNorm.weight`"),
        (Not(NO_DECAY), "names with none of `bias`, `LayerNorm.weight`"),
        (And((BERT, Not(NO_DECAY))), "names with `bert` and with none of `bias`, `LayerNorm.weight`"),
        (And((GradientTest(), BIAS)), "those that require a gradient and names with `bias`"),
        (And((Not(BIAS), DimensionTest(2))), "names without `bias` and 2 or more dimensions"),
        (Not(DimensionTest(2)), "fewer than 2 dimensions"),
        (Or((ENDS, BERT)), "names ending with `bias` or with `bert`"),
        (Or((And((BERT, BIAS)), ENDS)), "(names with `bert` and with `bias`) or names ending with `bias`"),
        (And((Or((ENDS, BERT)), NORM)), "(names ending with `bias` or with `bert`) and names with `LayerNorm.weight`"),
        (And((NO_DECAY, BERT)), "names with `bias` or `LayerNorm.weight` and with `bert`"),
        (Not(And((BERT, BIAS))), "not (names with `bert` and with `bias`)"),
        (Not(Not(BIAS)), "names with `bias`"),
        (UnknownTest("id(p) in seen"), "those where `id(p) in seen`"),
        (Not(UnknownTest("id(p) in seen")), "those where not `id(p) in seen`"),
        (
            Or(tuple(contains(str(number)) for number in range(11))),
            "names with `0`, `1`, `2`, `3`, `4`, `5`, `6`, `7` or 3 more",
        ),
    ],
)
def test_condition_words(condition: Condition, words: str) -> None:
    assert condition_words(condition) == words


def test_selection_words() -> None:
    model, head = Model(1, (), "model"), Model(1, ("head",), "model.head")
    assert selection_words((Part(model, Always()),)) == "all of `model`"
    assert (
        selection_words((Part(model, BIAS), Part(head, Always()))) == "`model`, names with `bias`; all of `model.head`"
    )
    assert selection_words((Part(model, BIAS), Part(model, NORM))) == "`model`, names with `bias` or `LayerNorm.weight`"
    assert selection_words((Part(None, BIAS),)) == "an unknown model, names with `bias`"


def test_what_is_not_known_is_said() -> None:
    assert selection_words(()) == "none"
    assert selection_words((), is_readable=False) == "unknown"
    known = (Part(Model(1, (), "model"), BIAS),)
    assert selection_words(known, is_readable=False) == "`model`, names with `bias`; more that cannot be followed"
