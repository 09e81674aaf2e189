"""Measures optimlint beside ruff and TorchFix, whole processes, in one run; prints medians and ratios as Markdown.

The tree is the source of transformers, pinned in wild/packages.txt. The tools take turns, so that a busy machine
disturbs all of them alike; optimlint runs without a cache. TorchFix takes too long to repeat: it runs once, on one file
in twenty, and its time is scaled by the number of bytes.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import libcst
from wheels import ROOT, pinned, pinned_packages, source_of

from optimlint import check_source
from optimlint.trigger import may_matter

WORK = ROOT / ".bench"
PAGE = ROOT / "docs" / "bench.md"
TORCHFIX = "torchfix==0.7.0"
SAMPLED = 20

NOTHING = '''"""Text only: no word in here can matter."""


def greet(name):
    return f"Hello, {name}"
'''
SOMETHING = '''"""Groups that never reach the optimizer."""

import torch


class Trainer:
    def __init__(self, model, config):
        self.model = model
        no_decay = ["bias", "LayerNorm.weight"]
        named = list(self.model.named_parameters())
        groups = [
            {"params": [p for n, p in named if not any(nd in n for nd in no_decay)], "weight_decay": 0.002},
            {"params": [p for n, p in named if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=config.lr)
'''


@dataclass(frozen=True, slots=True)
class Tool:
    """A checker: its name with version, its command without the path, and the share of the tree that it is given."""

    name: str
    command: tuple[str, ...]
    is_slow: bool = False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="runs a median is taken of (TorchFix on the tree: one)")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} too")
    arguments = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    text = "\n".join(page(tools(), arguments.runs))
    print(text)
    if arguments.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


def page(compared: list[Tool], runs: int) -> list[str]:
    """The lines of the page."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return [
        "# How fast it is\n",
        f"`python scripts/bench.py --write` (`make bench` prints the same) on {machine}; medians of {runs} runs of the",
        "whole process, files in the page cache, no tool's cache in use. Ratios say more than seconds.\n",
        *_on_the_tree(compared, runs),
        *_on_one_file(compared, runs),
        *_on_parsed_files(),
    ]


def tools() -> list[Tool]:
    """optimlint as in this checkout, ruff as in its development environment, TorchFix in an environment of its own."""
    python = sys.executable
    ruff = subprocess.run([python, "-m", "ruff", "--version"], capture_output=True, text=True, check=True).stdout
    torchfix = WORK / "torchfix" / "bin" / "torchfix"
    if not torchfix.exists():
        subprocess.run([python, "-m", "venv", "--clear", str(torchfix.parents[1])], check=True)
        pip = [str(torchfix.with_name("python")), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, TORCHFIX], check=True)
    optimlint = (python, "-m", "optimlint", "check", "--isolated", "--no-cache", "--no-respect-gitignore", "--quiet")
    flake = ("check", "--isolated", "--no-cache", "--no-respect-gitignore", "--quiet", "--select", "F841")
    return [
        Tool("optimlint check", optimlint),
        Tool(f"{ruff.strip()}, --select F841", (_ruff_binary(), *flake)),
        Tool(TORCHFIX.replace("==", " "), (str(torchfix),), is_slow=True),
    ]


def _on_the_tree(compared: list[Tool], runs: int) -> list[str]:
    tree = source_of(pinned("transformers"))
    files = _sources(tree)
    sample, share = _sample(files)
    fast = [tool for tool in compared if not tool.is_slow]
    seconds = _in_turn([(tool.name, (*tool.command, str(tree))) for tool in fast], runs)
    for tool in compared:
        if tool.is_slow:
            seconds[tool.name] = _seconds((*tool.command, str(sample))) / share
    parsed = sum(may_matter(path.read_bytes()) for path in files)
    size = sum(path.stat().st_size for path in files) / 1e6
    return [
        f"## A tree of {len(files):,} files\n",
        f"The source of {pinned('transformers').replace('==', ' ')}, {size:.0f} MB; optimlint parses {parsed} of its"
        f" files. TorchFix ran once, on {share:.1%} of the bytes (one file in {SAMPLED}); its time is scaled to all.\n",
        *_table(seconds),
    ]


def _on_one_file(compared: list[Tool], runs: int) -> list[str]:
    lines = ["## One small file\n"]
    for title, text in (("Nothing in it can matter, so it is not parsed:", NOTHING), ("It has the bug:", SOMETHING)):
        path = WORK / "one.py"
        path.write_text(text, encoding="utf-8")
        assert may_matter(text.encode()) == (text is SOMETHING)
        commands = [(tool.name, (*tool.command, str(path))) for tool in compared]
        seconds = _in_turn([*commands, ("python -c pass", (sys.executable, "-c", "pass"))], runs)
        lines += [f"{title}\n", *_table(seconds)]
    return lines


def _on_parsed_files(limit: int = 120) -> list[str]:
    """What a parsed file costs, beside the least that a LibCST tool can do with it: parse, and visit every node."""
    paths = [path for one in pinned_packages() for path in _sources(source_of(one)) if may_matter(path.read_bytes())]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths[:: max(1, len(paths) // limit)]]
    texts = [text for text in texts if _visit(text)]
    ours, least = _total(texts, check_source), _total(texts, _visit)
    size = sum(len(text) for text in texts) / 1e6
    return [
        "## A file that is parsed\n",
        f"{len(texts)} files of the published packages that pass the scan, {size:.1f} MB, one process: `check_source`"
        f" takes {ours:.1f} s, `libcst.parse_module` and a visitor that does nothing {least:.1f} s:"
        f" {ours / least:.2f} times as long.\n",
    ]


def _visit(text: str) -> bool:
    """Parses and visits; False for what LibCST cannot parse."""
    try:
        libcst.parse_module(text).visit(libcst.CSTVisitor())
    except (libcst.ParserSyntaxError, RecursionError):
        return False
    return True


def _total(texts: list[str], work: Callable[[str], object]) -> float:
    start = time.perf_counter()
    for text in texts:
        work(text)
    return time.perf_counter() - start


def _in_turn(commands: list[tuple[str, tuple[str, ...]]], runs: int) -> dict[str, float]:
    """The median seconds of each command; every command runs once unmeasured, then all take turns."""
    for _, command in commands:
        _seconds(command)
    rounds = [{name: _seconds(command) for name, command in commands} for _ in range(runs)]
    return {name: median(one[name] for one in rounds) for name, _ in commands}


def _seconds(command: tuple[str, ...]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in {0, 1, 2} or b"Traceback" in done.stderr:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}\n{done.stderr.decode()}")
    return seconds


def _table(seconds: dict[str, float]) -> list[str]:
    """Seconds, and how often optimlint's run would fit into each."""
    ours = next(iter(seconds.values()))
    rows = [f"| {name} | {taken:.3f} | {taken / ours:.2f} |" for name, taken in seconds.items()]
    return ["| tool | seconds | times optimlint's |", "|---|---|---|", *rows, ""]


def _sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if path.is_file())


def _sample(files: list[Path]) -> tuple[Path, float]:
    """A folder with one file in twenty, and its share of the bytes."""
    folder = WORK / "sample"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    chosen = files[::SAMPLED]
    for number, path in enumerate(chosen):
        shutil.copyfile(path, folder / f"{number}_{path.name}")
    return folder, sum(path.stat().st_size for path in chosen) / sum(path.stat().st_size for path in files)


def _ruff_binary() -> str:
    """The program itself, so that no Python starts before it."""
    return str(Path(sys.executable).with_name("ruff"))


if __name__ == "__main__":
    sys.exit(main())
