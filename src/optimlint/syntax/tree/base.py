"""Base classes of all nodes."""

from dataclasses import dataclass


@dataclass(eq=False, slots=True, match_args=False)
class Node:
    """Any node of a source."""

    start: int
    end: int


@dataclass(eq=False, slots=True, match_args=False)
class Other(Node):
    """A node of a kind that no reader needs."""

    parts: tuple[Node, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Comment(Node):
    """A comment; `value` begins with its `#`."""

    value: str


@dataclass(eq=False, slots=True, match_args=False)
class Expression(Node):
    """A node with a value. `lpar` counts its own parentheses."""

    lpar: int
