"""What parameters are called: the words of which fragments and patterns are made."""

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
QUOTED_NAMES = tuple(
    re.compile(
        rf"""{quote}(?<![\w)\]]\[{quote})(?<![\w.]{quote})(?!(?:\w*_)?(?:grad|clip|loss|total)_?norm\w*["'])"""
        rf"""(?:[\w.]*(?:{BIAS}|[Nn]orm(?!ali[sz]|al["'_])|\b(?:{_SHORT}))[\w.]*|(?:[\w.]*\.)?(?:{_OLD}))["'](?!\s*:)""".encode()
    )
    for quote in "\"'"
)
"""A parameter's name in quotes of either kind, or a fragment of one, in the bytes of a source: no key of a dict, and
neither a gradient's norm nor Adam's betas. The quote comes first, so that a search is one for a character."""
