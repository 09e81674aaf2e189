"""Kinds of abstract values."""

from enum import Enum


class Aspect(Enum):
    """What a loop yields for each parameter or module."""

    PARAMETER = "param"
    NAME = "name"
    FIRST_NAME = "first name"
    """The part before the first dot."""
    LAST_NAME = "last name"
    """The part after the last dot."""
    INNER_NAME = "inner name"
    """Another part between dots."""
    UNKNOWN_NAME = "unknown name"
    """Text derived from a name in an unknown way."""
    PAIR = "pair"
    """A name and its parameter."""
    MODULE = "module"
    MODULE_NAME = "module name"
    MODULE_PAIR = "module pair"
    """A name and its module."""
    ID = "id"
    """`id(p)`, which identifies a parameter."""


WITH_PARAMETER = (Aspect.PARAMETER, Aspect.PAIR)
"""The aspects that an optimizer accepts."""
NAMES = (Aspect.NAME, Aspect.FIRST_NAME, Aspect.INNER_NAME, Aspect.LAST_NAME, Aspect.UNKNOWN_NAME)
"""The aspects that are text."""


class SequenceKind(Enum):
    """The kinds of ordered collections and of iterators."""

    LIST = "list"
    TUPLE = "tuple"
    SET = "set"
    DICT = "dict"
    """A dict from names to parameters."""
    GENERATOR = "generator"
    ZIP = "zip"
    MAP = "map"
    CHAIN = "chain"
    ENUMERATE = "enumerate"
    ITERATOR = "iterator"
    """Another iterator, such as `reversed(groups)`."""


LAZY = (SequenceKind.GENERATOR, SequenceKind.ZIP, SequenceKind.MAP, SequenceKind.CHAIN, SequenceKind.ENUMERATE)
"""Iterators that are reported if they are read again when empty."""
ONE_SHOT = (*LAZY, SequenceKind.ITERATOR)
"""All iterators, which are empty after one read."""
