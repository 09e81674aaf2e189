"""Runs the command as a user does: as a process of its own, in a folder of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

COMMAND = (sys.executable, "-m", "optimlint")

BUG = """\
from torch.optim import AdamW


def make(model):
    groups = [{"params": model.parameters(), "weight_decay": 0.0}]
    return AdamW(model.parameters())
"""

MENDED = BUG.replace("AdamW(model.parameters())", "AdamW(groups)")


def alike(count: int) -> str:
    """Findings that are equal in all but their order, at lines 7, 11 and so on."""
    head, make = BUG.split("\n\n\n")
    body = "".join(f"    {line}\n" for line in make.splitlines())
    return f"{head}\n\n\n" + "".join(f"if version == {number}:\n{body}" for number in range(count))


def optimlint(
    folder: Path, arguments: Sequence[str | bytes], *, variables: Mapping[str, str] | None = None, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """The outcome of one command."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**environment(), **(variables or {})},
        input=stdin,
        capture_output=True,
        timeout=120,
    )


def heed_interruptions() -> None:
    """Make a new process end at an interruption, also where the tests were started by a shell that ignores these."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def environment() -> dict[str, str]:
    """The tests' environment without what would change the output, or make every command compile its modules anew."""
    changing = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in changing} | {"PYTHONUTF8": "1"}
