"""Names used in training code: schedulers, loss scalers, frameworks, and calls that do not affect a model."""

import re

CLIPS = frozenset(("clip_grad_norm_", "clip_grad_value_", "clip_grad_norm"))
"""torch's gradient clipping functions; engines have methods of the same names."""

_SCHEDULER = re.compile(r"sched|lr_?(?:step|decay|warm)|warm_?up|cosine", re.IGNORECASE)
_OPTIMIZER = re.compile(r"(^|[._])opt(?![a-z])|(?<![a-z])opts?\b|(^|[._])optims?\b", re.IGNORECASE)
_SCALER = re.compile(r"scaler|(^|[._])amp($|[._])", re.IGNORECASE)
_ENGINE = re.compile(r"accelerat|engine|fabric|optim|trainer|deepspeed|strategy|scaler|runner|learner", re.IGNORECASE)
_LIBRARIES = frozenset((
    "torch", "torchvision", "torchaudio", "torchmetrics", "numpy", "np", "pandas", "matplotlib", "plt", "sklearn",
    "scipy", "wandb", "tqdm", "os", "sys", "time", "math", "random", "logging", "json", "pickle", "shutil", "copy",
    "collections", "itertools", "functools", "pathlib", "datetime", "gc", "warnings", "re", "csv", "argparse",
    "cv2", "PIL", "einops", "seaborn", "tensorboardX", "mlflow", "neptune", "transformers", "tokenizers",
    "datasets", "evaluate", "nltk", "typing", "dataclasses", "subprocess", "torchsummary", "torchinfo", "thop",
    "fvcore", "apex", "yaml", "joblib",
))  # fmt: skip
"""Packages whose functions never change the mode or gradients of a model."""
_CHANGING = re.compile(r"zero_grad|no_decay|accelerator|prepare|initialize")
_BUILTIN = frozenset((
    "print", "len", "isinstance", "type", "id", "repr", "str", "hasattr", "callable", "getattr", "setattr", "super",
    "list", "tuple", "dict", "set", "zip", "map", "filter", "enumerate", "range", "sum", "max", "min", "abs",
    "round", "sorted", "reversed", "any", "all", "int", "float", "bool", "iter", "next", "vars", "dir", "open",
    "format",
))  # fmt: skip
_MODULE_METHODS = frozenset((
    "parameters", "named_parameters", "children", "named_children", "modules", "named_modules", "buffers",
    "named_buffers", "state_dict", "to", "cuda", "cpu", "half", "float", "double", "register_buffer",
    "register_parameter", "add_module", "apply", "forward", "load_state_dict", "requires_grad_", "extra_repr",
    "register_forward_hook", "log", "log_dict", "print", "save_hyperparameters", "get_submodule",
))  # fmt: skip
"""`nn.Module` methods that change neither mode nor gradients."""
_MODE_METHOD = re.compile(
    r"(?<!pre)train(?!able)|fit|mode|eval|test|valid|learn|optimi[sz]|update|zero|reset|step|run|loop|epoch|set_|enable|disable|freeze",
    re.IGNORECASE,
)
_KEEPS = re.compile(r"^_?(?:save|dump|store|unwrap|count|print|log|accumulate|no_sync)(?:_|$|[A-Z])")
"""Names of functions that save, count or unwrap their arguments."""
_WATCHES = re.compile(r"early_?stop|check_?point|saver|logger|writer", re.IGNORECASE)
"""Names of objects that only observe and save a model."""
_LOSS = re.compile(r"loss|crit|metric|accura|meter|objective|augment|\(|^(?:int|float|str)$", re.IGNORECASE)


def computes_loss(name: str) -> bool:
    """Whether a callee is not a model, by its name: a loss, a metric, or the result of another call."""
    return _LOSS.search(name) is not None


def says_scheduler(name: str) -> bool:
    """Whether a name refers to a learning-rate scheduler."""
    return _SCHEDULER.search(name) is not None


def may_be_optimizer(code: str) -> bool:
    """Whether a short name refers to an optimizer: `opt`, `self.opt_g`, `optim`."""
    return _OPTIMIZER.search(code) is not None


def says_scaler(name: str) -> bool:
    """Whether a name refers to a loss scaler."""
    return _SCALER.search(name) is not None


def runs_the_loop(name: str) -> bool:
    """Whether a name refers to a framework's engine, which steps and zeroes gradients in its own way."""
    return _ENGINE.search(name) is not None


def is_harmless(name: str, *, is_imported: bool) -> bool:
    """Whether a function leaves the mode and gradients of its arguments unchanged: a function of a known library, a
    builtin, or one that only saves or logs by its name."""
    if _KEEPS.search(name.rpartition(".")[2]):
        return True
    if is_imported:
        return name.split(".")[0] in _LIBRARIES and _CHANGING.search(name) is None
    return name in _BUILTIN


def only_watches(code: str) -> bool:
    """Whether a callee only observes and saves a model, by its name: `early_stopping`, `checkpoint.save`."""
    return _WATCHES.search(code) is not None


def is_library(module: str) -> bool:
    """Whether a module belongs to a library whose functions do not affect models."""
    return module.split(".")[0] in _LIBRARIES


def is_module_method(name: str) -> bool:
    """Whether an inherited method is one of `nn.Module` that does not affect training."""
    return name in _MODULE_METHODS


def may_change_mode(name: str) -> bool:
    """Whether a method of an unknown object may change modes or gradients, by its name."""
    return _MODE_METHOD.search(name) is not None
