"""What parameters are called, and the fragments of their names that filters look for. One list; the views are made of
it."""

import re

WEIGHT, BIAS = "weight", "bias"
"""What torch's layers call their parameters."""
OLD_NORM_NAMES = ("gamma", "beta")
"""What TensorFlow's checkpoints called the parameters of norm layers; those of torch are `weight` and `bias`."""
LEAVES = frozenset({WEIGHT, BIAS, *OLD_NORM_NAMES})
"""What the last part of a parameter's name says, and says alone."""
NORM_PARTS = ("bn", "ln", "gn")
"""What norm layers are called in short: too short to mean them inside another word."""
NORM_FRAGMENTS = ("norm", "Norm", "ln_", "ln", "bn", "_ln")
"""Fragments that may be in all names of a model's norm layers, in the order in which they are proposed."""
SPELT = (BIAS, WEIGHT, "LayerNorm", "BatchNorm")
"""Words of parameters' names that are long enough to tell a slip of the hand from another word."""

_SHORT, _OLD = "|".join(NORM_PARTS), "|".join(OLD_NORM_NAMES)
_NORM_WORD = re.compile(r"norm(?!aliz(?!ation))", re.IGNORECASE)
_NORM_PART = re.compile(rf"(?:^|[._])(?:{_SHORT}|{_OLD})s?(?:[._\d]|$)", re.IGNORECASE)
_BIAS = re.compile(rf"{BIAS}(?:es)?(?![a-z])", re.IGNORECASE)
_ANY = re.compile(rf"{BIAS}|norm|{_SHORT}|{_OLD}", re.IGNORECASE)
_PARAMETER = re.compile(rf"{WEIGHT}|embed|scale|pos|token", re.IGNORECASE)
_EMBEDDING = re.compile(r"embed|lm_head|token|vocab|wte|wpe", re.IGNORECASE)
NORM_CLASS = re.compile(r"isinstance\(<?\w+>?, ?\(?(?:[\w.]*Norm\w*(?:, ?)?)+\)?\)$")
"""A test for the class of a norm layer."""
QUOTED_NAME = re.compile(
    rf"""(?<![\w)\]]\[)(?<![\w.])["'](?!(?:\w*_)?(?:grad|clip|loss|total)_?norm\w*["'])"""
    rf"""(?:[\w.]*(?:{BIAS}|[Nn]orm(?!ali[sz]|al["'_])|\b(?:{_SHORT}))[\w.]*|(?:[\w.]*\.)?(?:{_OLD}))["'](?!\s*:)""".encode()
)
"""A parameter's name in quotes, or a fragment of one, in the bytes of a source: no key of a dict, and neither a
gradient's norm nor Adam's betas."""


def names_norm(fragment: str) -> bool:
    """Whether a fragment of a parameter's name is meant for norm layers."""
    return bool(_NORM_WORD.search(fragment) or _NORM_PART.search(fragment))


def names_bias_or_norm(fragment: str) -> bool:
    """Whether a fragment of a parameter's name is meant for biases or norms."""
    return names_norm(fragment) or bool(_BIAS.search(fragment))


def may_name_bias_or_norm(text: str) -> bool:
    """Whether a text has such a fragment anywhere in it, be it inside another word."""
    return _ANY.search(text) is not None


def names_parameter(fragment: str) -> bool:
    """Whether a fragment is one of a parameter's name, of whatever kind."""
    return names_bias_or_norm(fragment) or _PARAMETER.search(fragment) is not None


def names_embedding(fragment: str) -> bool:
    """Whether a fragment is meant for the embeddings of words."""
    return _EMBEDDING.search(fragment) is not None
