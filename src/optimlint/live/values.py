"""What was seen, as frozen values: a report holds no tensor and keeps no model alive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from math import prod
from typing import Protocol

Value = bool | int | float | str | None
"""The value of a group's setting; what is none of these is shown as its text."""


class Role(Enum):
    """What a parameter is to weight decay."""

    BIAS = "bias"
    NORM = "norm"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A tensor that an optimizer or a model holds.

    `name` is None where no model has it. `key` tells tensors of one report apart: two entries with one key are the same
    tensor.
    """

    key: int
    name: str | None
    shape: tuple[int, ...]
    is_trainable: bool = True
    has_gradient: bool = False
    role: Role = Role.OTHER
    is_foreign: bool = False
    """No model that was given has it."""

    @property
    def scalars(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Group:
    """One of `param_groups`: its tensors, and its settings as they are now, in the order of the group."""

    index: int
    parameters: tuple[Parameter, ...]
    settings: tuple[tuple[str, Value], ...]

    @property
    def values(self) -> Mapping[str, Value]:
        """The settings by key."""
        return dict(self.settings)

    @property
    def scalars(self) -> int:
        """How many numbers its tensors hold."""
        return sum(one.scalars for one in self.parameters)


@dataclass(frozen=True, slots=True)
class LiveOptimizer:
    """An optimizer. `name` is its class, `place` says which of several it is, `defaults` are the keys that it reads;
    None where it does not tell."""

    name: str
    place: str
    groups: tuple[Group, ...]
    defaults: frozenset[str] | None

    @property
    def parameters(self) -> Iterator[Parameter]:
        """The tensors of all groups."""
        return (one for group in self.groups for one in group.parameters)


class ProblemKind(Enum):
    """What may be wrong. Where a rule of optimlint finds the same in the code, it has the rule's name."""

    UNCOVERED = "uncovered-parameters"
    """Trainable parameters of a model are in no optimizer."""
    FOREIGN = "foreign-parameters"
    """An optimizer has tensors that no model has."""
    FROZEN = "frozen-parameters"
    """An optimizer has tensors that require no gradient."""
    OVERLAPPING = "overlapping-groups"
    """A tensor is there twice."""
    EMPTY = "empty-group"
    """A group has no tensors."""
    IGNORED_KEY = "ignored-group-key"
    """A group has a key that its optimizer does not read."""
    DECAYED = "decayed-bias-or-norm"
    """Biases or norms decay while another group says 0."""
    SAME_SETTINGS = "same-settings"
    """All groups have the same settings."""
    FLATTENED = "flattened-rates"
    """Groups were given different rates, and now have one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong: a sentence, and the names of the parameters that it is about."""

    kind: ProblemKind
    message: str
    parameters: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.message}"


class Seen(Protocol):
    """What a report says, for those who write it."""

    @property
    def optimizers(self) -> tuple[LiveOptimizer, ...]:
        """The optimizers, in the order in which they were given."""

    @property
    def models(self) -> tuple[str, ...]:
        """The classes of the models."""

    @property
    def trainable(self) -> tuple[Parameter, ...]:
        """The models' parameters that require a gradient."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong."""
