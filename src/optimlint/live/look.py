"""Convert live objects to values. Only this module accesses tensors, and it does not read their data."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeGuard, TypeVar

from optimlint.knowledge.fragments import names_norm
from optimlint.knowledge.parameter_names import BIAS
from optimlint.live.problems import problems
from optimlint.live.protocols import HasModules, ModelLike, OptimizerLike, TensorLike
from optimlint.live.values import Group, LiveOptimizer, Parameter, Problem, ProblemKind, Role, Value
from optimlint.live.view import Report

_WRAPPERS = frozenset({"_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"})
"""The parts that `torch.compile`, FSDP and checkpointing add to the parameter names of a model that they wrap."""
_BIAS_NAME = re.compile(rf"(?:^|_){BIAS}(?:_|$)")
_LONGEST_TEXT = 60
"""The most characters of a setting that is not a number."""
_DEEPEST = 5
"""The most nested wrappers around an optimizer or a model that are removed."""

Optimizers = OptimizerLike | Iterable[OptimizerLike] | Mapping[str, OptimizerLike]
Models = ModelLike | Iterable[ModelLike] | Mapping[str, ModelLike]
_Kind = TypeVar("_Kind")


def report(optimizers: Optimizers, models: Models = ()) -> Report:
    """A report on the contents of the optimizers and the problems with them.

    Each argument is one object, several objects, or a mapping from names to objects. Without models, parameters have no
    names, and missing parameters cannot be found. Raises TypeError for other arguments.
    """
    owners = _named(models, _is_model, "a model, with `named_parameters`")
    known = _known(owners)
    seen = _Seen(known)
    made = tuple(
        _optimizer(one, place, seen)
        for place, one in _named(optimizers, _is_optimizer, "an optimizer, with `param_groups`").items()
    )
    trainable = tuple(one for one in known.values() if one.is_trainable)
    classes = tuple(type(_unwrapped(model, "_orig_mod")).__name__ for model in owners.values())
    return Report(made, classes, trainable, problems(made, trainable, has_models=bool(owners)))


def check(optimizers: Optimizers, models: Models = (), ignore: Collection[ProblemKind | str] = ()) -> list[Problem]:
    """The problems with the contents of the optimizers, without those of the kinds in `ignore`. The arguments are those
    of `report`."""
    ignored = {ProblemKind(kind) for kind in ignore}
    return [one for one in report(optimizers, models).problems if one.kind not in ignored]


def _is_optimizer(given: object) -> TypeGuard[OptimizerLike]:
    return isinstance(given, OptimizerLike)


def _is_model(given: object) -> TypeGuard[ModelLike]:
    return isinstance(given, ModelLike)


def _named(given: object, is_kind: Callable[[object], TypeGuard[_Kind]], wanted: str) -> dict[str, _Kind]:
    """The objects by name: the mapping's key, or the class name if there are several, or "" for a single one. The
    object itself is tested first, because a module may be iterable."""
    if is_kind(given):
        return {"": given}
    if isinstance(given, Mapping):
        named = {str(name): one for name, one in given.items()}
    elif isinstance(given, Iterable):
        several = list(given)
        names = [type(one).__name__ for one in several]
        counted = Counter(names)
        numbered = [f"{name}[{index}]" if counted[name] > 1 else name for index, name in enumerate(names)]
        named = {"": several[0]} if len(several) == 1 else dict(zip(numbered, several, strict=True))
    else:
        raise TypeError(f"expected {wanted}, not {type(given).__name__}")
    found: dict[str, _Kind] = {}
    for name, one in named.items():
        if not is_kind(one):
            raise TypeError(f"expected {wanted}, not {type(one).__name__}")
        found[name] = one
    return found


def _known(models: Mapping[str, ModelLike]) -> dict[int, Parameter]:
    """The parameters of the models by the identity of their tensors. If a tensor has several names, the first is
    used."""
    known: dict[int, Parameter] = {}
    for place, model in models.items():
        norms = _norm_modules(model)
        for written, tensor in model.named_parameters():
            if id(tensor) not in known:
                module, _, leaf = written.rpartition(".")
                role = _role(module, leaf, tensor, is_norm=module in norms)
                name = _without_wrappers(f"{place}.{written}" if place else written)
                known[id(tensor)] = _parameter(len(known), name, tensor, role)
    return known


class _Seen:
    """The tensors of a report: those of the models, and others found in optimizers."""

    def __init__(self, known: Mapping[int, Parameter]) -> None:
        self._of_models = known
        self._others: dict[int, Parameter] = {}

    def parameter(self, tensor: TensorLike, name: str | None) -> Parameter:
        """The parameter for a tensor. `name` is the name in its group, used for a tensor that no model has."""
        if (found := self._of_models.get(id(tensor)) or self._others.get(id(tensor))) is None:
            module, _, leaf = (name or "").rpartition(".")
            role = _role(module, leaf, tensor, is_norm=False)
            key = len(self._of_models) + len(self._others)
            found = replace(_parameter(key, name and _plain(name), tensor, role), is_foreign=True)
            self._others[id(tensor)] = found
        return found


def _parameter(key: int, name: str | None, tensor: TensorLike, role: Role) -> Parameter:
    has_gradient = getattr(tensor, "grad", None) is not None
    return Parameter(key, name, _shape(tensor), bool(tensor.requires_grad), has_gradient, role)


def _shape(tensor: TensorLike) -> tuple[int, ...]:
    """The shape of a tensor; (0,) for a lazy parameter that has none yet."""
    try:
        return tuple(int(size) for size in tensor.shape)
    except (RuntimeError, ValueError):
        return (0,)


def _norm_modules(model: ModelLike) -> frozenset[str]:
    if not isinstance(model, HasModules):
        return frozenset()
    return frozenset(name for name, module in model.named_modules() if "norm" in type(module).__name__.lower())


def _role(module: str, leaf: str, tensor: TensorLike, *, is_norm: bool) -> Role:
    """The role of a parameter for weight decay. Biases and norms have at most one dimension; a table of position biases
    is a weight."""
    if len(_shape(tensor)) > 1:
        return Role.OTHER
    if is_norm or names_norm(module.rpartition(".")[2]):
        return Role.NORM
    return Role.BIAS if _BIAS_NAME.search(leaf) else Role.OTHER


def _without_wrappers(name: str) -> str:
    return _plain(".".join(part for part in name.split(".") if part not in _WRAPPERS))


def _plain(text: str) -> str:
    """The text with all non-printable characters escaped, so that it cannot control a terminal."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def _optimizer(optimizer: OptimizerLike, place: str, seen: _Seen) -> LiveOptimizer:
    inner = _unwrapped(optimizer, "optimizer")
    defaults = getattr(inner, "defaults", None)
    keys = frozenset(map(str, defaults)) if isinstance(defaults, Mapping) and defaults else None
    groups = tuple(_group(index, group, seen) for index, group in enumerate(optimizer.param_groups))
    return LiveOptimizer(type(inner).__name__, place, groups, keys)


