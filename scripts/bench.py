"""Measures whole runs of optimlint next to ruff and TorchFix, and prints medians and ratios as Markdown.

The trees are the source of transformers and of all packages that wild/packages.txt pins. The tools take turns, so that
other load on the machine disturbs all of them alike. None of them uses a cache. TorchFix takes too long to repeat: it
runs once, on one file in twenty, and its time is scaled by the number of bytes. `--write` keeps the page's history of
figures.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from parsed_files import on_parsed_files, total
from wheels import ROOT, pinned, pinned_packages, source_of

from optimlint import check_source
from optimlint.syntax.outline import outline_of
from optimlint.trigger import may_matter

WORK = ROOT / ".bench"
PAGE = ROOT / "docs" / "bench.md"
OPTIONS = ("check", "--isolated", "--no-cache", "--no-respect-gitignore", "--quiet")
"""The options of both optimlint and ruff."""
TORCHFIX = "torchfix==0.7.0"
SAMPLED = 20
SIZES = {"lines": (5_000, 10_000, 20_000), "groups": (250, 500, 1_000), "filters": (8, 16, 32)}
"""The sizes of the sources for which growth is measured."""

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
MODULE_WIDE = '''"""Groups of a module that never reach the optimizer."""

from torch.optim import AdamW

from parts import model

groups = [
    {"params": model.body.parameters(), "lr": 1e-5},
    {"params": model.head.parameters(), "lr": 1e-3},
]
optimizer = AdamW(model.parameters(), lr=1e-4)
'''
MANY = 50_000
BESIDE = '''"""One of very many."""

import math
import os

import torch
from torch import nn

from tools import helpers


def groups_of(names):
    groups = sorted(names)
    return [os.path.join("{number}", one) for one in groups]


class Layer{number}(nn.Module):
    def forward(self, x):
        return torch.relu(x) * math.pi + helpers.shift
'''


LAUNCHER = """
import json, os, sys, time
command = sys.argv[1:]
silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
start = time.perf_counter()
child = os.posix_spawn(command[0], command, os.environ, file_actions=silence)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
code = os.waitstatus_to_exitcode(status)
print(json.dumps([seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
sys.exit(code not in {0, 1, 2})
"""
"""Starts a command and prints its cost. A small process does this, because on Linux the memory of a process includes
that of the process which started it."""

PARENT = """
import sys
from optimlint.cli import run
run(sys.argv[1:])
with open("/proc/self/status") as file:
    print("largest:", *(line.split()[1] for line in file if line.startswith("VmHWM:")))
"""
"""Runs optimlint and prints the peak memory in kilobytes of its parent process, without the workers."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A checker: its name with version, and its command without the path. A slow one gets only a share of the tree."""

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


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a run: wall-clock seconds, CPU seconds of all its processes, and megabytes of its largest process."""

    seconds: float
    processor: float
    memory: float


def page(compared: list[Tool], runs: int) -> list[str]:
    """The lines of the page."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    tree = source_of(pinned("transformers"))
    whole = _on_tree(f"The source of {pinned('transformers').replace('==', ' ')}", tree, compared, runs)
    sources = [path for one in pinned_packages() for path in _sources(source_of(one))]
    packages = _on_packages([tool for tool in compared if not tool.is_slow])
    return [
        "# How fast it is\n",
        f"`python scripts/bench.py --write` (`make bench` prints the same) on {machine}; medians of {runs} runs of the",
        "whole process, files in the page cache, no tool's cache in use. Ratios say more than seconds. CPU is the time",
        "of all processes of a tool together, memory that of the largest one.\n",
        *whole,
        *packages,
        *_on_one_file(compared, runs),
        *_in_a_large_repository(compared[0], runs),
        *on_parsed_files(sources),
        *growth(),
        *_history(),
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
    optimlint = (python, "-m", "optimlint", *OPTIONS)
    flake = (*OPTIONS, "--select", "F841")
    return [
        Tool("optimlint check", optimlint),
        Tool(f"{ruff.strip()}, --select F841", (_ruff_binary(), *flake)),
        Tool(TORCHFIX.replace("==", " "), (str(torchfix),), is_slow=True),
    ]


def _on_tree(title: str, tree: Path, compared: list[Tool], runs: int) -> list[str]:
    files = _sources(tree)
    fast = [tool for tool in compared if not tool.is_slow]
    costs = _in_turn([(tool.name, (*tool.command, str(tree))) for tool in fast], runs)
    lines = [f"## A tree of {len(files):,} files\n", f"{title}, {_megabytes(files):.0f} MB; {_parsed(files)}"]
    for tool in compared:
        if tool.is_slow:
            sample, share = _sample(files)
            once = _cost((*tool.command, str(sample)))
            costs[tool.name] = Cost(once.seconds / share, once.processor / share, once.memory)
            lines.append(
                f"{tool.name} ran once, on {share:.1%} of the bytes (one file in {SAMPLED}); its time is scaled."
            )
    return [*lines, "", *_table(costs)]


def _on_packages(fast: list[Tool]) -> list[str]:
    """All packages in one tree, in which many files are parsed."""
    folders = [source_of(one) for one in pinned_packages()]
    tree = folders[0].parent
    lines = _on_tree(f"{len(folders)} published packages for training models", tree, fast, 1)
    return [*lines, f"optimlint's parent process, which reads and reports, has {_parent(tree):.0f} MB at most.\n"]


def _parent(tree: Path) -> float:
    command = [sys.executable, "-c", PARENT, *OPTIONS, str(tree)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(told.rpartition("largest: ")[2]) / 1024


def _parsed(files: list[Path]) -> str:
    """How much of the files is parsed, as a sentence."""
    sources = [path.read_bytes() for path in files]
    outlines = [outline_of(one.decode("utf-8", "replace")) for one in sources if may_matter(one)]
    kept = [outline for outline in outlines if outline is not None]
    size = sum(len(outline.text) for outline in kept) / 1e6
    outside = sum(len(outline.skeleton) for outline in kept) / 1e6
    return (
        f"optimlint parses {len(kept)} of its files: of {size:.1f} MB, the {outside:.1f} MB outside of functions, and"
        " the functions that it asks for."
    )


def _megabytes(files: list[Path]) -> float:
    return sum(path.stat().st_size for path in files) / 1e6


def _on_one_file(compared: list[Tool], runs: int) -> list[str]:
    """A file in a folder of its own, as a hook checks it."""
    lines = ["## One small file\n"]
    for title, text in (("Nothing in it can matter, so it is not parsed:", NOTHING), ("It has the bug:", SOMETHING)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "one.py")
            path.write_text(text, encoding="utf-8")
            assert may_matter(text.encode()) == (text is SOMETHING)
            commands = [(tool.name, (*tool.command, str(path))) for tool in compared]
            costs = _in_turn([*commands, ("python -c pass", (sys.executable, "-c", "pass"))], runs)
        lines += [f"{title}\n", *_table(costs)]
    return lines


def _in_a_large_repository(tool: Tool, runs: int) -> list[str]:
    """A file in a very large repository, as a hook checks it. The other files may affect its findings."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / ".git").mkdir()
        for number in range(MANY):
            place = root / f"part{number // 1_000}" / f"tools{number // 100}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"tool{number}.py").write_text(BESIDE.format(number=number), encoding="utf-8")
        texts = {
            "which has the bug, in names that no other file has": SOMETHING.replace("groups", "groups_of_mine"),
            "which has the bug, in a name of the module that others have, too": MODULE_WIDE,
            "which has none": SOMETHING.replace("self.model.parameters()", "groups"),
        }
        commands = []
        for number, (title, text) in enumerate(texts.items()):
            path = root / f"train{number}.py"
            path.write_text(text, encoding="utf-8")
            commands.append((f"a file {title}", (*tool.command, str(path))))
        costs = _in_turn(commands, runs)
    return [f"## One file in a repository of {MANY:,}\n", *_table(costs)]


def _in_turn(commands: list[tuple[str, tuple[str, ...]]], runs: int) -> dict[str, Cost]:
    """The median cost of each command. Each runs once unmeasured; then they take turns."""
    for _, command in commands:
        _cost(command)
    rounds = [{name: _cost(command) for name, command in commands} for _ in range(runs)]
    return {name: _median([one[name] for one in rounds]) for name, _ in commands}


def _median(costs: list[Cost]) -> Cost:
    return Cost(*(median(getattr(one, name) for one in costs) for name in ("seconds", "processor", "memory")))


def _cost(command: tuple[str, ...]) -> Cost:
    # Installed tools have compiled modules. The first, unmeasured run creates them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    launch = [sys.executable, "-I", "-S", "-c", LAUNCHER, *command]
    done = subprocess.run(launch, capture_output=True, text=True, env=environment)
    if done.returncode or "Traceback" in done.stderr:
        raise SystemExit(f"{' '.join(command)} ended in an error\n{done.stdout}{done.stderr}")
    return Cost(*json.loads(done.stdout))


def _table(costs: dict[str, Cost]) -> list[str]:
    """The cost of each command, and its time in multiples of optimlint's."""
    ours = next(iter(costs.values()))
    rows = [
        f"| {name} | {one.seconds:.2f} | {one.seconds / ours.seconds:.2f} | {one.processor:.2f} | {one.memory:.0f} |"
        for name, one in costs.items()
    ]
    return ["| tool | seconds | times optimlint's | CPU seconds | MB |", "|---|---|---|---|---|", *rows, ""]


def growth() -> list[str]:
    """How the time for one source grows with its length, groups and filters. Each step doubles the size."""
    rows = []
    for name, write in (("lines", long_script), ("groups", many_groups), ("filters", many_filters)):
        sizes = SIZES[name]
        seconds = [min(total([write(size)], check_source) for _ in range(3)) for size in sizes]
        steps = " | ".join(f"{second / first:.2f}" for first, second in pairwise(seconds))
        rows.append(f"| {sizes[0]:,} to {sizes[-1]:,} {name} | {steps} | {seconds[-1]:.2f} |")
    heading = "## Growth\n", "`check_source` on one source, and how many times as long it takes for twice as much:\n"
    return [*heading, "| source | first doubling | second | seconds for the largest |", "|---|---|---|---|", *rows, ""]


def long_script(lines: int) -> str:
    """A training script of about that many lines, all of which have to be read."""
    step = "".join(f"    loss_{n} = step(model, optimizer, batch)\n    model.parameters()\n" for n in range(5))
    return SOMETHING + "".join(f"def train_{n}(model, optimizer, batch):\n{step}" for n in range(lines // 11))


def many_groups(count: int) -> str:
    """A list of that many groups, each of one layer."""
    groups = "".join(f'    {{"params": model.layer{n}.parameters(), "lr": 0.{n + 1}}},\n' for n in range(count))
    return f"import torch\ngroups = [\n{groups}]\noptimizer = torch.optim.AdamW(groups)\n"


def many_filters(count: int) -> str:
    """Two groups with that many name tests each."""
    tests = " or ".join(f'"layer{n}." in n' for n in range(count))
    group = '    {{"params": [p for n, p in model.named_parameters() if {}]}},\n'
    groups = group.format(tests) + group.format(f"not ({tests})")
    return f"import torch\ngroups = [\n{groups}]\noptimizer = torch.optim.AdamW(groups)\n"


def _history() -> list[str]:
    """The history section of the page, which is written by hand when a figure changes for a reason."""
    known = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    _, mark, history = known.partition("## History\n")
    return [f"{mark}{history}".rstrip() + "\n"] if mark else []


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
    """The binary itself, so that no Python starts first."""
    return str(Path(sys.executable).with_name("ruff"))


if __name__ == "__main__":
    sys.exit(main())
