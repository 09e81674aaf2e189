"""The command `optimlint server`: the language server."""

import importlib.util
import os
from typing import TYPE_CHECKING

import click

from optimlint.cli.adoption.options import forbid_together
from optimlint.workspace.configuration import only_config
from optimlint.workspace.errors import CommandError
from optimlint.workspace.settings import CommandLine

if TYPE_CHECKING:
    from optimlint.workspace.optimizer_groups import FoundOptimizer


@click.command(short_help="Run the language server for editors.")
@click.option("--config", type=click.Path(), metavar="FILE", help="Use this configuration file for all files.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up on a file after this time.",
)
@click.option("--lenses/--no-lenses", default=True, help="Show above each optimizer what it gets. This is the default.")
@click.option("--stdio", is_flag=True, help="Has no effect: the server always uses standard input and output.")
def server(config: str | None, isolated: bool, timeout: float, lenses: bool, stdio: bool) -> None:
    """Run a language server (LSP) on standard input and output.

    Editors start this command themselves. It reports findings while you type, in files and in notebooks, and offers
    fixes and suppressions as code actions. Above each optimizer, and when you hover over it, it shows what the
    optimizer really gets. It uses the nearest configuration of each file. It needs the extra `optimlint[lsp]`.
    """
    forbid_together({"--isolated": isolated and config is not None}, "--config")
    if importlib.util.find_spec("pygls") is None:
        raise CommandError("the language server needs pygls: pip install 'optimlint[lsp]'")
    from optimlint.hosts.server import serve

    folder = os.getcwd()

    def command_line() -> CommandLine:
        return CommandLine(folder, config=only_config(config, folder, is_isolated=isolated))

    serve(command_line, timeout, _groups_text, has_lenses=lenses)


def _groups_text(found: "FoundOptimizer", folder: str, width: int) -> str:
    """What `optimlint groups` writes of one optimizer."""
    from optimlint.cli.report.groups import TextLayout, text_report  # rich loads here, when somebody asks

    return text_report([found], TextLayout(folder, width))
