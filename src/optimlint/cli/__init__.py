"""The command line. Only here are click and rich."""

import gc
import sys
from collections.abc import Sequence

from optimlint.cli import exit_codes

_OBJECTS_PER_COLLECTION = 100_000
"""Loading modules makes many objects and next to no cycles; to look for some as often as Python does takes a tenth of
the start."""


def main() -> None:
    """The entry point of `optimlint` and of `python -m optimlint`."""
    gc.set_threshold(_OBJECTS_PER_COLLECTION, *gc.get_threshold()[1:])
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. What goes wrong is told on standard error, without a traceback."""
    try:
        from optimlint.cli.commands import invoke  # click loads here, where an interruption is caught

        return invoke(arguments)
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
