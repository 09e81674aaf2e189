"""The known optimizers, and what else is given parameters, groups or optimizers.

The data is `optimizers_catalog.json`, obtained as each entry's `source` says. It is read when the first name is looked
up: a source in which nothing can matter never pays for it.
"""

import json
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

_Entry = dict[str, str | float]
"""One line of the file; its `about` says what the fields mean. What is not known is left out."""


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer class: what it is called, where its parameters go, what it reads from a group.

    `default_decay` is None where it depends (on a wrapped optimizer, a version) or where the class has no decay.
    `group_keys` is None where the keys are not known. `source` names package and version the facts were taken from.
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
    """What a known callable does with what it is given."""

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
    """A class or function that is no optimizer class and is given parameters, groups, a model or an optimizer.

    `argument` and `position` say where; None where that argument has no fixed name or place.
    """

    qualified_name: str
    kind: CallableKind
    given: Given
    argument: str | None
    position: int | None
    source: str


@cache
def find_optimizer(qualified_name: str) -> Optimizer | None:
    """The optimizer class of that import path or alias, as `torch.optim.AdamW` or `torch.optim.adamw.AdamW`."""
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
    """An optimizer around another: `timm.optim.Lookahead`, `sam.SAM`, `ZeroRedundancyOptimizer`."""
    return _find(qualified_name, CallableKind.WRAPPER)


def find_factory(qualified_name: str) -> KnownCallable | None:
    """A function that returns an optimizer: `timm.optim.create_optimizer_v2`."""
    return _find(qualified_name, CallableKind.FACTORY)


def find_group_builder(qualified_name: str) -> KnownCallable | None:
    """A function that returns parameter groups: `timm.optim.param_groups_weight_decay`."""
    return _find(qualified_name, CallableKind.GROUP_BUILDER)


def find_name_builder(qualified_name: str) -> KnownCallable | None:
    """A function that returns full parameter names: `transformers.trainer_pt_utils.get_parameter_names`."""
    return _find(qualified_name, CallableKind.NAME_BUILDER)


def find_consumer(qualified_name: str) -> KnownCallable | None:
    """A callable that takes parameters, groups or an optimizer to use them: `deepspeed.initialize`."""
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
    """The entries by all paths under which they can be imported."""
    text = Path(__file__).with_name("optimizers_catalog.json").read_text("utf-8")
    entries: list[_Entry] = json.loads(text)["entries"]
    return {name: entry for entry in entries for name in (str(entry["name"]), *_words(entry, "aliases"))}


def _words(entry: _Entry, field: str) -> tuple[str, ...]:
    return tuple(str(entry.get(field, "")).split())


def _number(entry: _Entry, field: str) -> float | None:
    value = entry.get(field)
    return None if isinstance(value, str) else value
