"""The commands, loaded on demand, and the handling of their errors."""

import importlib
import os
from collections.abc import Sequence

import click

import optimlint
from optimlint.cli import exit_codes
from optimlint.cli.terminal import say, write_out
from optimlint.workspace.display import visible
from optimlint.workspace.errors import CommandError

_COMMANDS = {
    "check": "check",
    "rule": "rule",
    "groups": "groups",
    "config": "config",
    "server": "server",
    "corpus": "corpus",
    "crash-report": "crash_report",
}
"""The commands, with the modules in this package that define them."""


def invoke(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        code = commands.main(list(arguments), prog_name="optimlint", standalone_mode=False)
        return code if isinstance(code, int) else exit_codes.FOUND_NOTHING
    except click.Abort as abort:  # This is how click passes an interruption on, and any end of a file.
        if not isinstance(abort.__cause__, EOFError):
            return exit_codes.INTERRUPTED
        reason = _told_as_own_fault(abort.__cause__, arguments)
    except click.ClickException as error:
        error.show()
        reason = error.format_message()
    except CommandError as error:
        say(f"error: {error}")
        reason = str(error)
    except Exception as error:  # noqa: BLE001  The last line of defence: named, and never taken for a clean result.
        reason = _told_as_own_fault(error, arguments)
    if arguments[:1] == ["check"]:
        from optimlint.cli.report.no_run import report_of_no_run

        write_out(report_of_no_run(arguments, reason))
    return exit_codes.FAILED


def _told_as_own_fault(error: BaseException, arguments: Sequence[str]) -> str:
    """Say that optimlint itself has failed, and return what is said."""
    reason = f"optimlint itself failed: {type(error).__name__}: {error}"
    say(f"error: {visible(reason)}")
    say(visible_traceback(error) if _is_verbose(arguments) else "Please report this, with what --verbose adds.")
    return reason


def visible_traceback(error: BaseException) -> str:
    """The traceback of `error`, escaped for printing."""
    import traceback

    return "\n".join(visible(line) for part in traceback.format_exception(error) for line in part.splitlines())


class _Commands(click.Group):
    """A click group whose commands are imported on demand, so that `optimlint check` loads nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"optimlint.cli.commands.{_COMMANDS[cmd_name]}")
        command = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in _COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"No such command {name!r}.{_hint(name)}", ctx)


def _hint(name: str) -> str:
    """A suggestion for a mistyped command."""
    import shlex
    from difflib import get_close_matches

    if nearest := get_close_matches(name, _COMMANDS, n=1):
        return f" Did you mean {nearest[0]!r}?"
    is_path = os.sep in name or os.path.exists(name)
    return f" To check a path: optimlint check {visible(shlex.quote(name))}" if is_path else ""


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(optimlint.__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Find mistakes in PyTorch code about parameters, optimizers and the training loop.

    Exit codes: 0 nothing found, 1 findings, 2 something could not be done.
    """


def _is_verbose(arguments: Sequence[str]) -> bool:
    return "--verbose" in arguments or "-v" in arguments
