"""Names of learning-rate schedulers in libraries, and which of them start from a rate of 0."""

import re

LOOKED_AT = frozenset(
    {"get_last_lr", "get_lr", "state_dict", "load_state_dict", "last_epoch", "base_lrs", "print_lr", "optimizer"}
)
"""Attributes of a scheduler that say where it is, and move it nowhere."""
SHOWING = frozenset({"print", "len", "isinstance", "type", "repr", "str", "id"})
"""Functions that only look at what they are given."""
NAMES = r"\w*(?:LR|Plateau|WarmRestarts|Schedule|_schedule\w*|get_scheduler)"
"""The names of scheduler classes, and of functions that make one."""
RATE_OF_ALL = {
    "torch.optim.lr_scheduler.OneCycleLR": ("max_lr", 1),
    "torch.optim.lr_scheduler.CyclicLR": ("max_lr", 2),
    "torch.optim.swa_utils.SWALR": ("swa_lr", 1),
}
"""Schedulers that set the rate of all groups to what they are given, and the argument that it is: name and place."""
_NAMED = re.compile(NAMES)
_PACKAGES = ("torch.optim.lr_scheduler.", "transformers.", "pytorch_transformers.", "diffusers.")
_CONSTANT = frozenset({"get_constant_schedule", "ConstantLRSchedule"})
_WARM_UPS = re.compile(r"with_(?:\w+_)?warmup|Warmup")


def is_named_scheduler(name: str) -> bool:
    """Whether the last name of a class or function says that it makes a scheduler."""
    return _NAMED.fullmatch(name) is not None


def is_scheduler(qualified_name: str) -> bool:
    """Whether what imports resolve to is a scheduler of torch or transformers that changes a rate."""
    last = qualified_name.rpartition(".")[2]
    return qualified_name.startswith(_PACKAGES) and is_named_scheduler(last) and last not in _CONSTANT


def warms_up_from_zero(qualified_name: str) -> bool:
    """Whether the rate is 0 at the first step, where there is a warm-up."""
    return _WARM_UPS.search(qualified_name.rpartition(".")[2]) is not None
