"""The command `optimlint rule`: what the rules mean, from their own documentation."""

import sys

import click

from optimlint.cli.commands.completion import completions
from optimlint.cli.terminal import is_terminal, write_out
from optimlint.rules import RULES
from optimlint.workspace.display import visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.rule_pages import page_with_examples
from optimlint.workspace.rule_selectors import complaint, rules_of


@click.command(short_help="Explain a rule, or list all rules.")
@click.argument("name", metavar="[NAME|CODE]", required=False, shell_complete=completions)
@click.option("--all", "shows_all", is_flag=True, help="Explain every rule.")
def rule(name: str | None, shows_all: bool) -> None:
    """Explain the rule with this name or code: why it matters, what to use instead, what its fix does, and examples.

    Without a name, list all rules, one per line.
    """
    if name and shows_all:
        raise click.UsageError("NAME and --all cannot be used together.")
    if name and (wrong := complaint(name)):
        raise CommandError(visible(wrong))
    if name or shows_all:
        chosen = rules_of([name or "ALL"])
        text = "\n".join(page_with_examples(one) for one in RULES if one.name in chosen)
        write_out(_for_terminal(text) if is_terminal(sys.stdout) else text)
    else:
        width = max(len(one.name) for one in RULES)
        write_out("".join(f"{one.code}  {one.name:<{width}}  {one.summary}\n" for one in RULES))


def _for_terminal(text: str) -> str:
    """Render Markdown for a terminal."""
    import io

    from rich.console import Console
    from rich.markdown import Markdown

    with io.StringIO() as stream:
        Console(file=stream, force_terminal=True).print(Markdown(text))
        return stream.getvalue()
