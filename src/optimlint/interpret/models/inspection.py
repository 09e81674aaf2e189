"""Calls that only show what they are given: `print`, `len`, loggers."""

import re

from optimlint.interpret.frame import Frame
from optimlint.syntax import tree

INSPECTORS = {"print", "len", "isinstance", "type", "id", "repr", "str", "hasattr", "callable", "pprint", "format"}
_LOG_METHODS = {"debug", "info", "warning", "warn", "error", "critical", "exception", "log", "print", "write"}
_LOGGER = re.compile(
    r"(^|\.|_)(log|logger|logging|LOG|LOGGER|console|warnings|tqdm|stdout|stderr|rich|accelerator|rank_zero_\w+)$"
)


def prints(name: str) -> bool:
    """Whether a function prints, by its name; what begins with a capital is a class (`DAdaptAdamPreprint`)."""
    return "print" in name.lower() and not name[:1].isupper()


def is_logging(frame: Frame, func: tree.Attribute) -> bool:
    """Whether a method belongs to a logger."""
    if func.attr.value not in _LOG_METHODS:
        return prints(func.attr.value)
    return bool(_LOGGER.search(frame.world.layout.text(func.value).split("(")[0]))
