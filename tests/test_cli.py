"""The command line, tested by text files: each of `cli/*.txt` is a session with the files before and after it.

    # What the scenario shows, in a sentence.
    $ optimlint check train.py
    exit 1
    stdout has train.py:6:12: OPT001
    stderr lacks Traceback
    -- train.py --
    the file before
    -- want/train.py --
    the file after

A `$ command` is followed by its expectations; there may be several commands. `exit N` is the exit code (default 0), `>
line` lines are the whole of standard output, `2> line` lines the whole of standard error, and `has`, `lacks` and `is
empty` apply to parts of them. `< file` is standard input. `VARIABLE=value` may precede a command. After the session,
the file of each `want/…` must have that content, and all other files must be unchanged.
"""

import shlex
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cli_support import optimlint

AS_PROCESSES = {"color", "finding", "fix_all", "help", "json", "standard_input"}
"""Scenarios whose commands run in new processes, as users run them. The others run in the process of the tests."""

SCENARIOS = sorted((Path(__file__).parent / "cli").glob("*.txt"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(scenario: Path, tmp_path: Path) -> None:
    steps, files = read_scenario(scenario.read_text(encoding="utf-8"))
    assert steps, "a scenario needs a command"
    before = {name: text for name, text in files.items() if not name.startswith("want/")}
    for name, text in before.items():
        write(tmp_path / name, text)
    for step in steps:
        outcome = run(step, tmp_path, as_process=scenario.stem in AS_PROCESSES)
        for expectation in step.expectations:
            verify(expectation, outcome)
        if step.stdout is not None:
            assert outcome.stdout == step.stdout
        if step.stderr is not None:
            assert outcome.stderr == step.stderr
        assert outcome.exit_code == step.exit_code, outcome.stdout + outcome.stderr
    after = before | {name.removeprefix("want/"): text for name, text in files.items() if name not in before}
    present = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {name: read(tmp_path / name) for name in present} == after


@dataclass(slots=True)
class Step:
    """One command of a session and its expectations."""

    command: str
    exit_code: int = 0
    stdout: str | None = None
    stderr: str | None = None
    stdin: str | None = None
    expectations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a command."""

    exit_code: int
    stdout: str
    stderr: str


def read_scenario(text: str) -> tuple[list[Step], dict[str, str]]:
    steps: list[Step] = []
    files: dict[str, str] = {}
    name = None
    for line in text.splitlines(keepends=True):
        if line.startswith("-- ") and line.endswith(" --\n"):
            name = line[3:-4]
            files[name] = ""
        elif name is not None:
            files[name] += line
        elif line.startswith("$ "):
            steps.append(Step(line[2:].strip()))
        elif line.strip() and not line.startswith("#"):
            expect(steps[-1], line.rstrip("\n"))
    return steps, files


def expect(step: Step, line: str) -> None:
    word, _, rest = line.partition(" ")
    match word:
        case "exit":
            step.exit_code = int(rest)
        case ">":
            step.stdout = (step.stdout or "") + rest + "\n"
        case "2>":
            step.stderr = (step.stderr or "") + rest + "\n"
        case "<":
            step.stdin = rest
        case "stdout" | "stderr":
            step.expectations.append(line)
        case _:
            raise ValueError(f"not a line of a scenario: {line}")


def verify(expectation: str, outcome: Outcome) -> None:
    stream, relation, *rest = expectation.split(" ", 2)
    actual = outcome.stdout if stream == "stdout" else outcome.stderr
    match relation, rest:
        case "has", [text]:
            assert text in actual
        case "lacks", [text]:
            assert text not in actual
        case "is", ["empty"]:
            assert actual == ""
        case _:
            raise ValueError(f"not an expectation: {expectation}")


def run(step: Step, folder: Path, *, as_process: bool) -> Outcome:
    variables, arguments = {}, shlex.split(step.command)
    while "=" in arguments[0]:
        variable, value = arguments.pop(0).split("=", 1)
        variables[variable] = value
    assert arguments[0] == "optimlint"
    stdin = (folder / step.stdin).read_bytes() if step.stdin else b""
    done = optimlint(folder, arguments[1:], variables=variables, stdin=stdin, as_process=as_process)
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")
