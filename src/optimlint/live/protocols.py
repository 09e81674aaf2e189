"""What is needed of torch's objects: whatever can do this is an optimizer, a model or a tensor."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable


class TensorLike(Protocol):
    """A parameter."""

    requires_grad: bool

    @property
    def shape(self) -> Sequence[int]:
        """Its dimensions."""


@runtime_checkable
class OptimizerLike(Protocol):
    """An optimizer, or a wrapper that shows the groups of one."""

    @property
    def param_groups(self) -> Sequence[Mapping[str, object]]:
        """The groups, each with its tensors under `params`."""


@runtime_checkable
class ModelLike(Protocol):
    """A model."""

    def named_parameters(self) -> Iterable[tuple[str, TensorLike]]:
        """The parameters by name."""


@runtime_checkable
class HasModules(Protocol):
    """A model whose layers have classes."""

    def named_modules(self) -> Iterable[tuple[str, object]]:
        """All modules by name, the model itself under the empty one."""
