"""How the scan of a source finds optimizers by their names alone, before any parse.

Two things make a name an optimizer's. It is the name of a class of the catalog (`CAME`, `Prodigy`, `SM3`); or it has a
word in it that only optimizers have (`MyAdamW`, `fused_sgd`, `build_optimizer`). The first is asked of whole names:
many are common words or short (`Tiger`, `PID`). The second also finds classes that nobody has listed.
`optimizer_words` has what names say once the source is read.
"""

import re
from collections.abc import Iterator

from optimlint.knowledge.optimizer_class_names import NAMES

WORDS = (
    *("Optim", "AdaBelief", "AdaBound", "Adadelta", "Adafactor", "Adagrad", "Adam", "Adan", "LARS", "LBFGS", "Lamb"),
    *("Lion", "MADGRAD", "Muon", "NovoGrad", "Prodigy", "RMSprop", "Ranger", "Rprop", "SGD", "Shampoo", "Sophia"),
)
"""Parts of the names of optimizers, as classes write them."""
_SHORTENED = {"Optim": "ptim", **dict.fromkeys((one for one in WORDS if one.startswith("Ada")), "Ada")}

STEMS = tuple(dict.fromkeys((*(_SHORTENED.get(one, one) for one in WORDS), "LAMB")))
"""By these a search of a text finds them quickly. `ptim` stands for "optim", "Optimizer" and the packages
`torch.optim`, `pytorch_optimizer`."""
OTHER_WORDS = re.compile(rb"ptimi[zs](?:e|ed|ing|able|ations?)(?![A-Za-z])|ptim(?:um|al|is)|Ada(?![Bdfgm])|Lambd")
"""Words that have a stem in them and are no optimizers, in the bytes of a source."""
BUILDER_STEMS = (b"param_groups_", b"add_weight_decay", b"get_optimizer_parameters")
"""Parts of the names of functions that build groups, of libraries and of many repositories."""
BUILDER_WORDS = (b"param_group", b"parameter_group", b"params_group", b"no_decay", b"optimizer_param", b"layer_decay")
"""Words in the names of functions that build groups, whichever file defines them."""
BUILDER_PARTS = (b"_group", b"decay", b"optimizer_param")
"""Parts of these words, one of which each has: fewer to search for."""
_CLASS = re.compile(r"(?<!\w)[A-Z]\w+")
_ENCODED_CLASS = re.compile(rb"(?<!\w)[A-Z]\w+")
_ENCODED_ENDING = re.compile(rb"[A-Z]\w+")
"""The same words and the ends of others: found in a third of the time, for nothing is looked at before them."""
_ENCODED_NAMES = frozenset(name.encode() for name in NAMES)
_CAPITALIZED = tuple(stem.encode() for stem in STEMS if stem[0].isupper())


def names_in(text: str) -> frozenset[str]:
    """The classes of the catalog that a text names."""
    return NAMES.intersection(_CLASS.findall(text))


def capitalized(source: bytes) -> frozenset[bytes]:
    """The capitalized words of a source, once each: a short list to look for stems and names in, beside the source."""
    return frozenset(_ENCODED_ENDING.findall(source))


def stems_among(words: frozenset[bytes]) -> tuple[bytes, ...]:
    """The stems that some of these words have in them."""
    listed = b" ".join(words)
    return tuple(stem for stem in _CAPITALIZED if stem in listed)


def places_of_names(source: bytes, words: frozenset[bytes]) -> Iterator[int]:
    """Where a source that has these words names classes of the catalog."""
    if _ENCODED_NAMES.isdisjoint(words):
        return
    for found in _ENCODED_CLASS.finditer(source):
        if found[0] in _ENCODED_NAMES:
            yield found.start()
