"""Learning rates of groups that are overwritten by a single value."""

from collections.abc import Iterator

from optimlint.facts.rates import Flattening
from optimlint.interpret.collect.group_facts import Collector
from optimlint.syntax import tree


def flattenings(collector: Collector) -> Iterator[Flattening]:
    """Where all groups of an optimizer are set to one learning rate, in the order of the source."""
    world = collector.world
    for draft in sorted(world.flattenings.values(), key=lambda one: one.node.start):
        if isinstance(draft.optimizer, tree.Call):
            made = [draft.optimizer]
        else:
            made = list(world.optimizers_given.get(draft.optimizer.representative(), ()))
        calls = [call for one in made if (call := collector.calls.get(one)) is not None]
        if draft.node.start >= len(world.layout.checked):
            continue
        for call in calls:
            yield Flattening(
                world.layout.range(draft.node),
                world.layout.code(draft.node.func if isinstance(draft.node, tree.Call) else draft.node),
                world.layout.code(draft.value),
                isinstance(draft.value, tree.Integer | tree.Float | tree.BinaryOperation),
                draft.is_scheduler,
                call,
            )
