"""What the rules mean, in Markdown, from their own documentation."""

from pathlib import Path

from optimlint.rule import Rule

EXAMPLES = Path(__file__).with_name("examples")
"""The examples of each rule, which the package brings along since it has no fixtures."""


def page(rule: Rule) -> str:
    """What a rule says of itself, in Markdown."""
    state = "on by default" if rule.default else "off by default"
    facts = f"`{rule.code}` · {rule.severity.value} · {state} · since {rule.since}"
    return f"# {rule.name}\n\n{facts}\n\n{rule.docs.strip()}\n"


def page_with_examples(rule: Rule) -> str:
    """All about one rule, in Markdown: its page with the examples that `make docs` took from its fixtures."""
    file = EXAMPLES / f"{rule.name}.md"
    return f"{page(rule)}\n{file.read_text(encoding='utf-8')}" if file.exists() else page(rule)
