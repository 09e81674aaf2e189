"""Traversal of nodes in source order."""

from collections.abc import Iterator
from dataclasses import fields

from optimlint.syntax.tree.base import Node


def children(node: Node) -> list[Node]:
    """The direct children of `node`, in order."""
    kind = node.__class__
    names = _HOLDING.get(kind)
    if names is None:
        names = _HOLDING[kind] = _holding(kind)
    found: list[Node] = []
    for name in names:
        value = getattr(node, name)
        if value.__class__ is tuple:
            found += value
        elif value is not None and value.__class__ is not str and value.__class__ is not int:
            found.append(value)
    return found


def walk(node: Node) -> Iterator[Node]:
    """`node` and its descendants in preorder. Iterative, because a source may nest deeply."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending += reversed(children(current))


def part_fields(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind without its offsets and bookkeeping, in the order of its arguments."""
    known = _PART_FIELDS.get(kind)
    if known is None:
        names = (field.name for field in fields(kind) if field.name not in ("start", "end", "lpar", "lowering"))
        known = _PART_FIELDS[kind] = tuple(name.removeprefix("own_") for name in names)
    return known


def _holding(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind that may contain nodes."""
    plain = {field.name for field in fields(kind) if field.type in (str, int, str | None)}
    return tuple(name for name in part_fields(kind) if name not in plain)


_PART_FIELDS: dict[type[Node], tuple[str, ...]] = {}
_HOLDING: dict[type[Node], tuple[str, ...]] = {}
