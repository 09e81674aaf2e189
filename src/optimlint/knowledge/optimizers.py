"""How an optimizer is recognized by its name alone: the one place that says so.

Two things make a name an optimizer's. It is the name of a class of the catalog (`CAME`, `Prodigy`, `SM3`); or it has a
stem in it that only optimizers have (`MyAdamW`, `fused_sgd`, `build_optimizer`). The first is asked of whole names:
many are common words or short (`Tiger`, `PID`). The second also finds classes that nobody has listed.
"""

import re
from collections.abc import Iterator

from optimlint.knowledge.optimizer_class_names import NAMES

STEMS = (
    "ptim", "Ada", "SGD", "RMSprop", "Lamb", "LAMB", "Lion", "Muon", "Ranger", "Sophia",
)  # fmt: skip
"""Parts of class names, by which a search of a text finds optimizers quickly. `ptim` stands for "optim", "Optimizer"
and the packages `torch.optim`, `pytorch_optimizer`."""

_STEM = re.compile(
    r"[Oo]ptim|Adam|SGD|Ada(?:grad|delta|factor|Belief)|RMSprop|Lamb(?!d)|LAMB|Lion|Muon|Ranger|Sophia|MADGRAD|Shampoo"
)
_STEM_IN_ANY_CASE = re.compile(
    r"optim|sgd|adam|adagrad|adadelta|adafactor|rmsprop|lamb\b|lars\b|lion\b|ranger|muon|madgrad|adabelief|novograd"
    r"|shampoo|sophia|prodigy|adan\b|lbfgs|adabound|rprop",
    re.IGNORECASE,
)
_CLASS = re.compile(r"(?<!\w)[A-Z]\w+")
_ENCODED_CLASS = re.compile(rb"(?<!\w)[A-Z]\w+")
_ENCODED_ENDING = re.compile(rb"[A-Z]\w+")
"""The same words and the ends of others: found in a third of the time, for nothing is looked at before them."""
_ENCODED_NAMES = frozenset(name.encode() for name in NAMES)


def is_optimizer_name(name: str) -> bool:
    """Whether the name of a class, without its module, is an optimizer's as the catalog writes it or has a stem."""
    return name in NAMES or _STEM.search(name) is not None


def says_optimizer(name: str) -> bool:
    """Whether a name of any kind says that it is, makes or holds an optimizer: `adamw`, `make_sgd`, `self.optim`."""
    return name in NAMES or _STEM_IN_ANY_CASE.search(name) is not None


def names_in(text: str) -> frozenset[str]:
    """The classes of the catalog that a text names."""
    return NAMES.intersection(_CLASS.findall(text))


def places_of_names(source: bytes) -> Iterator[int]:
    """Where a source names classes of the catalog. All words are looked up at once: there are too many names to search
    for each."""
    if _ENCODED_NAMES.isdisjoint(_ENCODED_ENDING.findall(source)):
        return
    for found in _ENCODED_CLASS.finditer(source):
        if found[0] in _ENCODED_NAMES:
            yield found.start()
