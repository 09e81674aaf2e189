"""What a caller chooses for one source."""

from dataclasses import dataclass

from optimlint.diagnostic import Severity


@dataclass(frozen=True, slots=True)
class Options:
    """The rules that run and what the project told about itself.

    `rules` holds rule names, None means every rule that is on by default. The other three hold qualified names
    (`my_package.optim.MyAdam`): classes that are optimizers, functions that return parameter groups, and functions
    that take parameter groups and use them.
    """

    rules: frozenset[str] | None = None
    optimizers: frozenset[str] = frozenset()
    group_builders: frozenset[str] = frozenset()
    group_consumers: frozenset[str] = frozenset()
    respect_suppressions: bool = True
    reads_all: bool = False
    """Whether to read also sources about which no rule could say anything, such as one that only makes an optimizer,
    and in each source also the functions that nobody asks for."""
    severities: tuple[tuple[str, Severity], ...] = ()
    """Rules by name whose findings weigh something else than the rule says."""
