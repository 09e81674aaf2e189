"""Checks the standard library with its tests and the packages below: no crash, no finding, and how much memory it
takes.

They are checked twice: with the command, as users do, and then each file by itself with all of it parsed and
interpreted. Python's own parser shows which files are not valid Python, and at which line. Fails on an internal error,
on a finding, and on a file that is reported as unparseable although Python can parse it, or at another line. `--write`
writes the figures to docs/robustness.md.
"""

import argparse
import ast
import json
import os
import platform
import re
import resource
import subprocess
import sys
import sysconfig
import time
import venv
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from optimlint import INTERNAL_ERROR, Options, check_source
from optimlint.workspace.worker_pool import Lost, Pool

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".everything"
PAGE = ROOT / "docs" / "robustness.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
PACKAGES = ("numpy", "scipy", "pandas", "sympy", "django", "ansible-core", "sqlalchemy")
SECONDS_A_FILE = 60.0
WHOLE = Options(reads_all=True)
NOT_READ = re.compile(rb"\s*\(\w+\)\s*:")
"""The start of a line that is valid Python but that LibCST does not parse: `(name): int`. Python's tests have two of
them."""
NOT_TRIED = "not parsed: "
"""The start of a message for a file that was not parsed because it nests too deeply."""

MEASURED = """
import json, resource, sys
from optimlint.cli import main
try:
    main()
finally:
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    with open(sys.argv[-1] + ".peaks", "w") as file:
        json.dump(peaks, file)
"""
"""Runs the command and then records the peak memory of its process and of its workers."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder of sources, and its name."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class AsUsers:
    """The output of the command for a tree."""

    status: int
    files: int
    parsed: int
    findings: tuple[str, ...]
    seconds: float
    parent_peak: int
    worker_peak: int
    words: str
    """Its standard error."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The result for a single file: short findings, the line of the syntax error according to optimlint and to Python,
    whether it nests too deeply, the internal error, the CPU time, and the worker's peak memory."""

    path: str
    size: int
    findings: tuple[str, ...] = ()
    line: int | None = None
    line_of_python: int | None = None
    is_too_deep: bool = False
    is_known: bool = False
    """Whether LibCST is known not to parse the line."""
    broken: str = ""
    seconds: float = 0.0
    peak: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, action="append", help="check these folders instead")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="parse one file in N (default: all)")
    parser.add_argument("--write", action="store_true", help=f"write the figures to {PAGE.relative_to(ROOT)}")
    arguments = parser.parse_args()
    trees = [Tree(path.name, path.resolve()) for path in arguments.tree] if arguments.tree else own_trees()
    table: list[str] = []
    said: list[str] = []
    wrong: list[str] = []
    for tree in trees:
        used = as_users_do(tree)
        looked = by_themselves(tree, arguments.every)
        table += rows(tree, used, looked)
        said += sentences(tree, looked)
        wrong += [*what_is_wrong(used), *(f"{one.path}: {how}" for one in looked if (how := fault(one)))]
    text = "\n".join(page(table, said))
    print(text)
    print(*wrong, f"faults: {len(wrong)}" if wrong else "no fault", sep="\n")
    if arguments.write and not wrong:
        write(text)
    return 1 if wrong else 0


def own_trees() -> list[Tree]:
    """The standard library of the running Python, and the packages in an environment of their own."""
    environment = WORK / "venv"
    WORK.mkdir(exist_ok=True)
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=True)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    library = Tree(f"Python {platform.python_version()}, with its tests", Path(sysconfig.get_path("stdlib")))
    return [library, Tree(", ".join(PACKAGES), Path(packages))]


