"""Who may read a key of a group, by words: what surely is a configuration, and what speaks of another framework."""

import re

_SAYS_CONFIGURATION = re.compile(
    r"c(?:on)?f(?:i)?g|args|hparams|^hp$|opts?$|options|settings|kwargs|hyper", re.IGNORECASE
)

TORCH = "torch"

FOREIGN_FRAMEWORKS = frozenset(
    {
        "tensorflow",
        "tensorflow_addons",
        "keras",
        "tf_keras",
        "jax",
        "flax",
        "optax",
        "haiku",
        "mxnet",
        "paddle",
        "mindspore",
    }
)
"""Packages whose objects hold no groups of torch: a file that imports one of them, and not torch, reads none."""


def holds_configuration(name: str) -> bool:
    """Whether a name says that it holds a configuration, and so neither groups nor a model."""
    return bool(name) and _SAYS_CONFIGURATION.search(name) is not None
