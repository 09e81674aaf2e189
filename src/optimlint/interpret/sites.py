"""Where values are made, and the way by which the interpreter came there. Nodes are compared by identity, and so is all
that is made of them here: a site is the same in one run only, and none is ever in two files."""

from typing import NamedTuple

from optimlint.syntax import tree

Context = tuple[tree.Node, ...]
"""A call string: the calls, and what else is run time and again, through which code is read, outermost first. Of a call
it holds the call and the function."""

Role = str | tuple[object, ...]
"""What a node makes a value as: one node may make several, some of them for each of other values."""

Key = tree.Node | int | tuple[object, ...]
"""What puts something in a collection: a node, together with the calls through which it is read, or a position."""


class Site(NamedTuple):
    """The allocation site of a value."""

    node: tree.Node
    role: Role
    context: Context


class Step(NamedTuple):
    """A step into code that may run more often than what is around it, or not at all."""

    node: tree.Node
    is_loop: bool


Region = tuple[Step, ...]
"""What may keep a place from being reached exactly once, outermost first."""
