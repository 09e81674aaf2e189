"""Whether a name refers to an optimizer, a function that makes one, a variable that holds one, or a base class."""

import re

from optimlint.knowledge.optimizer_class_names import NAMES
from optimlint.knowledge.optimizers import WORDS

PARAMETER_NAMES = (
    *("params", "parameters", "model_parameters", "model_params", "param_groups", "parameter_groups", "params_rref"),
)
"""Names of the argument that takes the parameters of an optimizer or a factory."""
MODULES = ("torch.optim", "bitsandbytes.optim", "timm.optim", "apex.optimizers", "torch_optimizer")
"""Modules that define almost only optimizers."""

_ENDS = ("Adan", "LARS", "Lamb", "Lion")
"""Words that also start other words (`Lambda`), so they must end a word."""

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


def says_optimizer(name: str) -> bool:
    """Whether a name refers to an optimizer in any way: `adamw`, `make_sgd`, `self.optim`."""
    return name in NAMES or _WORD.search(name) is not None


def may_make_optimizer(name: str) -> bool:
    """Whether a function or class may return an optimizer, by its name: `build_optimizer`, `self.opt_class`."""
    return says_optimizer(name) or _OPT.search(name) is not None


def makes_none(name: str) -> bool:
    """Whether a function that takes parameters certainly returns no optimizer, by its name: `clip_grad_norm_`,
    `save_optimizer_state`."""
    return _MAKES_NONE.search(name) is not None


def holds_optimizer(place: str) -> bool:
    """Whether a variable or attribute holds an optimizer, by its name: `self.opt`, `optimizer_d`."""
    return _PLACE.search(place) is not None and not _OTHER_PLACE.search(place)


def is_optimizer_base(name: str) -> bool:
    """Whether a base class of that name is an optimizer class, torch's own or another."""
    return name.endswith("Optimizer")
