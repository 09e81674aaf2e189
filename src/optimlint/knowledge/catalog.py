"""The catalog of known optimizers, and of callables that take parameters, parameter groups or optimizers.

The data is in `optimizers_catalog.json`; each entry's `source` says where it comes from. It is loaded on the first
lookup, so sources that do not matter never pay for it.
"""

import json
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

_Entry = dict[str, str | float]
"""One entry of the file; its `about` explains the fields. Unknown fields are absent."""


@dataclass(frozen=True, slots=True)
class Optimizer:
    """A known optimizer class: its name, its parameter argument, and the group keys that it reads.

    `default_decay` is None if it varies (with a wrapped optimizer or a version) or if the class has no weight decay.
    `group_keys` is None if the keys are not known. `source` names the package and version that the entry was taken
    from.
    """

    qualified_name: str
    params_name: str
    params_position: int
    default_decay: float | None
    group_keys: frozenset[str] | None
    source: str
    has_weight_decay: bool | None = None
    """Whether the class has a weight decay at all; None where nobody knows."""
    parameters: tuple[str, ...] = ()
    """The constructor's arguments in the order in which they can be given by position; () where not known."""
    default_lr: float | None = None
    """The learning rate without an `lr` argument; None where one must be given or nobody knows."""

    @property
    def name(self) -> str:
        """The class's own name: `AdamW`."""
        return self.qualified_name.rpartition(".")[2]


class CallableKind(Enum):
    """What a known callable does with its argument."""

    WRAPPER = "wrapper"
    """An optimizer around an optimizer, or around an optimizer class that it constructs itself."""
    FACTORY = "factory"
    """Returns an optimizer."""
    GROUP_BUILDER = "group builder"
    """Returns parameter groups."""
    NAME_BUILDER = "name builder"
    """Returns full names of parameters."""
    CONSUMER = "consumer"
    """Takes parameters, groups or an optimizer and uses them."""
    SCHEDULER = "scheduler"


class Given(Enum):
    """What a known callable's argument is."""

    PARAMETERS = "parameters"
    """Parameters or parameter groups."""
    OPTIMIZER = "optimizer"
    MODEL = "model"
    MODEL_OR_PARAMETERS = "model or parameters"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class KnownCallable:
    """A function, or a class that is not an optimizer, that takes parameters, groups, a model or an optimizer.

    `argument` and `position` identify that argument; None if it has no fixed name or position.
    """

    qualified_name: str
    kind: CallableKind
    given: Given
    argument: str | None
    position: int | None
    source: str


@cache
def find_optimizer(qualified_name: str) -> Optimizer | None:
    """The optimizer class with that import path or alias, such as `torch.optim.AdamW` or `torch.optim.adamw.AdamW`."""
    entry = _by_name().get(qualified_name)
    if entry is None or entry["kind"] != "optimizer":
        return None
    return Optimizer(
        str(entry["name"]),
        params_name=str(entry["params"]),
        params_position=int(entry["position"]),
        default_decay=_number(entry, "decay"),
        group_keys=frozenset(_words(entry, "keys")) or None,
        source=str(entry["source"]),
        has_weight_decay=bool(entry["has_decay"]) if "has_decay" in entry else None,
        parameters=_words(entry, "parameters"),
        default_lr=_number(entry, "lr"),
    )


def find_wrapper(qualified_name: str) -> KnownCallable | None:
    """The wrapper of an optimizer with that name: `timm.optim.Lookahead`, `sam.SAM`, `ZeroRedundancyOptimizer`."""
    return _find(qualified_name, CallableKind.WRAPPER)


def find_factory(qualified_name: str) -> KnownCallable | None:
    """The function of that name that returns an optimizer: `timm.optim.create_optimizer_v2`."""
    return _find(qualified_name, CallableKind.FACTORY)


def find_group_builder(qualified_name: str) -> KnownCallable | None:
    """The function of that name that returns parameter groups: `timm.optim.param_groups_weight_decay`."""
    return _find(qualified_name, CallableKind.GROUP_BUILDER)


def find_name_builder(qualified_name: str) -> KnownCallable | None:
    """The function of that name that returns full parameter names:
    `transformers.trainer_pt_utils.get_parameter_names`."""
    return _find(qualified_name, CallableKind.NAME_BUILDER)


def find_consumer(qualified_name: str) -> KnownCallable | None:
    """The callable of that name that takes parameters, groups or an optimizer and uses them: `deepspeed.initialize`."""
    return _find(qualified_name, CallableKind.CONSUMER)


def _find(qualified_name: str, kind: CallableKind) -> KnownCallable | None:
    found = _known_callable(qualified_name)
    return found if found and found.kind is kind else None


@cache
def _known_callable(qualified_name: str) -> KnownCallable | None:
    entry = _by_name().get(qualified_name)
    if entry is None or entry["kind"] == "optimizer":
        return None
    return KnownCallable(
        str(entry["name"]),
        kind=CallableKind(entry["kind"]),
        given=Given(entry.get("takes", Given.ANYTHING.value)),
        argument=str(entry["params"]) if "params" in entry else None,
        position=int(entry["position"]) if "position" in entry else None,
        source=str(entry["source"]),
    )


@cache
def _by_name() -> dict[str, _Entry]:
    """The entries by every path under which they can be imported."""
    text = Path(__file__).with_name("optimizers_catalog.json").read_text("utf-8")
    entries: list[_Entry] = json.loads(text)["entries"]
    return {name: entry for entry in entries for name in (str(entry["name"]), *_words(entry, "aliases"))}


def _words(entry: _Entry, field: str) -> tuple[str, ...]:
    return tuple(str(entry.get(field, "")).split())


def _number(entry: _Entry, field: str) -> float | None:
    value = entry.get(field)
    return None if isinstance(value, str) else value
