"""The interfaces of torch's objects that are used: any object with these methods is an optimizer, a model or a
tensor."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable


class TensorLike(Protocol):
    """A parameter tensor."""

    requires_grad: bool

    @property
    def shape(self) -> Sequence[int]:
        """The size of each dimension."""


@runtime_checkable
class OptimizerLike(Protocol):
    """An optimizer, or a wrapper that exposes the groups of one."""

    @property
    def param_groups(self) -> Sequence[Mapping[str, object]]:
        """The groups, each with its tensors under `params`."""


@runtime_checkable
class ModelLike(Protocol):
    """A model: an object with named parameters."""

    def named_parameters(self) -> Iterable[tuple[str, TensorLike]]:
        """The parameters with their names."""


@runtime_checkable
class HasModules(Protocol):
    """A model with named modules, which show the classes of its layers."""

    def named_modules(self) -> Iterable[tuple[str, object]]:
        """All modules with their names; the model itself has the name ""."""
