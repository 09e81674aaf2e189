"""How an optimizer is recognized by its name alone: the one place that says so.

Two things make a name an optimizer's. It is the name of a class of the catalog (`CAME`, `Prodigy`, `SM3`); or it has a
stem in it that only optimizers have (`MyAdamW`, `fused_sgd`, `build_optimizer`). The first is asked of whole names:
many are common words or short (`Tiger`, `PID`). The second also finds classes that nobody has listed.
"""

import re
from collections.abc import Iterator

from optimlint.knowledge.optimizer_class_names import NAMES

WORDS = (
    *("Optim", "AdaBelief", "AdaBound", "Adadelta", "Adafactor", "Adagrad", "Adam", "Adan", "LARS", "LBFGS", "Lamb"),
    *("Lion", "MADGRAD", "Muon", "NovoGrad", "Prodigy", "RMSprop", "Ranger", "Rprop", "SGD", "Shampoo", "Sophia"),
)
"""Parts of the names of optimizers, as classes write them."""
_ENDS = ("Adan", "LARS", "Lamb", "Lion")
"""Those that begin other words, too (`Lambda`): they end a word."""
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
PARAMETER_NAMES = (
    *("params", "parameters", "model_parameters", "model_params", "param_groups", "parameter_groups", "params_rref"),
)
"""What the argument is called by which an optimizer, or what makes one, is given parameters."""
MODULES = ("torch.optim", "bitsandbytes.optim", "timm.optim", "apex.optimizers", "torch_optimizer")
"""Modules that hold optimizers and hardly anything else."""

_WORD = re.compile("|".join(rf"{one}\b" if one in _ENDS else one for one in WORDS), re.IGNORECASE)
_OPT = re.compile(r"(^|[._])opt(_?cls|_?class|_?fn)?$|(^|_)opt(_|$)", re.IGNORECASE)
_PLACE = re.compile(r"optim|(^|[._])opt(_\w+)?$|_opt$", re.IGNORECASE)
_OTHER_PLACE = re.compile(r"sched|group|param", re.IGNORECASE)
_MAKES_NONE = re.compile(
    r"clip|ema\b|(^|[._])ema|swa|average|sched|scaler|count|norm_|warmup|lr_|log|save|load|freeze|zero_grad|print|"
    r"set_|num_|get_lr|grad|callback|isinstance|len$|register|check|assert|summary|state|param_groups|parameters|"
    r"stat|size|regular|loss|penalty|step$|update|prepare|filter|watch|copy|init_|to_vector|config|append|extend|reset",
    re.IGNORECASE,
)
_CLASS = re.compile(r"(?<!\w)[A-Z]\w+")
_ENCODED_CLASS = re.compile(rb"(?<!\w)[A-Z]\w+")
_ENCODED_ENDING = re.compile(rb"[A-Z]\w+")
"""The same words and the ends of others: found in a third of the time, for nothing is looked at before them."""
_ENCODED_NAMES = frozenset(name.encode() for name in NAMES)


def says_optimizer(name: str) -> bool:
    """Whether a name of any kind says that it is, makes or holds an optimizer: `adamw`, `make_sgd`, `self.optim`."""
    return name in NAMES or _WORD.search(name) is not None


def may_make_optimizer(name: str) -> bool:
    """Whether a function or class may make an optimizer, by its name: `build_optimizer`, `self.opt_class`."""
    return says_optimizer(name) or _OPT.search(name) is not None


def makes_none(name: str) -> bool:
    """Whether a function that is given parameters surely makes no optimizer, whatever else its name says:
    `clip_grad_norm_`, `save_optimizer_state`."""
    return _MAKES_NONE.search(name) is not None


def holds_optimizer(place: str) -> bool:
    """Whether a variable or attribute says that it holds an optimizer: `self.opt`, `optimizer_d`."""
    return _PLACE.search(place) is not None and not _OTHER_PLACE.search(place)


def is_optimizer_base(name: str) -> bool:
    """Whether a class of that name is one that optimizers inherit from: torch's own or another one's."""
    return name.endswith("Optimizer")


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
