"""Learning rates that one value takes the place of."""

from collections.abc import Iterator

from optimlint.facts.rates import Flattening
from optimlint.interpret.collect.group_facts import Collector
from optimlint.syntax import tree


def flattenings(collector: Collector) -> Iterator[Flattening]:
    """What gives all groups of an optimizer one rate, in the order of the source."""
    world = collector.world
    for draft in sorted(world.flattenings.values(), key=lambda one: one.node.start):
        call = collector.calls.get(draft.optimizer)
        if call is not None and draft.node.start < len(world.layout.checked):
            yield Flattening(
                world.layout.range(draft.node),
                world.layout.code(draft.node.func if isinstance(draft.node, tree.Call) else draft.node),
                world.layout.code(draft.value),
                isinstance(draft.value, tree.Integer | tree.Float | tree.BinaryOperation),
                draft.is_scheduler,
                call,
            )
