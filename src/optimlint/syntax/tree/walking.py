"""Every node below another, in order."""

from collections.abc import Iterator
from dataclasses import fields

from optimlint.syntax.tree.base import Node


def children(node: Node) -> list[Node]:
    """The nodes right below `node`, in order."""
    found: list[Node] = []
    for field in part_fields(type(node)):
        value = getattr(node, field)
        if value.__class__ is tuple:
            found += value
        elif isinstance(value, Node):
            found.append(value)
    return found


def walk(node: Node) -> Iterator[Node]:
    """`node` and every node below it, each before what is in it. Iterative: a source may nest deeply."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending += reversed(children(current))


def part_fields(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind that say more than where it stands, in the order of its arguments."""
    known = _PART_FIELDS.get(kind)
    if known is None:
        names = (field.name for field in fields(kind) if field.name not in ("start", "end", "lpar", "lowering"))
        known = _PART_FIELDS[kind] = tuple(name.removeprefix("own_") for name in names)
    return known


_PART_FIELDS: dict[type[Node], tuple[str, ...]] = {}
