"""What names of functions, attributes, lists and settings suggest. One word list per meaning.

A list that several functions need is written once. Whether a name alone is enough evidence is decided by the caller.
Parts of parameter names are in `parameter_names`.
"""

import re

from optimlint.knowledge.fragments import names_bias_or_norm

# Names of lists and settings.

_DECAY = r"decay|(?:^|_)wd(?:_|$)"
_SAYS_DECAY = re.compile(rf"{_DECAY}|(?:^|_)l2(?:_|$)", re.IGNORECASE)
_SAYS_NO_DECAY = re.compile(rf"{_DECAY}|no_?reg|skip_?list|exclude", re.IGNORECASE)
_ABOUT_DECAY = re.compile(rf"{_DECAY}|weight|regul", re.IGNORECASE)
_SAYS_FOR_WHAT = re.compile(r"(?:^|_)(?:no|non|zero|without|lr|rate|ema|gamma)(?:_|$)", re.IGNORECASE)
_CONFIGURATION = re.compile(r"c(?:on)?f(?:i)?g|args|hparams|^hp$|opts?$|options|settings|kwargs|hyper", re.IGNORECASE)
_DATA = re.compile(r"(^|_)(tok|tokeni[sz]er|processor|config|cfg|metrics?|vocab|loss|criterion)(_|$)", re.IGNORECASE)


def says_decay(name: str) -> bool:
    """Whether a setting is a general weight decay, by its name."""
    is_decay = _SAYS_DECAY.search(name) is not None
    return is_decay and not _SAYS_FOR_WHAT.search(name) and not names_bias_or_norm(name)


def says_no_decay(name: str) -> bool:
    """Whether a list is a no-decay list, by its name."""
    return _SAYS_NO_DECAY.search(name) is not None


def says_configuration(name: str) -> bool:
    """Whether a name refers to a configuration, and so neither to groups nor to a model."""
    return bool(name) and _CONFIGURATION.search(name) is not None


def says_data(name: str) -> bool:
    """Whether an attribute holds data or settings rather than a model, by its name."""
    return _DATA.search(name) is not None


_NO_MODEL = re.compile(r"optim|(^|[._])opt\d*($|[._])|sched|scaler|warmup", re.IGNORECASE)


def says_no_model(name: str) -> bool:
    """Whether an object with a state dict is an optimizer, scheduler or scaler, by its name."""
    return _NO_MODEL.search(name) is not None


# Names of what is not trained.

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
    """Whether a function disables gradients, by its name."""
    return _FREEZES.search(name) is not None


def says_untrained(name: str) -> bool:
    """Whether a part of a model is deliberately not trained, by its name."""
    return _ON_PURPOSE.search(name) is not None


def says_left_out(name: str) -> bool:
    """Whether a list holds what is not trained, by its name. Lists that concern only weight decay do not count."""
    return _LEFT.search(name) is not None and not _ABOUT_DECAY.search(name)


def tells_of_leaving_out(text: str) -> bool:
    """Whether a comment says that something is not trained."""
    return _SAID_SO.search(text) is not None


def says_adapter(name: str) -> bool:
    """Whether a part is trained alone on top of a frozen model, by its name."""
    return _ADAPTERS.search(name) is not None


# Names of functions.

LIST_FILLING = ("append", "extend", "insert", "add")
"""Methods that add to a list or set."""
FILLING = (*LIST_FILLING, "update", "setdefault")
"""Methods that add to a list or dict."""
LOOKING = ("get", "keys", "values", "items", "copy", "index", "count")
"""Methods that read a list or dict without changing it."""
ENTRY_POINTS = frozenset(
    {
        *("forward", "__call__", "training_step", "shared_step", "_step", "step", "compute_loss", "loss", "predict"),
        *("encode", "decode", "generate", "call", "_forward", "forward_train", "train_step", "calculate_loss"),
    }
)
"""Model methods that a training step may call to run the model."""
GRADIENT_SWITCHES = ("no_grad", "inference_mode", "set_grad_enabled")
"""Functions that disable gradients. Wrappers that contain the name count: `maybe_no_grad`."""
DETACHING = frozenset({"detach", "detach_", "numpy", "item", "tolist"})
"""Methods of a tensor whose results carry no gradient."""
WITHOUT_GRADIENT = frozenset(
    {
        *("data", "device", "dtype", "shape", "ndim", "requires_grad", "is_cuda", "grad", "training", "config"),
        *("eval", "train", "parameters", "named_parameters", "buffers", "state_dict", "load_state_dict"),
        *("zero_grad", "requires_grad_", "size", "dim", "numel"),
    }
)
"""Attributes and methods of a module or tensor whose values carry no gradient."""
NUMBERS = frozenset({"float", "int", "isinstance", "len", "list", "max", "min", "print", "range", "str"})
"""Builtins that are never called with a module."""
FIELD_DECORATORS = frozenset({"dataclass", "define", "frozen", "attrs", "s"})
"""Decorators that generate `__init__` from a class's fields."""
_HOOKS = re.compile(
    r"configure_optimizers|create_optimizer\w*|get_optimizer\w*|build_optimizer\w*|get_parameter_groups"
    r"|get_param_groups|param_groups|optimizer_grouped_parameters|get_optimizer_params\w*|get_optim\w*|setup|train|fit"
    r"|main|forward|param_splitter|splitter"
)


def is_hook(name: str) -> bool:
    """Whether a method is called by frameworks, by its name."""
    return _HOOKS.fullmatch(name) is not None


# Names of packages.

TORCH = "torch"
MODEL_PACKAGES = (TORCH, "torchvision", "transformers", "timm")
"""Packages that define models; their source is not part of the repository."""
LIBRARIES = frozenset((*MODEL_PACKAGES, "numpy", "os", "sys", "math", "random", "re"))
"""Packages that are never resolved to folders of the repository."""
MODULE_PACKAGES = (*MODEL_PACKAGES, "lightning", "pytorch_lightning", "torch_geometric")
"""Packages whose modules are torch modules."""
FOREIGN_FRAMEWORKS = frozenset(
    {
        *("tensorflow", "tensorflow_addons", "keras", "tf_keras", "jax", "flax", "optax", "haiku", "equinox", "mxnet"),
        *("paddle", "mindspore", "jittor", "oneflow"),
    }
)
"""Frameworks other than torch. A file that imports one of them and not torch reads no parameter groups."""
