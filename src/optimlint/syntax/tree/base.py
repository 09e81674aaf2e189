"""What all nodes have."""

from dataclasses import dataclass


@dataclass(eq=False, slots=True, match_args=False)
class Node:
    """Anything that stands in a source."""

    start: int
    end: int


@dataclass(eq=False, slots=True, match_args=False)
class Other(Node):
    """A node of a kind that nobody asks about."""

    parts: tuple[Node, ...]


@dataclass(eq=False, slots=True, match_args=False)
class Comment(Node):
    """A comment; `value` begins with its `#`."""

    value: str


@dataclass(eq=False, slots=True, match_args=False)
class Expression(Node):
    """What has a value. `lpar` tells how many parentheses of its own it stands in."""

    lpar: int
