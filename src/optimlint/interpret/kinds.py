"""The kinds that abstract values are told apart by."""

from enum import Enum


class Aspect(Enum):
    """What a loop gets to see of each parameter or module that it reads."""

    PARAMETER = "param"
    NAME = "name"
    FIRST_NAME = "first name"
    """The part before the first dot."""
    LAST_NAME = "last name"
    """The part behind the last dot."""
    INNER_NAME = "inner name"
    """Another part between dots."""
    UNKNOWN_NAME = "unknown name"
    """What is made of a name, nobody knows how."""
    PAIR = "pair"
    """A name and its parameter."""
    MODULE = "module"
    MODULE_NAME = "module name"
    MODULE_PAIR = "module pair"
    """A name and its module."""
    ID = "id"
    """`id(p)`, which tells a parameter from all others."""


WITH_PARAMETER = (Aspect.PARAMETER, Aspect.PAIR)
"""What an optimizer can be given."""
NAMES = (Aspect.NAME, Aspect.FIRST_NAME, Aspect.INNER_NAME, Aspect.LAST_NAME, Aspect.UNKNOWN_NAME)
"""What is text."""


class SequenceKind(Enum):
    """What holds values in order, and whether it can be read again."""

    LIST = "list"
    TUPLE = "tuple"
    SET = "set"
    DICT = "dict"
    """A dict of parameters by their names."""
    GENERATOR = "generator"
    ZIP = "zip"
    MAP = "map"
    CHAIN = "chain"
    ENUMERATE = "enumerate"
    ITERATOR = "iterator"
    """Another iterator, such as `reversed(groups)`."""


LAZY = (SequenceKind.GENERATOR, SequenceKind.ZIP, SequenceKind.MAP, SequenceKind.CHAIN, SequenceKind.ENUMERATE)
"""Iterators whose second reading finds nothing."""
ONE_SHOT = (*LAZY, SequenceKind.ITERATOR)
"""All that has nothing more after it is read."""
