"""The nodes that the interpreter reads: LibCST's tree without white space, punctuation and parser.

Kinds and fields are called as in LibCST, so that its documentation holds here. Each node knows at which half-open
character offsets of the source it stands, its own parentheses included. What no reader asks about is an `Other`: its
parts stay and are walked. Patterns name the fields: the first of each node are its offsets. A kind
without fields of its own is no data class of its own, since to make one takes time at every start.
"""

from optimlint.syntax.tree.base import *  # noqa: F403  All kinds are the vocabulary of whoever imports this package.
from optimlint.syntax.tree.expressions import *  # noqa: F403
from optimlint.syntax.tree.operators import *  # noqa: F403
from optimlint.syntax.tree.statements import *  # noqa: F403
from optimlint.syntax.tree.walking import children, part_fields, walk

__all__ = ["children", "part_fields", "walk"]
