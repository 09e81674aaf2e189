"""What makes code and values worth following: the marks in a function's text, and the values whose uses matter."""

import re

from optimlint.interpret.values import (
    Constant,
    Element,
    Mapping,
    OptimizerValue,
    Sequence,
    Stream,
    Values,
)
from optimlint.knowledge.fragments import may_name_bias_or_norm
from optimlint.knowledge.optimizers import WORDS

MARKS = re.compile(
    r"(?:parameters|modules)\(|[\"']params[\"']|params\s*=|param_group|decay|requires_grad|nn\.Module"
    rf"|(?:^|[:;])[ \t]*(?:nonlocal|global)[ \t]+\w|optim|{'|'.join(WORDS)}",
    re.MULTILINE,
)
"""What makes a function worth reading: it mentions parameters, groups or optimizers."""


def has_groups(values: Values) -> bool:
    """Whether one of the values is followed and not an optimizer."""
    return any(is_followed(one) and not isinstance(one, OptimizerValue) for one in values)


def is_followed(value: object) -> bool:
    """Whether uses of a value matter: parameters, groups, name fragments, an optimizer."""
    match value:
        case Stream() | OptimizerValue():
            return True
        case Mapping(entries=entries):
            return "params" in entries
        case Sequence(items=items):
            return any(_is_followed_inside(one) for item in items.values() for one in item.values)
        case _:
            return False


def _is_followed_inside(value: object) -> bool:
    match value:
        case Constant(value=str(text)):
            return may_name_bias_or_norm(text)
        case Element() | Stream():
            return True
        case Mapping(entries=entries):
            return "params" in entries
        case Sequence(items=items):
            return any(isinstance(one, Element | Stream | Mapping) for item in items.values() for one in item.values)
        case _:
            return False
