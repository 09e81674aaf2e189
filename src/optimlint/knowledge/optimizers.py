"""How the byte scan recognizes optimizers by name, before any parsing.

A name is an optimizer's if it is a class name of the catalog (`CAME`, `Prodigy`, `SM3`), or contains a word that only
optimizers use (`MyAdamW`, `fused_sgd`, `build_optimizer`). Catalog names are matched as whole words, because many are
short or common (`Tiger`, `PID`). The words also find classes that the catalog lacks. `optimizer_words` has the tests
for sources that have been parsed.
"""

import re
from collections.abc import Iterator

from optimlint.knowledge.optimizer_class_names import NAMES

WORDS = (
    *("Optim", "AdaBelief", "AdaBound", "Adadelta", "Adafactor", "Adagrad", "Adam", "Adan", "LARS", "LBFGS", "Lamb"),
    *("Lion", "MADGRAD", "Muon", "NovoGrad", "Prodigy", "RMSprop", "Ranger", "Rprop", "SGD", "Shampoo", "Sophia"),
)
"""Parts of optimizer names, spelled as in class names."""
_SHORTENED = {"Optim": "ptim", **dict.fromkeys((one for one in WORDS if one.startswith("Ada")), "Ada")}

STEMS = tuple(dict.fromkeys((*(_SHORTENED.get(one, one) for one in WORDS), "LAMB")))
"""Stems that make a text search fast. `ptim` covers "optim", "Optimizer" and the packages `torch.optim` and
`pytorch_optimizer`."""
OTHER_WORDS = re.compile(rb"ptimi[zs](?:e|ed|ing|able|ations?)(?![A-Za-z])|ptim(?:um|al|is)|Ada(?![Bdfgm])|Lambd")
"""Words in a source's bytes that contain a stem but do not name optimizers."""
BUILDER_STEMS = (b"param_groups_", b"add_weight_decay", b"get_optimizer_parameters")
"""Parts of the names of functions that build groups, from libraries and common in repositories."""
BUILDER_WORDS = (b"param_group", b"parameter_group", b"params_group", b"no_decay", b"optimizer_param", b"layer_decay")
"""Words in the names of functions that build groups, in any file."""
BUILDER_PARTS = (b"_group", b"decay", b"optimizer_param")
"""Substrings of which every word above contains one: fewer to search for."""
_CLASS = re.compile(r"(?<!\w)[A-Z]\w+")
_ENCODED_CLASS = re.compile(rb"(?<!\w)[A-Z]\w+")
_ENCODED_ENDING = re.compile(rb"[A-Z]\w+")
"""Like `_ENCODED_CLASS`, but also matches inside words. Three times as fast without the lookbehind."""
_ENCODED_NAMES = frozenset(name.encode() for name in NAMES)
_CAPITALIZED = tuple(stem.encode() for stem in STEMS if stem[0].isupper())


def names_in(text: str) -> frozenset[str]:
    """The catalog class names in a text."""
    return NAMES.intersection(_CLASS.findall(text))


def capitalized(source: bytes) -> frozenset[bytes]:
    """The distinct capitalized words of a source: a shorter text to search for stems and names."""
    return frozenset(_ENCODED_ENDING.findall(source))


def stems_among(words: frozenset[bytes]) -> tuple[bytes, ...]:
    """The stems that occur in these words."""
    listed = b" ".join(words)
    return tuple(stem for stem in _CAPITALIZED if stem in listed)


def places_of_names(source: bytes, words: frozenset[bytes]) -> Iterator[int]:
    """The offsets of catalog class names in a source whose capitalized words are given."""
    if _ENCODED_NAMES.isdisjoint(words):
        return
    for found in _ENCODED_CLASS.finditer(source):
        if found[0] in _ENCODED_NAMES:
            yield found.start()
