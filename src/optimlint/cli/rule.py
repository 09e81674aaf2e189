"""The command `optimlint rule`: what the rules mean, from their own documentation."""

import sys
from pathlib import Path

import click

from optimlint.cli.selectors import complaint, completions, rules_of
from optimlint.cli.terminal import CommandError, is_terminal, visible, write_out
from optimlint.rule import Rule
from optimlint.rules import RULES

EXAMPLES = Path(__file__).with_name("examples")
"""The examples of each rule, which the package brings along since it has no fixtures."""


@click.command(short_help="Explain a rule, or list all of them.")
@click.argument("name", metavar="[NAME|CODE]", required=False, shell_complete=completions)
@click.option("--all", "shows_all", is_flag=True, help="Explain every rule.")
def rule(name: str | None, shows_all: bool) -> None:
    """Explain the rule of that name or code: why it matters, what to use instead, what its fix does, examples.

    Without a name it lists the rules, a line each.
    """
    if name and shows_all:
        raise click.UsageError("NAME and --all exclude each other.")
    if name and (wrong := complaint(name)):
        raise CommandError(visible(wrong))
    if name or shows_all:
        chosen = rules_of([name or "ALL"])
        text = "\n".join(page_with_examples(one) for one in RULES if one.name in chosen)
        write_out(_for_terminal(text) if is_terminal(sys.stdout) else text)
    else:
        width = max(len(one.name) for one in RULES)
        write_out("".join(f"{one.code}  {one.name:<{width}}  {one.summary}\n" for one in RULES))


def page(rule: Rule) -> str:
    """What a rule says of itself, in Markdown."""
    state = "on by default" if rule.default else "off by default"
    facts = f"`{rule.code}` · {rule.severity.value} · {state} · since {rule.since}"
    return f"# {rule.name}\n\n{facts}\n\n{rule.docs.strip()}\n"


def page_with_examples(rule: Rule) -> str:
    """All about one rule, in Markdown: its page with the examples that `make docs` took from its fixtures."""
    file = EXAMPLES / f"{rule.name}.md"
    return f"{page(rule)}\n{file.read_text(encoding='utf-8')}" if file.exists() else page(rule)


def _for_terminal(text: str) -> str:
    """Markdown as a terminal shows it."""
    import io

    from rich.console import Console
    from rich.markdown import Markdown

    with io.StringIO() as stream:
        Console(file=stream, force_terminal=True).print(Markdown(text))
        return stream.getvalue()
