"""Which parameters a name fragment in a filter or no-decay list is meant to match."""

import re

from optimlint.knowledge.parameter_names import BIAS, NORM_PARTS, OLD_NORM_NAMES, WEIGHT

_SHORT, _OLD = "|".join(NORM_PARTS), "|".join(OLD_NORM_NAMES)
_NORM_WORD = re.compile(r"norm(?!aliz(?!ation))", re.IGNORECASE)
_NORM_PART = re.compile(rf"(?:^|[._])(?:{_SHORT}|{_OLD})s?(?:[._\d]|$)", re.IGNORECASE)
_BIAS = re.compile(rf"{BIAS}(?:es)?(?![a-z])", re.IGNORECASE)
_ANY = re.compile(rf"{BIAS}|norm|{_SHORT}|{_OLD}", re.IGNORECASE)
_QUOTED = re.compile(rf"[\"'][\w.]*(?:{_ANY.pattern})", re.IGNORECASE)
_PARAMETER = re.compile(rf"{WEIGHT}|embed|scale|pos|token", re.IGNORECASE)
_EMBEDDING = re.compile(r"embed|lm_head|token|vocab|wte|wpe", re.IGNORECASE)
NORM_CLASS = re.compile(r"isinstance\(<?\w+>?, ?\(?(?:[\w.]*Norm\w*(?:, ?)?)+\)?\)$")
"""An `isinstance` test for norm layer classes."""


def names_norm(fragment: str) -> bool:
    """Whether a name fragment is meant to match norm layers."""
    return bool(_NORM_WORD.search(fragment) or _NORM_PART.search(fragment))


def names_bias_or_norm(fragment: str) -> bool:
    """Whether a name fragment is meant to match biases or norm layers."""
    return names_norm(fragment) or bool(_BIAS.search(fragment))


def may_name_bias_or_norm(text: str) -> bool:
    """Whether a text contains such a fragment, even inside another word."""
    return _ANY.search(text) is not None


def quotes_bias_or_norm(code: str, start: int, end: int) -> bool:
    """Whether code between two offsets contains a string literal with such a fragment."""
    return _QUOTED.search(code, start, end) is not None


def names_parameter(fragment: str) -> bool:
    """Whether a fragment is meant to match parameters of any kind."""
    return names_bias_or_norm(fragment) or _PARAMETER.search(fragment) is not None


def names_embedding(fragment: str) -> bool:
    """Whether a fragment is meant to match word embeddings."""
    return _EMBEDDING.search(fragment) is not None
