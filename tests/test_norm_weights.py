"""The names of the norm weights of a known model, and when they are unknown."""

import pytest

from optimlint.analysis.norm_weights import norm_weights, parameter_names
from optimlint.facts import FileFacts
from optimlint.facts.models import ModelClass, SubModule
from optimlint.facts.names import Model

WHOLE = Model(1, (), "model")


def part(name: str, kind: str, *parts: SubModule, has_parameters: bool | None = True) -> SubModule:
    is_norm = "Norm" in kind
    return SubModule(
        name, kind, is_used=True, is_frozen=False, has_parameters=has_parameters, is_norm=is_norm, parts=parts
    )


def facts(*parts: SubModule, is_closed: bool = True, architecture: str = "") -> FileFacts:
    return FileFacts(classes=((1, ModelClass("Net", parts, is_closed, architecture)),))


def names(found: FileFacts, model: Model = WHOLE) -> tuple[str, ...] | None:
    known = norm_weights(model, found)
    return known.names if known else None


LINEAR = part("fc", "nn.Linear")
NORM = part("norm1", "nn.LayerNorm")


def test_attributes_and_members_of_a_sequential() -> None:
    features = part("features", "nn.Sequential", part("0", "nn.Conv2d"), part("1", "nn.BatchNorm2d"))
    assert names(facts(LINEAR, NORM, features)) == ("norm1.weight", "features.1.weight")


def test_a_class_without_norms_has_none() -> None:
    assert names(facts(LINEAR, part("act", "nn.ReLU", has_parameters=False))) == ()


def test_norms_inside_of_torchs_own_layers() -> None:
    assert names(facts(part("layer", "nn.TransformerEncoderLayer"))) == ("layer.norm1.weight", "layer.norm2.weight")


def test_a_norm_layer_of_ones_own_is_known_by_its_parameters() -> None:
    own = part("ln", "OwnNorm", part("gain", "nn.Parameter"), part("bias", "nn.Parameter"))
    assert names(facts(own)) == ("ln.gain",)


@pytest.mark.parametrize(
    "parts",
    [
        (NORM, part("body", "AutoModel.from_pretrained")),
        (NORM, part("blocks", "nn.ModuleList")),
        (NORM, part("extra", "", has_parameters=None)),
    ],
)
def test_a_part_that_cannot_be_looked_into_leaves_all_open(parts: tuple[SubModule, ...]) -> None:
    assert names(facts(*parts)) is None


def test_an_open_class_is_not_known() -> None:
    assert names(facts(NORM, is_closed=False)) is None
    assert names(FileFacts()) is None


def test_two_classes_for_one_name_are_not_known() -> None:
    both = FileFacts(classes=((1, ModelClass("A", (NORM,), True)), (1, ModelClass("B", (LINEAR,), True))))
    assert names(both) is None


def test_a_literal_name_is_enough() -> None:
    known = norm_weights(WHOLE, facts(is_closed=False, architecture="gpt2"))
    assert known
    assert known.names == ("ln_1.weight", "ln_2.weight", "ln_f.weight")
    assert known.model == '"gpt2"'
    assert names(facts(is_closed=False, architecture="somebody/else")) is None


def test_a_pretrained_part_brings_its_own() -> None:
    body = SubModule("body", "AutoModel.from_pretrained", True, False, True, architecture="bert-base-uncased")
    assert names(facts(NORM, body)) == ("norm1.weight", "body.LayerNorm.weight")


def test_a_sub_module_is_named_from_itself_on() -> None:
    block = part("block", "Block", NORM, LINEAR)
    model = Model(1, ("block",), "model.block")
    assert names(facts(block, LINEAR), model) == ("norm1.weight",)
    assert parameter_names(model, facts(block)) >= {"norm1.weight", "fc.bias"}
    assert parameter_names(Model(1, ("fc",), "model.fc"), facts(LINEAR)) == {"weight", "bias"}
