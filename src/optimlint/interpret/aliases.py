"""Two entities that turn out to be one object: what is known of both is merged."""

from optimlint.interpret.flows import Flows
from optimlint.interpret.values import Entity


def same(flows: Flows, first: Entity, second: Entity) -> None:
    """Record that two entities are the same object. If only one of them is an attribute of another object, it becomes
    the representative, else the first. Nothing happens for imported names, for `self` of a class, and for an object and
    a part of it."""
    first, second = first.representative(), second.representative()
    if first is second or first.qualified_name or second.qualified_name or first.own_class or second.own_class:
        return
    if first.parent is None and second.parent is not None:
        first, second = second, first
    ancestor: Entity | None = first
    while ancestor is not None:
        if ancestor.representative() is second:
            return
        ancestor = ancestor.parent
    second.alias = first
    first.made_by = first.made_by or second.made_by
    first.called = first.called or second.called
    first.architecture = first.architecture or second.architecture
    first.makers += [maker for maker in second.makers if maker not in first.makers]
    first.sources += [source for source in second.sources if source is not first and source not in first.sources]
    first.is_open = first.is_open or second.is_open
    first.annotation = first.annotation or second.annotation
    first.argument = first.argument or second.argument
    flows.unite(first, second)
    for attribute, child in second.children.items():
        if attribute in first.children:
            same(flows, first.children[attribute], child)
        else:
            first.children[attribute] = child
            child.parent = first
