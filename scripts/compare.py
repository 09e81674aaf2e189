"""Runs other checkers on a fixture for each rule and writes docs/compare.md: their reports at the places of findings.

Each checker has an environment of its own under .compare/, with pinned versions. Each fixture is checked alone in an
empty folder, so that no configuration applies. A place counts if the fixture marks a finding of optimlint or its
evidence there. Whatever another checker reports there is listed, even if it reports it for another reason.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".compare"
PAGE = ROOT / "docs" / "compare.md"

FIXTURES = (
    "bypassed-param-groups/competition_script.py",
    "unused-param-groups/statements_that_make_lists.py",
    "unused-no-decay/splits_without_groups.py",
    "overwritten-optimizer/in_a_row.py",
    "uncalled-group-builder/functions.py",
    "exhausted-parameters/two_comprehensions.py",
    "uncovered-parameters/sub_modules_of_one_class.py",
    "overlapping-groups/not_any_twice.py",
    "string-no-decay/frameworks.py",
    "exact-name-filter/trainers.py",
    "unmatched-no-decay/gamma_and_beta.py",
    "always-true-name-test/bare_string_and_test.py",
    "wrapped-name-filter/basics.py",
    "inverted-decay/by_name.py",
    "inherited-decay/adamw_default.py",
    "ignored-group-key/misspelt_keys.py",
    "same-decay-groups/equal_numbers.py",
    "unregistered-parameter/basics.py",
    "requires-grad-no-effect/basics.py",
    "layer-made-in-forward/basics.py",
    "optimizers-not-returned/basics.py",
    "discarded-gradients/basics.py",
    "missing-zero-grad/basics.py",
    "clip-scaled-gradients/basics.py",
    "clip-without-effect/basics.py",
    "unused-scheduler/basics.py",
    "flattened-rates/basics.py",
    "eval-mode-kept/basics.py",
    "best-weights-alias/basics.py",
)
"""A fixture for each rule about training code, chosen by its name and not by the results."""

NEAR = {
    "F841": "a local variable is assigned and never used",
    "unused-variable": "a local variable is assigned and never used",
    "unused variable": "a variable is never used",
    "unused attribute": "an attribute is never used",
    "unused function": "a function is never used",
    "unused method": "a method is never used",
    "SIM222": "an `or` with a constant is always the same",
    "SIM223": "an `and` with a constant is always the same",
    "condition-evals-to-constant": "a condition is always the same",
    "simplifiable-condition": "a part of a condition changes nothing",
}
"""Reports that concern the same mistake, although they do not mention groups or optimizers."""

ELSE = {
    "E501": "the length of the line, sometimes with the mark's own comment",
    "B950": "the length of the line, sometimes with the mark's own comment",
    "line-too-long": "the length of the line, sometimes with the mark's own comment",
    "hyperparameters-pytorch": "optimizers, but of another matter: hyperparameters left at their defaults",
}
"""The subjects of the most common other reports."""


@dataclass(frozen=True, slots=True)
class Said:
    """One report of a checker: its first line, and its code or name."""

    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Checker:
    """A program to compare with. `pythons` are the interpreters that it can be installed on, preferred first."""

    name: str
    requirements: tuple[str, ...]
    command: tuple[str, ...]
    read: Callable[[str], list[Said]]
    pythons: tuple[str, ...] = (sys.executable,)


@dataclass(frozen=True, slots=True)
class Result:
    """A checker's reports at the marked lines, by fixture. `trouble` is the reason if there are none because it could
    not run, else ""."""

    checker: Checker
    said: dict[str, list[Said]]
    trouble: str = ""


def main() -> int:
    results = [_result(checker) for checker in CHECKERS]
    PAGE.write_text("\n".join(_page(results)) + "\n", encoding="utf-8")
    return 0


def marked_lines(source: str) -> set[int]:
    """The lines of findings and their evidence. A mark on a line of its own refers to the next line of code."""
    lines = source.splitlines()
    marked = set()
    for number, line in enumerate(lines):
        if re.search(r"# (want|see): ", line):
            while lines[number].lstrip().startswith("#"):
                number += 1
            marked.add(number + 1)
    return marked


def _page(results: list[Result]) -> Iterator[str]:
    yield "<!-- `make compare` writes this page from real runs. -->\n"
    yield "# Compared with other tools\n"
    yield _INTRODUCTION
    yield f"| fixture | places | {' | '.join(result.checker.name for result in results)} |"
    yield f"|---|---|{'---|' * len(results)}"
    for fixture in FIXTURES:
        places = len(marked_lines(_source(fixture)))
        cells = " | ".join(_cell(result, fixture) for result in results)
        yield f"| {fixture.removesuffix('.py').replace('/', ': ').replace('_', ' ')} | {places} | {cells} |"
    yield "\n## All reports at these places\n"
    yield "| tool | reports | times | about |"
    yield "|---|---|---|---|"
    for result in results[1:]:
        yield from _all_said(result)
    yield "\n## Versions and commands\n"
    for result in results:
        yield f"- **{result.checker.name}**: {_versions(result)}`{' '.join(result.checker.command)} FILE`"


def _cell(result: Result, fixture: str) -> str:
    if result.trouble:
        return "n/a"
    said = result.said[fixture]
    near = len({each.line for each in said if _is_near(result, each)})
    other = len({each.line for each in said} - {each.line for each in said if _is_near(result, each)})
    return ("**" + str(near) + "**" if near else "0") + (f" ({other})" if other else "")


def _is_near(result: Result, said: Said) -> bool:
    return result.checker is OPTIMLINT or said.code in NEAR


def _all_said(result: Result) -> Iterator[str]:
    if result.trouble:
        yield f"| {result.checker.name} | | | {result.trouble} |"
        return
    counted = Counter(said.code for each in result.said.values() for said in each)
    if not counted:
        yield f"| {result.checker.name} | nothing | | |"
    for code, times in sorted(counted.items(), key=lambda item: (item[0] not in NEAR, -item[1], item[0])):
        yield f"| {result.checker.name} | `{code}` | {times} | {(NEAR | ELSE).get(code, 'something else')} |"


def _versions(result: Result) -> str:
    pinned = ", ".join(requirement.replace("==", " ") for requirement in result.checker.requirements)
    return f"{pinned}; " if pinned else "this checkout; "


def _result(checker: Checker) -> Result:
    said: dict[str, list[Said]] = {}
    try:
        folder = _installed(checker)
        for fixture in FIXTURES:
            said[fixture] = _run(checker, folder, fixture)
    except _Trouble as error:
        return Result(checker, {}, str(error))
    return Result(checker, said)


def _installed(checker: Checker) -> Path:
    """The folder of the checker's programs. Reinstalls it if the requirements have changed."""
    if not checker.requirements:
        return Path(sys.executable).parent
    environment = WORK / checker.name
    ready = environment / ".ready"
    if ready.exists() and ready.read_text(encoding="utf-8") == repr(checker.requirements):
        return environment / "bin"
    _make_environment(environment, checker.pythons)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if subprocess.run([*pip, *checker.requirements], check=False).returncode:
        raise _Trouble("does not install")
    ready.write_text(repr(checker.requirements), encoding="utf-8")
    return environment / "bin"


