"""The known optimizers."""

from dataclasses import dataclass


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
