"""Allocation sites and calling contexts. Nodes are compared by identity, so sites are only valid within one run."""

from typing import NamedTuple

from optimlint.syntax import tree

Context = tuple[tree.Node, ...]
"""A call string: the calls and other repeated constructs through which code is read, outermost first. A call
contributes its node and that of the function."""

Role = str | tuple[object, ...]
"""Distinguishes several values that one node creates."""

Key = tree.Node | int | tuple[object, ...]
"""Identifies what puts an item in a collection: a node with its calling context, or a position."""


class Site(NamedTuple):
    """The allocation site of a value."""

    node: tree.Node
    role: Role
    context: Context


class Step(NamedTuple):
    """An enclosing construct whose body may run any number of times, or not at all."""

    node: tree.Node
    is_loop: bool


Region = tuple[Step, ...]
"""The enclosing steps of a place, outermost first."""
