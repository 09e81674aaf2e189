"""A rule as a plain value that can be listed, documented, selected and sent to another process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from optimlint.diagnostic import Diagnostic, Finding, Severity
from optimlint.facts import FileFacts


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: a name that reads well after "allow …", a code for hosts that require one, and a pure function from facts
    to findings.

    `docs` is the docstring of the rule's module in Markdown, shown by `optimlint rule NAME` and on the site.
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
        """The finding as a diagnostic of this rule for the file `path`."""
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
