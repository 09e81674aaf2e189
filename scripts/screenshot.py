"""Writes docs/assets/check.svg, a picture of `optimlint check` in a terminal of 80 columns for the site's first page.

The checked file is the tests' seed program. Rich draws the picture from the output of a real run.
"""

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "assets" / "check.svg"
COLUMNS = 80
COMMAND = "optimlint check train.py"


def main() -> int:
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture(), encoding="utf-8")
    return 0


def picture() -> str:
    """The current picture."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(Text(f"$ {COMMAND}"))
    console.print(Text.from_ansi(_output()))
    svg = console.export_svg(title="optimlint", theme=MONOKAI, unique_id="optimlint-check")
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE).rstrip() + "\n"


def _output() -> str:
    """The command's output in a terminal: findings, then the summary."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train.py").write_text(_seed(), encoding="utf-8")
        command = [sys.executable, "-m", "optimlint", *COMMAND.split()[1:], "--color", "always", "--isolated"]
        done = subprocess.run(
            [*command, "--output-format", "full"],
            cwd=folder,
            env={**os.environ, "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
    if done.returncode != 1:
        raise SystemExit(f"the run found nothing or failed:\n{done.stdout}")
    return done.stdout.rstrip()


def _seed() -> str:
    sys.path.insert(0, str(ROOT / "tests"))
    from seed import SEED

    return SEED


if __name__ == "__main__":
    sys.exit(main())
