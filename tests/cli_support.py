"""Run the command as users do, with its own streams, environment and folder."""

import importlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from optimlint.cli import run

importlib.import_module("optimlint.interpret")  # Forked workers then need not load the parser.

COMMAND = (sys.executable, "-m", "optimlint")

BUG = """\
from torch.optim import AdamW


def make(model):
    groups = [{"params": model.parameters(), "weight_decay": 0.0}]
    return AdamW(model.parameters())
"""

MENDED = BUG.replace("AdamW(model.parameters())", "AdamW(groups)")


def alike(count: int) -> str:
    """Source with findings that are equal except for their order, at lines 7, 11 and so on."""
    head, make = BUG.split("\n\n\n")
    body = "".join(f"    {line}\n" for line in make.splitlines())
    return f"{head}\n\n\n" + "".join(f"if version == {number}:\n{body}" for number in range(count))


def optimlint(
    folder: Path,
    arguments: Sequence[str | bytes],
    *,
    variables: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    as_process: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command and return its outcome. It runs in this process, which is much faster, or in a new process if
    requested or if `variables` configure Python itself."""
    variables = variables or {}
    if not as_process and not any(name.startswith("PYTHON") for name in variables):
        return _in_this_process(folder, [os.fsdecode(one) for one in arguments], variables, stdin)
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**environment(), **variables},
        input=stdin,
        capture_output=True,
        timeout=120,
    )


def _in_this_process(
    folder: Path, arguments: list[str], variables: Mapping[str, str], stdin: bytes
) -> subprocess.CompletedProcess[bytes]:
    """Run the command with its own streams, folder and environment, and restore them."""
    given, out, err = (io.TextIOWrapper(io.BytesIO(data), "utf-8") for data in (stdin, b"", b""))
    streams, before, where = (sys.stdin, sys.stdout, sys.stderr), dict(os.environ), os.getcwd()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        os.chdir(folder)
        _set_environment({**environment(), "COLUMNS": "80", **variables})
        sys.stdin, sys.stdout, sys.stderr = given, out, err
        code = run(arguments)
    except SystemExit as left:  # Click ends a completion this way.
        code = left.code if isinstance(left.code, int) else 1
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
        _set_environment(before)
        os.chdir(where)
        for number, handler in handlers.items():
            signal.signal(number, handler)
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.buffer.getvalue())
    return subprocess.CompletedProcess(arguments, code, *told)


def _set_environment(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


def heed_interruptions() -> None:
    """Make a new process end on an interruption, even if the tests were started by a shell that ignores
    interruptions."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def environment() -> dict[str, str]:
    """The tests' environment without variables that change the output, or make every command compile its modules
    again."""
    changing = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in changing} | {"PYTHONUTF8": "1"}
