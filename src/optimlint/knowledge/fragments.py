"""What fragments of parameters' names are meant for, as filters and lists of names have them."""

import re

from optimlint.knowledge.parameter_names import BIAS, NORM_PARTS, OLD_NORM_NAMES, WEIGHT

_SHORT, _OLD = "|".join(NORM_PARTS), "|".join(OLD_NORM_NAMES)
_NORM_WORD = re.compile(r"norm(?!aliz(?!ation))", re.IGNORECASE)
_NORM_PART = re.compile(rf"(?:^|[._])(?:{_SHORT}|{_OLD})s?(?:[._\d]|$)", re.IGNORECASE)
_BIAS = re.compile(rf"{BIAS}(?:es)?(?![a-z])", re.IGNORECASE)
_ANY = re.compile(rf"{BIAS}|norm|{_SHORT}|{_OLD}", re.IGNORECASE)
_PARAMETER = re.compile(rf"{WEIGHT}|embed|scale|pos|token", re.IGNORECASE)
_EMBEDDING = re.compile(r"embed|lm_head|token|vocab|wte|wpe", re.IGNORECASE)
NORM_CLASS = re.compile(r"isinstance\(<?\w+>?, ?\(?(?:[\w.]*Norm\w*(?:, ?)?)+\)?\)$")
"""A test for the class of a norm layer."""


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
