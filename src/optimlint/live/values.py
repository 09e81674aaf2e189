"""The contents of a report as frozen values: a report references no tensor and keeps no model alive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from math import prod
from typing import Protocol

Value = bool | int | float | str | None
"""The value of a group's setting. A value of any other type is converted to text."""


class Role(Enum):
    """The role of a parameter for weight decay."""

    BIAS = "bias"
    NORM = "norm"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A tensor in an optimizer or a model.

    `name` is its name in a model, or in its group if no model has it; None if neither has one. `key` identifies the
    tensor within one report.
    """

    key: int
    name: str | None
    shape: tuple[int, ...]
    is_trainable: bool = True
    has_gradient: bool = False
    role: Role = Role.OTHER
    is_foreign: bool = False
    """Whether none of the models has it."""

    @property
    def scalars(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Group:
    """One of `param_groups`: its tensors, and its current settings in the order of the group."""

    index: int
    parameters: tuple[Parameter, ...]
    settings: tuple[tuple[str, Value], ...]

    @property
    def values(self) -> Mapping[str, Value]:
        """The settings by key."""
        return dict(self.settings)

    @property
    def scalars(self) -> int:
        """How many numbers its tensors have in total."""
        return sum(one.scalars for one in self.parameters)


@dataclass(frozen=True, slots=True)
class LiveOptimizer:
    """An optimizer. `name` is its class, and `place` identifies it among several. `defaults` are the keys that it
    reads, None if it does not declare them."""

    name: str
    place: str
    groups: tuple[Group, ...]
    defaults: frozenset[str] | None

    @property
    def parameters(self) -> Iterator[Parameter]:
        """The tensors of all groups."""
        return (one for group in self.groups for one in group.parameters)


class ProblemKind(Enum):
    """The kinds of problems. A kind that a rule of optimlint also finds in code has the rule's name."""

    UNCOVERED = "uncovered-parameters"
    """Trainable parameters of a model are in no optimizer."""
    FOREIGN = "foreign-parameters"
    """An optimizer has tensors that no model has."""
    FROZEN = "frozen-parameters"
    """An optimizer has tensors that require no gradient."""
    OVERLAPPING = "overlapping-groups"
    """A tensor occurs twice."""
    EMPTY = "empty-group"
    """A group has no tensors."""
    IGNORED_KEY = "ignored-group-key"
    """A group has a key that its optimizer does not read."""
    DECAYED = "decayed-bias-or-norm"
    """Biases or norms decay although another group sets weight decay 0."""
    SAME_SETTINGS = "same-settings"
    """All groups have the same settings."""
    FLATTENED = "flattened-rates"
    """Groups had different initial learning rates but now share one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as a sentence, with the names of its parameters."""

    kind: ProblemKind
    message: str
    parameters: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.message}"


class Seen(Protocol):
    """The contents of a report, for the modules that format it."""

    @property
    def optimizers(self) -> tuple[LiveOptimizer, ...]:
        """The optimizers, in the order in which they were passed."""

    @property
    def models(self) -> tuple[str, ...]:
        """The classes of the models."""

    @property
    def trainable(self) -> tuple[Parameter, ...]:
        """The models' parameters that require a gradient."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems."""
