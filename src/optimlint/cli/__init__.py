"""The command line. Only here are click and rich."""

import sys
from collections.abc import Sequence

from optimlint.cli import exit_codes


def main() -> None:
    """The entry point of `optimlint` and of `python -m optimlint`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. What goes wrong is told on standard error, without a traceback."""
    try:
        from optimlint.cli.commands import invoke  # click loads here, where an interruption is caught

        return invoke(arguments)
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
