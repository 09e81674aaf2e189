"""A rule: a plain value, so that rules can be listed, documented, chosen and sent to another process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from optimlint.diagnostic import Diagnostic, Finding, Severity
from optimlint.facts import FileFacts


@dataclass(frozen=True, slots=True)
class Rule:
    """A name that reads after "allow …", a code for hosts that demand one, and a pure function from facts to findings.

    `docs` is the rule module's docstring in Markdown; `optimlint rule NAME` and the site show it.
    """

    name: str
    code: str
    check: Callable[[FileFacts], Iterator[Finding]]
    docs: str
    severity: Severity
    since: str
    default: bool = True

    @property
    def summary(self) -> str:
        """The first line of the docs: the bad pattern in one sentence."""
        return self.docs.strip().splitlines()[0]

    def sign(self, finding: Finding, path: str) -> Diagnostic:
        """The finding as a diagnostic of this rule in `path`."""
        return Diagnostic(
            path,
            finding.range,
            self.name,
            self.code,
            finding.severity or self.severity,
            finding.message,
            finding.related,
            finding.fixes,
        )
