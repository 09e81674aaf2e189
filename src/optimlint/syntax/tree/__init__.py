"""The nodes that the interpreter reads: LibCST's tree without white space and punctuation.

Kinds and fields have LibCST's names, so its documentation applies. Each node has its half-open character offsets in the
source, its own parentheses included. Kinds that no reader needs become `Other`; their children are kept and walked.
Match nodes with keyword patterns: the first fields of each node are its offsets. A kind without fields of its own is a
plain subclass, because creating a data class takes time at every start.
"""

from optimlint.syntax.tree.base import *  # noqa: F403  All kinds are the vocabulary of whoever imports this package.
from optimlint.syntax.tree.expressions import *  # noqa: F403
from optimlint.syntax.tree.operators import *  # noqa: F403
from optimlint.syntax.tree.statements import *  # noqa: F403
from optimlint.syntax.tree.walking import children, part_fields, walk

__all__ = ["children", "part_fields", "walk"]