def _unwrapped(given: object, attribute: str) -> object:
    """The optimizer or model inside a wrapper, such as those of Accelerate and Apex; the object itself if there is
    none."""
    for _ in range(_DEEPEST):
        inner = getattr(given, attribute, None)
        if not isinstance(inner, OptimizerLike | ModelLike):
            break
        given = inner
    return given


def _group(index: int, group: Mapping[str, object], seen: _Seen) -> Group:
    tensors = group["params"]
    names = group.get("param_names")
    assert isinstance(tensors, Iterable)
    listed = list(tensors)
    named = list(names) if isinstance(names, list | tuple) and len(names) == len(listed) else [None] * len(listed)
    parameters = tuple(seen.parameter(tensor, name) for tensor, name in zip(listed, named, strict=True))
    settings = tuple(
        (_plain(str(key)), _value(value)) for key, value in group.items() if key not in ("params", "param_names")
    )
    return Group(index, parameters, settings)


def _value(value: object) -> Value:
    """A setting as a plain value. A tensor with one number, such as a learning rate, becomes that number."""
    if value is None or isinstance(value, bool | int | float):
        return value
    item = getattr(value, "item", None)
    if callable(item):
        try:
            number = item()
        except (RuntimeError, ValueError):  # More than one number, or none on this device.
            number = None
        if isinstance(number, bool | int | float):
            return number
    text = _plain(value if isinstance(value, str) else " ".join(repr(value).split()))
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
