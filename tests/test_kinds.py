"""Which groups contain biases and norms, judged by their filters."""

import pytest

from optimlint.analysis.parameter_kinds import ParameterKind, kinds_of, same_place
from optimlint.diagnostic import START
from optimlint.facts.conditions import (
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
from optimlint.facts.groups import ParamGroup, Part
from optimlint.facts.names import Model
from optimlint.knowledge.fragments import names_bias_or_norm, names_norm

MODEL = Model(1, (), "model")
SPARED, MAIN, OTHER = ParameterKind.BIAS_OR_NORM, ParameterKind.MAIN, ParameterKind.OTHER


def contains(*fragments: str) -> Condition:
    return Or(tuple(NameTest(NameTestKind.CONTAINS, fragment) for fragment in fragments))


def group(*conditions: Condition, model: Model = MODEL) -> ParamGroup:
    return ParamGroup(tuple(Part(model, condition) for condition in conditions), (), START)


def ends(text: str) -> Condition:
    return NameTest(NameTestKind.ENDS, text)


NO_DECAY = contains("bias", "LayerNorm.weight")
IN_BERT = NameTest(NameTestKind.CONTAINS, "bert")
VECTOR = Not(DimensionTest(2))


@pytest.mark.parametrize(
    ("spared", "main"),
    [
        (NO_DECAY, Not(NO_DECAY)),
        (contains("bias"), Not(contains("bias"))),
        (contains("bias"), contains("weight")),
        (contains(".bn", "_ln", "gamma", "beta"), Not(contains(".bn", "_ln", "gamma", "beta"))),
        (ends(".bias"), Not(ends(".bias"))),
        (NameTest(NameTestKind.STARTS, "norm"), Not(NameTest(NameTestKind.STARTS, "norm"))),
        (NameTest(NameTestKind.EQUALS, "bias"), Not(NameTest(NameTestKind.EQUALS, "bias"))),
        (VECTOR, DimensionTest(2)),
        (And((DimensionTest(1), VECTOR)), Not(And((DimensionTest(1), VECTOR)))),
        (Or((VECTOR, ends(".bias"))), Not(Or((VECTOR, ends(".bias"))))),
        (And((GradientTest(), NO_DECAY)), And((GradientTest(), Not(NO_DECAY)))),
        (And((IN_BERT, NO_DECAY)), And((IN_BERT, Not(NO_DECAY)))),
        (And((UnknownTest("keep(n)"), NO_DECAY)), And((UnknownTest("keep(n)"), Not(NO_DECAY)))),
    ],
)
def test_a_split_into_two(spared: Condition, main: Condition) -> None:
    assert kinds_of((group(spared), group(main))) == (SPARED, MAIN)
    assert kinds_of((group(main), group(spared))) == (MAIN, SPARED)


def test_biases_norms_and_the_rest() -> None:
    bias, norm = contains("bias"), And((Not(contains("bias")), contains("norm")))
    rest = Not(contains("bias", "norm"))
    assert kinds_of((group(bias), group(norm), group(rest))) == (SPARED, SPARED, MAIN)


def test_a_group_of_several_parts_is_their_union() -> None:
    assert kinds_of((group(contains("bias"), contains("norm")), group(NO_DECAY, Not(NO_DECAY)))) == (SPARED, OTHER)


@pytest.mark.parametrize(
    "conditions",
    [
        (Always(), Always()),
        (IN_BERT, Not(IN_BERT)),
        (contains("embed", "head"), Not(contains("embed", "head"))),
        (UnknownTest("is_exempt(n)"), Not(UnknownTest("is_exempt(n)"))),
        (contains("b", "i", "a", "s"), Not(contains("b", "i", "a", "s"))),
    ],
)
def test_no_decay_split(conditions: tuple[Condition, Condition]) -> None:
    first, second = conditions
    assert kinds_of((group(first), group(second))) == (OTHER, OTHER)


def test_what_cannot_be_read_is_of_no_kind() -> None:
    unreadable = ParamGroup((Part(MODEL, NO_DECAY),), (), START, is_readable=False)
    assert kinds_of((unreadable, group(Not(NO_DECAY)))) == (OTHER, MAIN)
    assert kinds_of((group(UnknownTest("f(n)")), group(NO_DECAY))) == (OTHER, SPARED)


def test_a_place_beside_the_split_is_of_no_kind() -> None:
    assert kinds_of((group(IN_BERT), group(NO_DECAY))) == (OTHER, SPARED)


def test_groups_are_paired_by_their_place() -> None:
    bert = group(And((IN_BERT, Not(NO_DECAY))))
    head = group(And((Not(IN_BERT), Not(NO_DECAY))))
    assert same_place(group(And((IN_BERT, NO_DECAY))), (bert, head)) == (bert,)
    assert same_place(group(And((Not(IN_BERT), NO_DECAY))), (bert, head)) == (head,)
    assert same_place(group(NO_DECAY), (bert, head)) == (bert, head)


def test_groups_of_two_models_are_paired_by_model() -> None:
    other = Model(2, (), "other")
    first, second = group(Not(NO_DECAY)), group(Not(NO_DECAY), model=other)
    assert same_place(group(NO_DECAY, model=other), (first, second)) == (second,)


@pytest.mark.parametrize(
    "fragment",
    ["bias", ".bias", "LayerNorm.weight", "layer_norm", "norm", "bn", "bn1.weight", "ln_f", "_ln", ".gamma", "beta"],
)
def test_fragments_of_biases_and_norms(fragment: str) -> None:
    assert names_bias_or_norm(fragment)
    assert names_norm(fragment) == ("bias" not in fragment)


@pytest.mark.parametrize(
    "fragment", ["bert", "albert", "weight", "alpha", "embed", "normalizing_flow", "biased", "gammatone"]
)
def test_fragments_of_something_else(fragment: str) -> None:
    assert not names_bias_or_norm(fragment)