def _make_environment(folder: Path, pythons: tuple[str, ...]) -> None:
    """Create a virtual environment with the first interpreter that works. A version manager may put commands on the
    path for interpreters that are not installed."""
    for python in filter(None, map(shutil.which, pythons)):
        if subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=False).returncode == 0:
            return
    raise _Trouble(f"does not install: it needs {' or '.join(pythons)}")


def _run(checker: Checker, programs: Path, fixture: str) -> list[Said]:
    """The checker's reports at the marked lines of a fixture."""
    source = _source(fixture)
    with tempfile.TemporaryDirectory() as folder:
        name = Path(fixture).name
        (Path(folder) / name).write_text(source, encoding="utf-8")
        done = subprocess.run(
            [str(programs / checker.command[0]), *checker.command[1:], name],
            cwd=folder,
            env={**os.environ, "HOME": folder, "PYTHONUTF8": "1", "NO_COLOR": "1"},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
    if done.returncode < 0 or "Traceback" in done.stderr:
        raise _Trouble(f"crashes on {name}")
    try:
        said = checker.read(done.stdout)
    except (ValueError, KeyError, TypeError) as error:
        raise _Trouble(f"gives no report on {name}") from error
    marked = marked_lines(source)
    return [each for each in said if each.line in marked]


def _source(fixture: str) -> str:
    return (ROOT / "fixtures" / fixture).read_text(encoding="utf-8")


def _from_json(output: str, *, code: str, line: tuple[str, ...], within: str = "") -> list[Said]:
    """The reports in a list of JSON objects, or in the list under the key `within` of an object."""
    document = json.loads(output)
    said = []
    for entry in document[within] if within else document:
        place = entry
        for key in line:
            place = place[key]
        said.append(Said(int(place), str(entry[code])))
    return said


def _from_lines(output: str, *, pattern: str) -> list[Said]:
    """The reports in lines of text."""
    return [Said(int(match["line"]), match["code"]) for match in re.finditer(pattern, output, re.MULTILINE)]


class _Trouble(Exception):
    """A checker could not be run; the message is the reason."""


_CODE = r"^[^:]+:(?P<line>\d+):\d+: (?P<code>\w+)"
_PYLINT = partial(_from_json, code="symbol", line=("line",))

OPTIMLINT = Checker(
    "optimlint",
    (),
    ("python", "-m", "optimlint", "check", "--isolated", "--select", "ALL", "--output-format", "json"),
    partial(_from_json, code="code", line=("location", "row")),
)

CHECKERS = (
    OPTIMLINT,
    Checker(
        "ruff",
        ("ruff==0.17.6",),
        ("ruff", "check", "--isolated", "--no-cache", "--select", "ALL", "--output-format", "json"),
        partial(_from_json, code="code", line=("location", "row")),
    ),
    Checker("TorchFix", ("torchfix==0.7.0",), ("torchfix", "--select", "ALL"), partial(_from_lines, pattern=_CODE)),
    Checker(
        "torch-preflight",
        ("torch-preflight==0.5.0",),
        ("torch-preflight", "check", "--format", "json"),
        partial(_from_json, code="code", line=("line",), within="diagnostics"),
    ),
    Checker(
        "dslinter",
        ("dslinter==2.0.9", "pylint==2.12.2"),
        ("pylint", "--load-plugins=dslinter", "--output-format=json"),
        _PYLINT,
        ("python3.9", "python3.10"),
    ),
    Checker("pylint", ("pylint==4.1.4",), ("pylint", "--enable=all", "--output-format=json"), _PYLINT),
    Checker(
        "vulture",
        ("vulture==2.16",),
        ("vulture",),
        partial(_from_lines, pattern=r"^[^:]+:(?P<line>\d+): (?P<code>unused \w+|\w+ \w+)"),
    ),
    Checker(
        "flake8",
        ("flake8==7.5.0", "flake8-bugbear==26.10.27"),
        ("flake8", "--isolated", "--select=C,E,F,W,B,B9"),
        partial(_from_lines, pattern=_CODE),
    ),
)

_INTRODUCTION = """\
The fixtures below contain mistakes in training code, and correct code next to them. *Places* counts the lines that
they mark: where a finding of optimlint begins, and where its evidence is. The number in bold counts the places at which
a tool reports something that is true of the same mistake, such as a variable that is never used. The number in brackets
counts further places at which it reports something else, such as the length of the line. The second table lists all
reports.

The fixtures are optimlint's own tests, so it is no surprise that optimlint finds what they mark. Evidence is not
counted as a finding of its own. The tables show what general tools, and tools for PyTorch, check for and what they do
not. These tools find much that optimlint never will, so use them, too.
"""


if __name__ == "__main__":
    sys.exit(main())
