"""Recognize calls that construct an optimizer, by the class, its name, or the arguments."""

import re
from functools import lru_cache

from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect
from optimlint.interpret.models.contents import is_group_collection, is_group_mapping, parts_of
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    ClassValue,
    Entity,
    Mapping,
    OptimizerClass,
    Sequence,
    Stream,
    Value,
)
from optimlint.knowledge.catalog import Given, find_consumer, find_factory, find_optimizer, find_wrapper
from optimlint.knowledge.optimizer_words import PARAMETER_NAMES as PARAMETER_NAMES
from optimlint.knowledge.optimizer_words import holds_optimizer, is_optimizer_base, makes_none, may_make_optimizer
from optimlint.syntax import tree


def is_optimizer_class(frame: Frame, value: Value) -> bool:
    """Whether a value is certainly an optimizer class: of the catalog, of torch, of the options, of this source, or one
    of a known choice."""
    match value:
        case OptimizerClass():
            return True
        case Entity(qualified_name=str(name)):
            return (
                find_optimizer(name) is not None
                or _is_torch_optimizer(name)
                or _is_given_parameters(name)
                or name in frame.world.options.optimizers
            )
        case ClassValue():
            return inherits_optimizer(value)
        case _:
            return False


def _is_torch_optimizer(name: str) -> bool:
    module, _, last = name.rpartition(".")
    return (module == "torch.optim" and last[:1].isupper() and last not in ("Optimizer",)) or bool(
        re.fullmatch(r"torch\.optim\.[a-z]\w*\.[A-Z]\w*", name)
        and "lr_scheduler" not in name
        and "swa_utils" not in name
    )


def _is_given_parameters(name: str) -> bool:
    """Whether a name is a wrapper or factory of the catalog that may be passed parameters."""
    known = find_wrapper(name) or find_factory(name)
    return known is not None and known.given in (Given.PARAMETERS, Given.MODEL_OR_PARAMETERS)


def inherits_optimizer(value: ClassValue, depth: int = 0) -> bool:
    """Whether a class of this source inherits from an optimizer."""
    for base in value.bases:
        if isinstance(base, ClassValue) and depth < 10 and inherits_optimizer(base, depth + 1):
            return True
        if isinstance(base, Entity):
            name = base.qualified_name or base.text
            if find_optimizer(name) is not None or name in ("torch.optim.Optimizer", "torch.optim.optimizer.Optimizer"):
                return True
            if is_optimizer_base(name):
                return True
    return False


def looks_like_optimizer(frame: Frame, state: State, node: tree.Call, callee: Value) -> bool:
    """Whether a call of an unknown function is passed parameters, and its name or that of its target suggests an
    optimizer."""
    if not isinstance(callee, Entity) or inside_optimizer(frame):
        return False
    code = frame.world.layout.code(node.func)
    name = callee.qualified_name or code
    last = name.rpartition(".")[2]
    if find_consumer(name) is not None and name.rpartition(".")[2] in ("initialize", "instantiate"):
        return _given_parameters(frame, state, node, only_keywords=True)
    says = _says_optimizer(last) or (not code.startswith("self.") and _says_optimizer(code))
    if code.startswith("super("):
        return False
    if not says and not _target_says_optimizer(frame, node):
        return False
    if makes_none(last):
        return False
    return _given_parameters(frame, state, node, only_keywords=False)


@lru_cache(maxsize=4096)
def _says_optimizer(code: str) -> bool:
    return may_make_optimizer(code)


def inside_optimizer(frame: Frame) -> bool:
    """Whether the code is in an optimizer class."""
    return frame.class_value is not None and inherits_optimizer(frame.class_value)


def _target_says_optimizer(frame: Frame, node: tree.Call) -> bool:
    target = frame.world.targets.get(node)
    return target is not None and holds_optimizer(target)


def _given_parameters(frame: Frame, state: State, node: tree.Call, only_keywords: bool) -> bool:
    for index, argument in enumerate(node.args):
        keyword = argument.keyword.value if argument.keyword is not None else None
        if keyword is None and (only_keywords or index > 1):
            continue
        if keyword is not None and keyword not in PARAMETER_NAMES:
            continue
        if not isinstance(
            argument.value, tree.Name | tree.Call | tree.List | tree.ListComp | tree.GeneratorExp | tree.Attribute
        ):
            continue
        for value in evaluate(frame, state.copy(), argument.value):
            if _is_parameters(value):
                return True
    return False


def _is_parameters(value: Value) -> bool:
    match value:
        case Stream(what=Aspect.PARAMETER | Aspect.PAIR):
            return True
        case Sequence():
            return is_group_collection(value) or any(part.owner is not None for part in parts_of((value,))[0])
        case Mapping():
            return is_group_mapping(value)
        case _:
            return False
