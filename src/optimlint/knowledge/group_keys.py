"""Keys that people put in parameter groups beside those that optimizers read."""

import re

_LABELS = re.compile(
    r"(?:(?:params?|group|layer|module|model)_?)*(?:names?|labels?|tag|ids?|idx|index|type|kind|desc|description)"
    r"|comment|layer|layers|depth|stage|group"
)
_SCHEDULED = frozenset(
    {
        *("initial_lr", "max_lr", "min_lr", "base_lr", "swa_lr", "ori_lr", "initial_momentum", "base_momentum"),
        "max_momentum",
    }
)
_FLAGS = frozenset({"foreach", "fused", "capturable", "differentiable", "maximize"})
_SYNONYMS = (
    ("weight_decay", "weight_decay_rate", "decay_rate", "decay", "wd", "l2", "l2_decay", "l2_reg", "weight_penalty"),
    ("lr", "learning_rate", "learn_rate", "lrate", "lr_rate"),
    ("eps", "epsilon", "e"),
)

READ_BY_PACKAGES = {"lr_scale": "timm"}
"""Keys that a package's scheduler reads from the groups of any optimizer."""


def is_label(key: str) -> bool:
    """Whether a key only labels groups, so that nobody expects an optimizer to read it."""
    return _LABELS.fullmatch(key) is not None


def is_scheduled(key: str) -> bool:
    """Whether torch's schedulers, or common custom ones, keep this key in groups."""
    return key in _SCHEDULED


def is_flag(key: str) -> bool:
    """Whether a key only changes how torch's optimizers compute, so that passing it to one that ignores it is
    harmless."""
    return key in _FLAGS


def synonyms(key: str) -> tuple[str, ...]:
    """The known spellings of a key, including itself. Which one is read depends on the optimizer."""
    return next((words for words in _SYNONYMS if key in words), ())
