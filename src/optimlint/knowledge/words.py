"""What names say: those of functions, attributes, lists and settings. One list of each kind.

A list that several views need is written once, and the views are made of it. Whether a name that says something is
enough is for whoever asks. What parameters are called stands in `parameter_names`.
"""

import re

from optimlint.knowledge.fragments import names_bias_or_norm

# What names of lists and settings say.

_DECAY = r"decay|(?:^|_)wd(?:_|$)"
_SAYS_DECAY = re.compile(rf"{_DECAY}|(?:^|_)l2(?:_|$)", re.IGNORECASE)
_SAYS_NO_DECAY = re.compile(rf"{_DECAY}|no_?reg|skip_?list|exclude", re.IGNORECASE)
_ABOUT_DECAY = re.compile(rf"{_DECAY}|weight|regul", re.IGNORECASE)
_SAYS_FOR_WHAT = re.compile(r"(?:^|_)(?:no|non|zero|without|lr|rate|ema|gamma)(?:_|$)", re.IGNORECASE)
_CONFIGURATION = re.compile(r"c(?:on)?f(?:i)?g|args|hparams|^hp$|opts?$|options|settings|kwargs|hyper", re.IGNORECASE)
_DATA = re.compile(r"(^|_)(tok|tokeni[sz]er|processor|config|cfg|metrics?|vocab|loss|criterion)(_|$)", re.IGNORECASE)


def says_decay(name: str) -> bool:
    """Whether a setting is a weight decay by its name, and not one for something in particular."""
    is_decay = _SAYS_DECAY.search(name) is not None
    return is_decay and not _SAYS_FOR_WHAT.search(name) and not names_bias_or_norm(name)


def says_no_decay(name: str) -> bool:
    """Whether a list of names is one of what does not decay, by its own name."""
    return _SAYS_NO_DECAY.search(name) is not None


def says_configuration(name: str) -> bool:
    """Whether a name says that it holds a configuration, and so neither groups nor a model."""
    return bool(name) and _CONFIGURATION.search(name) is not None


def says_data(name: str) -> bool:
    """Whether an attribute holds what data and settings need, whatever it is loaded by."""
    return _DATA.search(name) is not None


_NO_MODEL = re.compile(r"optim|(^|[._])opt\d*($|[._])|sched|scaler|warmup", re.IGNORECASE)


def says_no_model(name: str) -> bool:
    """Whether what has a state of its own is an optimizer, a scheduler or a scaler, by its name."""
    return _NO_MODEL.search(name) is not None


# What is not trained.

_FREEZES = re.compile(r"(?<!un)(?<!un_)freez|requires_?grad|grad_off|no_grad", re.IGNORECASE)
_ON_PURPOSE = re.compile(r"pooler|teacher|frozen|momentum|(^|_)(ema|fixed|target)(_|$)", re.IGNORECASE)
_LEFT = re.compile(r"no_?grad|froz|freez|un_?train|unused|(no|not|non|dont|never)_?(train|optim|updat)", re.IGNORECASE)
_SAID_SO = re.compile(
    r"\b(frozen|freez\w*|fixed|stays?|kept|untouched|untrained|excluded?|not? (be )?(train|updat|optimi)\w*"
    r"|n't (train|updat|optimi)\w*|(left|leave) out)\b",
    re.IGNORECASE,
)
_ADAPTERS = re.compile(r"lora|adapter|prompt|prefix|mask_score", re.IGNORECASE)


def says_freezing(name: str) -> bool:
    """Whether a function switches gradients off, by its name."""
    return _FREEZES.search(name) is not None


def says_untrained(name: str) -> bool:
    """Whether a part of a model is not meant to be trained, by its name."""
    return _ON_PURPOSE.search(name) is not None


def says_left_out(name: str) -> bool:
    """Whether a list is one of what is not trained, by its name; those that speak of the decay alone are not."""
    return _LEFT.search(name) is not None and not _ABOUT_DECAY.search(name)


def tells_of_leaving_out(text: str) -> bool:
    """Whether a comment says that something is not trained."""
    return _SAID_SO.search(text) is not None


def says_adapter(name: str) -> bool:
    """Whether a part is one that is trained alone, beside a model that is not."""
    return _ADAPTERS.search(name) is not None


# What functions are called.

LIST_FILLING = ("append", "extend", "insert", "add")
"""Methods that put something in a list or set."""
FILLING = (*LIST_FILLING, "update", "setdefault")
"""Methods that put something in a list or dict."""
LOOKING = ("get", "keys", "values", "items", "copy", "index", "count")
"""Methods that take something out of a list or dict and leave it as it is."""
ENTRY_POINTS = frozenset(
    {
        *("forward", "__call__", "training_step", "shared_step", "_step", "step", "compute_loss", "loss", "predict"),
        *("encode", "decode", "generate", "call", "_forward", "forward_train", "train_step", "calculate_loss"),
    }
)
"""Methods of a model by which a training step runs it."""
GRADIENT_SWITCHES = ("no_grad", "inference_mode", "set_grad_enabled")
"""What switches gradients off, whoever wraps it: `maybe_no_grad` is one, too."""
DETACHING = frozenset({"detach", "detach_", "numpy", "item", "tolist"})
"""Methods of a tensor whose results carry no gradient."""
WITHOUT_GRADIENT = frozenset(
    {
        *("data", "device", "dtype", "shape", "ndim", "requires_grad", "is_cuda", "grad", "training", "config"),
        *("eval", "train", "parameters", "named_parameters", "buffers", "state_dict", "load_state_dict"),
        *("zero_grad", "requires_grad_", "size", "dim", "numel"),
    }
)
"""What of a module or a tensor carries no gradient."""
NUMBERS = frozenset({"float", "int", "isinstance", "len", "list", "max", "min", "print", "range", "str"})
"""Calls of Python that no module is an argument of."""
FIELD_DECORATORS = frozenset({"dataclass", "define", "frozen", "attrs", "s"})
"""The decorators that write an `__init__` of a class's fields."""
_HOOKS = re.compile(
    r"configure_optimizers|create_optimizer\w*|get_optimizer\w*|build_optimizer\w*|get_parameter_groups"
    r"|get_param_groups|param_groups|optimizer_grouped_parameters|get_optimizer_params\w*|get_optim\w*|setup|train|fit"
    r"|main|forward|param_splitter|splitter"
)


def is_hook(name: str) -> bool:
    """Whether a method is one that frameworks call by its name."""
    return _HOOKS.fullmatch(name) is not None


# What packages are called.

TORCH = "torch"
MODEL_PACKAGES = (TORCH, "torchvision", "transformers", "timm")
"""Packages whose classes no repository shows."""
LIBRARIES = frozenset((*MODEL_PACKAGES, "numpy", "os", "sys", "math", "random", "re"))
"""Packages that no repository defines, whatever its folders are called."""
MODULE_PACKAGES = (*MODEL_PACKAGES, "lightning", "pytorch_lightning", "torch_geometric")
"""Packages whose modules are torch's."""
FOREIGN_FRAMEWORKS = frozenset(
    {
        *("tensorflow", "tensorflow_addons", "keras", "tf_keras", "jax", "flax", "optax", "haiku", "equinox", "mxnet"),
        *("paddle", "mindspore", "jittor", "oneflow"),
    }
)
"""Packages whose modules are none of torch's, and whose objects hold no groups: a file that imports one of them, and
not torch, reads none."""
