"""TODO docs
"""

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Nothing: the engine itself reports it."""
    yield from ()


RULE = Rule("unparseable", "OPT900", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
