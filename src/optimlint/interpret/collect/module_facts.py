"""Facts about model parameters that no optimizer gets, because torch does not register them or `forward` creates
them."""

from collections.abc import Iterator

from optimlint.facts.modules import FreshLayer, Unregistered
from optimlint.interpret.classes.fresh_layers import find_fresh_layers
from optimlint.interpret.classes.plain_collections import find_collections
from optimlint.interpret.classes.reshaped_parameters import find_reshaped
from optimlint.interpret.classes.torch_classes import is_torch_module
from optimlint.interpret.values import ClassValue
from optimlint.interpret.world import World
from optimlint.model_marks import may_keep_apart, may_make_layers


def unregistered(world: World) -> Iterator[Unregistered]:
    """The parameters that classes store where `parameters()` does not find them, in the order of the source."""
    for value, text in _modules(world):
        if may_keep_apart(text):
            found = [*find_reshaped(world, value), *find_collections(world, value)]
            yield from sorted(found, key=lambda one: one.range.order)


def fresh_layers(world: World) -> Iterator[FreshLayer]:
    """The layers that are created in forward passes, in the order of the source."""
    for value, text in _modules(world):
        if may_make_layers(text):
            yield from sorted(find_fresh_layers(world, value), key=lambda one: one.range.order)


def _modules(world: World) -> Iterator[tuple[ClassValue, bytes]]:
    """The classes of the source that are certainly torch modules, each with its code."""
    text = world.layout.checked
    for value in sorted(world.classes.values(), key=lambda one: one.node.start):
        start, end = world.layout.span(value.node)
        if start < len(text) and is_torch_module(value):
            yield value, text[start:end].encode("utf-8", "surrogatepass")
