"""What the classes of a source's models hold that no optimizer gets: the facts about parameters never trained."""

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
    """The parameters that classes keep where torch does not look for them, in the order of the source."""
    for value, text in _modules(world):
        if may_keep_apart(text):
            found = [*find_reshaped(world, value), *find_collections(world, value)]
            yield from sorted(found, key=lambda one: one.range.order)


def fresh_layers(world: World) -> Iterator[FreshLayer]:
    """The layers that forward passes make, in the order of the source."""
    for value, text in _modules(world):
        if may_make_layers(text):
            yield from sorted(find_fresh_layers(world, value), key=lambda one: one.range.order)


def _modules(world: World) -> Iterator[tuple[ClassValue, bytes]]:
    """The classes of the source that are surely modules of torch, each with its code."""
    text = world.layout.checked
    for value in sorted(world.classes.values(), key=lambda one: one.node.start):
        start, end = world.layout.span(value.node)
        if start < len(text) and is_torch_module(value):
            yield value, text[start:end].encode("utf-8", "surrogatepass")
