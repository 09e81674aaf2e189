"""The documentation of rules as Markdown."""

from pathlib import Path

from optimlint.rule import Rule

CONSEQUENCES = Path(__file__).with_name("consequences")
"""What torch makes of each bug, as a session of Python; the truth tests hold them against torch."""

EXAMPLES = Path(__file__).with_name("examples")
"""The examples of each rule. The package ships them because it has no fixtures."""


def page(rule: Rule) -> str:
    """The documentation of a rule, without examples."""
    state = "on by default" if rule.default else "off by default"
    facts = f"`{rule.code}` · {rule.severity.value} · {state} · since {rule.since}"
    summary, _, more = rule.docs.strip().partition("\n\n")
    return f"# {rule.name}\n\n{facts}\n\n{summary}\n\n{_consequence(rule)}{more}\n"


def _consequence(rule: Rule) -> str:
    """What a reader sees first: how it ends under torch."""
    file = CONSEQUENCES / f"{rule.name}.txt"
    if not file.exists():
        return ""
    return f"{_LEAD}\n\n```pycon\n{file.read_text(encoding='utf-8')}```\n\n"


_LEAD = "This bug in a small example, run in torch:"


def page_with_examples(rule: Rule) -> str:
    """The documentation of a rule with the examples that `make docs` took from its fixtures."""
    file = EXAMPLES / f"{rule.name}.md"
    return f"{page(rule)}\n{file.read_text(encoding='utf-8')}" if file.exists() else page(rule)
