"""The options for checking one source."""

from dataclasses import dataclass

from optimlint.diagnostic import Severity


@dataclass(frozen=True, slots=True)
class Options:
    """The rules to run, and the project's configuration of its own functions.

    `rules` holds rule names; None means all rules that are on by default. `optimizers`, `group_builders` and
    `group_consumers` hold qualified names (`my_package.optim.MyAdam`) of optimizer classes, of functions that return
    parameter groups, and of functions that take and use them.
    """

    rules: frozenset[str] | None = None
    optimizers: frozenset[str] = frozenset()
    group_builders: frozenset[str] = frozenset()
    group_consumers: frozenset[str] = frozenset()
    respect_suppressions: bool = True
    reads_all: bool = False
    """Also read sources in which no rule can have a finding (such as one that only constructs an optimizer), and
    functions that cannot matter."""
    severities: tuple[tuple[str, Severity], ...] = ()
    """Rule names with severities that replace the rule's own."""
