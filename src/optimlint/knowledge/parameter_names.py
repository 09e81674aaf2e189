"""Conventional parts of parameter names, from which fragments and patterns are built."""

import re

WEIGHT, BIAS = "weight", "bias"
"""The names of parameters in torch's layers."""
OLD_NORM_NAMES = ("gamma", "beta")
"""Names of norm parameters in TensorFlow checkpoints; torch calls them `weight` and `bias`."""
LEAVES = frozenset({WEIGHT, BIAS, *OLD_NORM_NAMES})
"""Words that can be the last part of a parameter name."""
NORM_PARTS = ("bn", "ln", "gn")
"""Abbreviations of norm layers, too short to be recognized inside another word."""
NORM_FRAGMENTS = ("norm", "Norm", "ln_", "ln", "bn", "_ln")
"""Fragments that may match all norm layers of a model, in the order in which fixes propose them."""
SPELT = (BIAS, WEIGHT, "LayerNorm", "BatchNorm")
"""Words of parameter names that are long enough to recognize a misspelling."""

_SHORT, _OLD = "|".join(NORM_PARTS), "|".join(OLD_NORM_NAMES)
QUOTED_NAMES = tuple(
    re.compile(
        rf"""{quote}(?<![\w)\]]\[{quote})(?<![\w.]{quote})(?!(?:\w*_)?(?:grad|clip|loss|total)_?norm\w*["'])"""
        rf"""(?:[\w.]*(?:{BIAS}|[Nn]orm(?!ali[sz]|al["'_])|\b(?:{_SHORT}))[\w.]*|(?:[\w.]*\.)?(?:{_OLD}))["'](?!\s*:)""".encode()
    )
    for quote in "\"'"
)
"""A quoted parameter name or fragment in a source's bytes, one pattern per quote. Excludes dict keys, names of gradient
norms and Adam's betas. The pattern starts with the quote so that the search is for one character."""
