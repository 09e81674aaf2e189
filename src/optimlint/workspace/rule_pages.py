"""The documentation of rules as Markdown."""

from pathlib import Path

from optimlint.rule import Rule

EXAMPLES = Path(__file__).with_name("examples")
"""The examples of each rule. The package ships them because it has no fixtures."""


def page(rule: Rule) -> str:
    """The documentation of a rule, without examples."""
    state = "on by default" if rule.default else "off by default"
    facts = f"`{rule.code}` · {rule.severity.value} · {state} · since {rule.since}"
    return f"# {rule.name}\n\n{facts}\n\n{rule.docs.strip()}\n"


def page_with_examples(rule: Rule) -> str:
    """The documentation of a rule with the examples that `make docs` took from its fixtures."""
    file = EXAMPLES / f"{rule.name}.md"
    return f"{page(rule)}\n{file.read_text(encoding='utf-8')}" if file.exists() else page(rule)
