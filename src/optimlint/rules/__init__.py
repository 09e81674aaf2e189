"""Every rule, in the order in which users see them."""

from optimlint.rule import Rule
from optimlint.rules import unparseable, unused_suppression

RULES: tuple[Rule, ...] = (
    unparseable.RULE,
    unused_suppression.RULE,
)
UNPARSEABLE = unparseable.RULE
UNUSED_SUPPRESSION = unused_suppression.RULE
