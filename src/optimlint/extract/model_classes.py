"""Classes of models: their sub-modules, and which of them `forward` uses."""

from collections.abc import Callable

from optimlint.extract.values import Entity
from optimlint.extract.world import World
from optimlint.facts.names import Model
from optimlint.facts.project import ModelClass


def model_class_facts(
    world: World, owners: list[Entity], model_of: Callable[[Entity], Model]
) -> tuple[tuple[tuple[int, ModelClass], ...], tuple[tuple[int, str], ...]]:
    """The classes of the entities whose parameters are taken: those in view, and the names of imported ones."""
    return (), ()
