"""The table of torch's layers, against the layers that are installed here."""

import pytest

from optimlint.knowledge.layers import LAYERS, NORMS, WITHOUT_PARAMETERS, norms_in, parameters_of_layer

torch = pytest.importorskip("torch")

ARGUMENTS: dict[str, tuple[object, ...]] = {
    "AlphaDropout": (),
    "Bilinear": (2, 2, 2),
    "Embedding": (3, 2),
    "EmbeddingBag": (3, 2),
    "GroupNorm": (1, 2),
    "Linear": (2, 2),
    "MultiheadAttention": (2, 1),
    "PReLU": (),
    "PixelShuffle": (2,),
    "Transformer": (2, 1, 1, 1, 2),
    "TransformerDecoderLayer": (2, 1, 2),
    "TransformerEncoderLayer": (2, 1, 2),
    "Unflatten": (1, (1, 1)),
    "ZeroPad2d": (1,),
}
"""What the constructors need."""
STACKS = {"TransformerDecoder": "TransformerDecoderLayer", "TransformerEncoder": "TransformerEncoderLayer"}
OF_OTHERS = {"DropPath"}
"""Layers that packages beside torch have."""


@pytest.mark.parametrize("name", LAYERS)
def test_the_parameters_of_a_layer(name: str) -> None:
    held = dict(_make(name).named_parameters())  # type: ignore[attr-defined]
    assert held
    told = dict(parameters_of_layer(name))
    assert not told or told == {name: parameter.ndim for name, parameter in held.items()}


@pytest.mark.parametrize("name", LAYERS)
def test_the_norm_layers_inside(name: str) -> None:
    made = _make(name)
    inside = {
        path
        for path, module in made.named_modules()  # type: ignore[attr-defined]
        if path and type(module).__name__ in NORMS
    }
    told = norms_in(name)
    assert told is None if name in NORMS else told is not None and bool(told) == bool(inside)
    assert {*(told or ())} <= inside


@pytest.mark.parametrize("name", sorted(WITHOUT_PARAMETERS - OF_OTHERS))
def test_layers_without_parameters(name: str) -> None:
    assert not list(_make(name).parameters())  # type: ignore[attr-defined]


def _make(name: str) -> object:
    maker = getattr(torch.nn, name)
    if name in STACKS:
        return maker(_make(STACKS[name]), 1)
    if name.startswith("Conv"):
        return maker(1, 1, 1)
    if name.endswith(("RNN", "GRU", "LSTM", "Cell")):
        return maker(2, 2)
    return maker(*ARGUMENTS.get(name, (2,) if name in NORMS else ()))