def as_users_do(tree: Tree) -> AsUsers:
    """Run the command on the whole tree, with nothing excluded and a generous timeout for busy machines."""
    output = WORK / "report.json"
    output.parent.mkdir(exist_ok=True)
    how = [
        "check",
        "--verbose",
        "--isolated",
        "--no-respect-gitignore",
        "--exclude",
        "site-packages",
        "--timeout",
        "120",
    ]
    command = [sys.executable, "-c", MEASURED, *how, "--output-format", "json", ".", "--output-file", str(output)]
    began = time.monotonic()
    done = subprocess.run(command, cwd=tree.folder, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if done.returncode not in {0, 1, 2}:
        return AsUsers(done.returncode, 0, 0, (), seconds, 0, 0, done.stderr)
    parent, worker = json.loads(Path(f"{output}.peaks").read_text())
    findings = tuple(
        f"{one['filename']}:{one['location']['row']}: {one['name']}: {one['message']}"
        for one in json.loads(output.read_text(encoding="utf-8"))
    )
    files, parsed = _counted(done.stderr + done.stdout)
    return AsUsers(done.returncode, files, parsed, findings, seconds, parent, worker, done.stderr)


def _counted(said: str) -> tuple[int, int]:
    """The numbers of checked and of parsed files, from the command's summary."""
    for line in said.splitlines():
        if line.startswith("Checked "):
            numbers = [int(word.replace(",", "")) for word in line.split() if word.replace(",", "").isdigit()]
            return numbers[0], numbers[1] if len(numbers) > 1 else numbers[0]
    raise SystemExit(f"the command does not say what it checked:\n{said}")


def by_themselves(tree: Tree, every: int) -> list[Looked]:
    """Check each file, or one in `every`, with all of it read, in workers that may die."""
    inside = tree.folder / "site-packages"
    paths = [str(path) for path in sorted(tree.folder.rglob("*.py")) if path.is_file() and inside not in path.parents]
    chosen = paths[::every]
    looked: list[Looked] = []
    with Pool(os.cpu_count() or 1, SECONDS_A_FILE) as pool:
        for index, result in pool.map(look, chosen):
            if isinstance(result, Lost):
                result = Looked(chosen[index], 0, broken=f"{result.loss.value}: {result.reason}")
            looked.append(result)
    return sorted(looked, key=lambda one: one.path)


def look(path: str) -> Looked:
    """The result for one file, and that of Python's parser."""
    content = Path(path).read_bytes()
    began = time.process_time()
    found = check_source(content, path, WHOLE)
    seconds = time.process_time() - began
    unparseable = next((one for one in found if one.code == "OPT900"), None)
    broken = next((one.message for one in found if one.rule == INTERNAL_ERROR), "")
    others = [one for one in found if one is not unparseable and one.rule != INTERNAL_ERROR]
    return Looked(
        path,
        len(content),
        tuple(f"{one.range.start.line}: {one.rule}: {one.message}" for one in others),
        unparseable.range.start.line if unparseable and not broken else None,
        _line_of_python(content),
        unparseable is not None and unparseable.message.startswith(NOT_TRIED),
        unparseable is not None and NOT_READ.match(content.splitlines()[unparseable.range.start.line - 1]) is not None,
        broken,
        seconds,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )


def _line_of_python(content: bytes) -> int | None:
    """The line of Python's syntax error; None if there is none, 0 if the line is unknown."""
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(content)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        return 0
    return None


def fault(one: Looked) -> str:
    """What is wrong with the result for a file; "" if nothing is."""
    if one.broken:
        return one.broken
    if one.findings:
        return f"found {'; '.join(one.findings)}"
    if one.line is None or one.is_too_deep:
        return ""
    if one.line_of_python is None:
        return "" if one.is_known else f"is Python, but unparseable at line {one.line}"
    if one.line_of_python not in {0, one.line}:
        return f"is called unparseable at line {one.line}; Python stops at line {one.line_of_python}"
    return ""


def what_is_wrong(used: AsUsers) -> Iterable[str]:
    """What is wrong with the output of the command."""
    yield from used.findings
    if used.status != (1 if used.findings else 0):
        yield f"optimlint check ended with {used.status}: {used.words[-2000:]}"


def rows(tree: Tree, used: AsUsers, looked: list[Looked]) -> list[str]:
    """The figures of one tree, as rows of a table."""
    size = sum(one.size for one in looked) / 1e6
    seconds = sum(one.seconds for one in looked)
    tried = sum(not one.is_too_deep for one in looked)
    found = sum(len(one.findings) for one in looked)
    return [
        f"| {tree.name} | as users do | {used.files:,} | {used.parsed} | {len(used.findings)} | {used.seconds:.1f} s | "
        f"{_megabytes(used.parent_peak)} | {_megabytes(used.worker_peak)} |",
        f"| | each by itself | {len(looked):,}, {size:.0f} MB | {tried:,} | {found} | {seconds:.0f} s of CPU | | "
        f"{_megabytes(max(one.peak for one in looked))} |",
    ]


def sentences(tree: Tree, looked: list[Looked]) -> list[str]:
    """Further figures of one tree."""
    slowest = max(looked, key=lambda one: one.seconds)
    refused = [one for one in looked if one.line_of_python is not None]
    told = [one for one in refused if one.line is not None and not one.is_too_deep]
    deep = [one for one in looked if one.is_too_deep]
    return [
        f"{tree.name}: {len(refused)} of these files are no Python to Python {platform.python_version()}, and "
        f"{len(told)} of them `unparseable` at the line that it names; the others are read, or too deep. "
        f"Nested too deeply to be tried: {len(deep)}. The slowest file takes {slowest.seconds:.1f} s of CPU "
        f"(`{Path(slowest.path).relative_to(tree.folder)}`, {slowest.size / 1e3:.0f} kB).",
        "",
    ]


def _megabytes(peak: int) -> str:
    """The peak memory of a process, which the system gives in KiB, or on macOS in bytes."""
    return f"{peak / (1 if sys.platform == 'darwin' else 1 / 1024) / 1e6:.0f} MB"


def page(table: list[str], said: list[str]) -> list[str]:
    """The figures as Markdown."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return [
        f"On {machine}:",
        "",
        "| sources | how | files | parsed | findings | time | memory, parent | memory, worker |",
        "|---|---|---|---|---|---|---|---|",
        *table,
        "",
        *said,
    ]


def write(text: str) -> None:
    """Write the figures to the page, between their marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
