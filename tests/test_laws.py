"""Properties of every source. The docs and ARCHITECTURE.md number the laws.

`OPTIMLINT_THOROUGH=1` cuts every fixture at every line and reads the whole standard library. Without it a fixed sample
of both is used.
"""

import ast
import hashlib
import json
import os
import pickle
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from elsewhere_support import Others, beside
from every import for_each
from fixtures_support import FIXTURES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws import first_fix, is_well_behaved, outside_is_kept
from results import found_in_text

import optimlint
from optimlint import (
    RULES,
    Applicability,
    Diagnostic,
    Options,
    Range,
    check_notebook,
    check_source,
    fix_notebook,
    fix_source,
)
from optimlint.facts.models import Exposed
from optimlint.notebook.files import check_any_facts, read_any
from optimlint.syntax.outline import outline_of
from optimlint.text import Unparseable

IS_THOROUGH = bool(os.environ.get("OPTIMLINT_THOROUGH"))
PATHS = sorted(path for path in FIXTURES.rglob("*") if not path.stem.endswith(".fixed"))
SCRIPTS = [path for path in PATHS if path.suffix == ".py"]
NOTEBOOKS = [path for path in PATHS if path.suffix == ".ipynb"]
PATHS_OF_CODE = SCRIPTS + NOTEBOOKS
UNSAFE = Applicability.UNSAFE


def name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


def check(path: Path, *, reads_all: bool = False) -> list[Diagnostic]:
    content = path.read_bytes()
    checker = check_notebook if path.suffix == ".ipynb" else check_source
    return checker(content, path.name, Options(reads_all=reads_all))


def found_in(path: Path) -> tuple[Diagnostic, ...]:
    """The findings in a fixture, for tests that compare them with something else."""
    return found_in_text(path.read_bytes(), path.name)


def sample(paths: list[Path], step: int) -> list[Path]:
    """A fixed sample of the paths, for slow tests."""
    return paths if IS_THOROUGH else [path for path in paths if sum(name(path).encode()) % step == 0]


# Law 2: no file, clock, environment or global state is used, and equal input gives equal output, in any process.

LOOK_AT_ALL = """
import sys
from pathlib import Path
from optimlint import Applicability, check_notebook, check_source, fix_notebook, fix_source
contents = [(path.suffix, path.read_bytes()) for path in map(Path, sys.argv[1:])]

def look():
    seen = []
    for suffix, content in contents:
        if suffix == ".py":
            found = check_source(content)
            seen.append((found, fix_source(content.decode(), found, Applicability.UNSAFE)))
        else:
            found = check_notebook(content)
            seen.append((found, fix_notebook(content, found, Applicability.UNSAFE)))
    return seen
"""

WITH_WARNINGS = """
import warnings
warnings.simplefilter("error")
"""

SAY_IT = """
import hashlib
print(hashlib.sha256(repr(look()).encode()).hexdigest())
"""

WATCH = """
import datetime, os, random, time
look()  # What is imported on demand is imported now.

seen = []
is_watched = False
HARMLESS = {"builtins.id", "compile", "object.__getattr__", "object.__setattr__", "object.__delattr__", "sys._getframe"}
NO_FILE = "<unknown>"  # Python looks for a file of this name when it words a syntax error.

def hook(event, arguments):
    if is_watched and event not in HARMLESS and arguments[:1] != (NO_FILE,):
        seen.append(event)

def forbidden(*arguments, **named):
    seen.append("clock, environment or chance")
    raise AssertionError

class Forbidden:
    __getattr__ = __getitem__ = __contains__ = get = forbidden

sys.addaudithook(hook)
kept = {module: {one: getattr(module, one) for one in names} for module, names in {
    os: ["environ", "getcwd", "urandom"],
    time: ["time", "monotonic", "perf_counter", "sleep"],
    random: ["random", "choice", "shuffle"],
}.items()}
for module, names in kept.items():
    for one in names:
        setattr(module, one, Forbidden() if one == "environ" else forbidden)
is_watched = True
look()
is_watched = False
for module, names in kept.items():
    for one, value in names.items():
        setattr(module, one, value)
print(sorted(set(seen)))
"""


def run(script: str, *arguments: str, **environment: str) -> str:
    source = str(Path(optimlint.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": source, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_is_touched() -> None:
    assert run(WITH_WARNINGS + LOOK_AT_ALL + WATCH, *map(str, sample(PATHS_OF_CODE, 11))) == "[]"


@pytest.mark.long
def test_equal_output_in_any_process(tmp_path: Path) -> None:
    said = {
        run(LOOK_AT_ALL + SAY_IT, *map(str, sample(PATHS_OF_CODE, 11)), PYTHONHASHSEED=seed)
        for seed in ("0", "1", "4711")
    }
    assert len(said) == 1


def test_equal_output_whatever_came_before() -> None:
    paths = sample(PATHS_OF_CODE, 11)
    assert [check(path) for path in paths] == [check(path) for path in reversed(paths)][::-1]


# Law 3: nothing is raised, whatever the bytes.


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_cut_at_every_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    step = 1 if IS_THOROUGH else 31
    first = int(hashlib.sha256(name(path).encode()).hexdigest(), 16) % step
    for number, end in enumerate(range(first, len(lines), step)):
        if IS_THOROUGH or (first + number) % 2 == 0:
            assert is_well_behaved(check_source(b"".join(lines[:end]))), f"cut at line {end}"
        if IS_THOROUGH or (first + number) % 2 == 1:
            assert is_well_behaved(check_source(b"".join(lines[end:]))), f"without the lines up to {end}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook_cut_anywhere(path: Path) -> None:
    content = path.read_bytes()
    for end in range(0, len(content), 1 if IS_THOROUGH else 97):
        assert is_well_behaved(check_notebook(content[:end])), f"cut at byte {end}"


MATTERS = "# optimlint:\n"
"""A comment without meaning that the scan must not skip."""

FRAGMENTS = [
    *(
        "model",
        "params",
        "p",
        "n",
        "groups",
        "self",
        "lr",
        "bias",
        "0.0",
        "1",
        "'bias'",
        '"params"',
        "None",
        "[]",
        "{}",
    ),
    *(
        "for ",
        "in ",
        "if ",
        "else ",
        "not ",
        "and ",
        "or ",
        "lambda ",
        "def f(",
        "class A:",
        "return ",
        "yield ",
        "*",
        "**",
    ),
    *(
        "with ",
        "try:",
        "except:",
        "while ",
        "match ",
        "case ",
        "global ",
        "del ",
        "import ",
        "from ",
        "async ",
        "await ",
    ),
    *(
        "=",
        "+=",
        ":=",
        "==",
        "+",
        "<",
        ".",
        ",",
        ":",
        ";",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "@",
        "->",
        "\\",
        "!",
        "%",
        "$",
    ),
    *(
        "\n",
        "\n    ",
        "\n\t",
        "\r\n",
        "\r",
        "\f",
        " ",
        "  ",
        "\0",
        "\ufeff",
        "\ud800",
        "é",
        "\u2028",
        "#",
        "'''",
        '"',
        "f'{",
    ),
    *(
        "from torch.optim import AdamW\n",
        "AdamW(",
        "model.parameters()",
        "model.named_parameters()",
        "torch.optim.SGD(",
    ),
    *(
        '{"params": p, "weight_decay": 0.0}',
        "groups.append(",
        "no_decay = ['bias']\n",
        "any(nd in n for nd in no_decay)",
    ),
    *(
        "# optimlint: ignore",
        "# noqa: OPT001",
        "[OPT001]",
        "# optimlint: ignore-file",
        "param_groups",
        "add_param_group(",
    ),
]


@settings(max_examples=2000 if IS_THOROUGH else 150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
def test_any_text(text: str) -> None:
    assert is_well_behaved(check_source(text))
    assert is_well_behaved(check_source(text.encode("utf-8", "surrogatepass")))
    found = check_source(MATTERS + text)
    assert is_well_behaved(found)
    fix_source(MATTERS + text, found, Applicability.DISPLAY)


@settings(max_examples=1000 if IS_THOROUGH else 100, deadline=None)
@given(
    st.binary(max_size=60),
    st.sampled_from([b"", b"# optimlint:\n", b"# coding: latin-1 optimlint:\n", b"# coding: no optimlint:\n"]),
)
def test_any_bytes(content: bytes, start: bytes) -> None:
    assert is_well_behaved(check_source(start + content))
    assert is_well_behaved(check_notebook(start + content))


STANDARD_LIBRARY = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))


def test_standard_library() -> None:
    """Every source is read as if it could matter, and all code that Python can compile is parsed."""
    paths = [path for path in STANDARD_LIBRARY if "site-packages" not in path.parts]
    for path in paths if IS_THOROUGH else paths[::90]:
        content = path.read_bytes() + b"\n" + MATTERS.encode()
        found = check_source(content, str(path))
        assert is_well_behaved(found), path
        if any(one.code == "OPT900" and "not parsed" not in one.message for one in found):
            with pytest.raises((SyntaxError, ValueError)):
                compile(content, str(path), "exec", dont_inherit=True)


def test_hostile_shapes() -> None:
    shapes = [
        "x = " + "(" * 3000 + ")" * 3000,
        "x = " + " or ".join(["y"] * 10_000),
        "x = y" + ".z()" * 3200,
        "x = " + "-" * 5000 + "1",
        "x = " + "lambda: " * 3000 + "1",
        "x = " + "not " * 5000 + "y",
        "if x: pass\n" + "elif y: pass\n" * 10_000,
        "".join(f"{' ' * depth}if x:\n" for depth in range(300)) + " " * 300 + "pass",
        "x = [" + "1, " * 10_000 + "]",
        "x = f'" + "{" * 300 + "'",
        "x = " + "await " * 3000 + "y",
        "x" + "[0]" * 5000 + " = 1",
        "x = " + "y if z else " * 3000 + "y",
        "x = " + "a[" * 1000 + "]" * 1000,
        "@x\n" * 1000 + "def f(): pass",
        "x = '" + "a" * 1_000_000,
        "with " + ", ".join(["a as b"] * 500) + ": pass",
    ]
    for shape in shapes:
        assert is_well_behaved(check_source(f"{MATTERS}{shape}\n")), shape[:40]


# Law 5: the scan never hides a finding, and where no file can matter libcst is not even imported.


@pytest.mark.parametrize("path", PATHS_OF_CODE, ids=name)
def test_scan_and_reading_on_demand_hide_nothing(path: Path) -> None:
    """Lowering and reading all functions gives the same findings, except syntax errors in sources where nothing can
    matter."""
    whole = check(path, reads_all=True)
    assert list(found_in(path)) == [one for one in whole if one in found_in(path) or one.code != "OPT900"]


PADDING = """
def padding_{number}(batch):
    '''Nothing of this matters: naïve padding, with a word of two bytes.'''
    total = 0
    for index, one in enumerate(batch):
        total += index * one["size"]  # ☃
        if total > 1000:
            return {{"total": total, "index": index, "rest": batch[index:]}}
    @wraps(total)
    def inner():
        return total

    return inner


"""


@pytest.mark.parametrize("path", sample(SCRIPTS, 6), ids=name)
def test_bodies_that_nobody_asks_for_move_nothing(path: Path) -> None:
    """Irrelevant functions between the others are not lowered, and all positions stay the same."""
    text = text_of(path)
    try:
        starts = [statement.lineno for statement in ast.parse(text).body if not isinstance(statement, ast.ImportFrom)]
    except SyntaxError:
        pytest.skip("no Python")
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(reversed(starts)):
        while line > 1 and lines[line - 2].startswith("@"):
            line -= 1
        lines.insert(line - 1, PADDING.format(number=number))
    padded = "".join(lines)
    outline = outline_of(padded)
    assert outline is None or outline.functions or not has_bodies_to_leave(padded)
    assert check_source(padded) == check_source(padded, options=Options(reads_all=True))


def has_bodies_to_leave(text: str) -> bool:
    """Whether a padded text has padding, and nothing requires that it is lowered as a whole."""
    return "def padding_" in text and "optimlint:" not in text and "noqa" not in text


@pytest.mark.parametrize("comment", ["# optimlint: ignore", "# optimlint: ignore-file[OPT001]", "# noqa: OPT001"])
def test_scan_sees_suppressions(comment: str) -> None:
    assert [one.code for one in check_source(f"x = 1\n{comment}\n")] == ["OPT901"]


@pytest.mark.parametrize(
    "statement",
    [
        "import optimlint",
        "import optimlint; optimlint.check_source('import numpy\\nx = 1\\n')",
        "import optimlint; optimlint.check_notebook('{\"cells\": []}')",
        "import optimlint; optimlint.fix_source('x = 1', [])",
    ],
)
def test_libcst_is_not_loaded_in_vain(statement: str) -> None:
    loaded = run(
        f"{statement}\nimport sys\nprint(*(set(sys.modules) & {{'libcst', 'click', 'rich', 'multiprocessing'}}))"
    )
    assert loaded == ""


def test_import_brings_nothing_along() -> None:
    before_and_after = "import sys; before = set(sys.modules)\nimport optimlint\nprint(*(set(sys.modules) - before))"
    assert {one for one in run(before_and_after).split() if not one.startswith("importlib")} == {"optimlint"}


# Law 6: a fix parses, is idempotent, removes its finding, adds none, and changes only its ranges.


TWINS = "two filters share a split, and mending one of them leaves a hole"
NOT_YET = {
    "exact-name-filter/comprehension_over_names.py": TWINS,
    "exact-name-filter/loops_and_dicts.py": TWINS,
    "exact-name-filter/some_full_names.py": TWINS,
    "exact-name-filter/trainers.py": TWINS,
}
"""Fixtures with a fix that violates the law, and why. Remove the line when the fix is corrected."""


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.xfail(reason=reason)) if (reason := NOT_YET.get(name(path))) else path
        for path in SCRIPTS
    ],
    ids=name,
)
def test_each_fix_alone(path: Path) -> None:
    text = text_of(path)
    found = found_in(path)
    before = Counter(one.rule for one in found)
    fixable = [one for one in found if one.fixes]
    for diagnostic in fixable if IS_THOROUGH else fixable[:: max(len(fixable) // 3, 1)]:
        fixed = fix_source(text, [diagnostic], UNSAFE)
        if not fixed.applied:
            assert fixed.text == text
            continue
        after = Counter(one.rule for one in found_in_text(fixed.text.encode(), path.name))
        assert after[diagnostic.rule] < before[diagnostic.rule], f"{diagnostic.message} is still there"
        assert not after - before, f"the fix of {diagnostic.message} adds findings"
        assert outside_is_kept(text, fixed.text, first_fix(diagnostic).edits)


def with_windows_ends(text: str) -> str:
    return text.replace("\n", "\r\n")


def with_form_feed(text: str) -> str:
    return "\f\n" + text


def with_blank_end(text: str) -> str:
    return text + "    "


def with_old_mac_ends(text: str) -> str:
    return text.replace("\n", "\r")


def with_mark_in_the_text(text: str) -> str:
    return "\ufeff" + text


@pytest.mark.parametrize(
    "change", [with_windows_ends, with_form_feed, with_blank_end, with_old_mac_ends, with_mark_in_the_text]
)
@pytest.mark.parametrize("path", sample(SCRIPTS, 5), ids=name)
def test_fixes_keep_odd_white_space(path: Path, change: Callable[[str], str]) -> None:
    """Laws 6 and 7: either the fixes are exact to the byte, or there are none."""
    text = text_of(path)
    found, changed = found_in(path), check_source(change(text))
    if change in {with_windows_ends, with_blank_end}:
        assert [(one.code, one.range.start) for one in changed] == [(one.code, one.range.start) for one in found]
    fixed = fix_source(change(text), changed, UNSAFE)
    if fixed.applied:
        assert fixed.text == change(fixed_text(path))


@cache
def fixed_text(path: Path) -> str:
    """A fixture after all fixes, cached."""
    return fix_source(text_of(path), list(found_in(path)), UNSAFE).text


@pytest.mark.parametrize("path", sample(SCRIPTS, 5), ids=name)
def test_encodings(path: Path) -> None:
    text = "# -*- coding: utf-8 -*-\n# ä\n" + text_of(path).encode("latin-1", "replace").decode("latin-1")
    expected = check_source(text)
    assert check_source(text.encode()) == expected
    assert check_source(b"\xef\xbb\xbf" + text.encode()) == expected
    assert check_source(text.replace("utf-8", "latin-1", 1).encode("latin-1")) == expected


@pytest.mark.parametrize("path", sample(SCRIPTS, 3), ids=name)
def test_source_in_a_notebook_is_the_same_source(path: Path) -> None:
    """In one cell, and with a cell per statement: the findings and the fixed text are those of the file."""
    text = text_of(path)
    expected = list(found_in(path))
    if any(one.code == "OPT900" for one in expected):
        pytest.skip("a cell that cannot be parsed is left out alone, and magics are understood")
    fixed = fix_source(text, expected, UNSAFE)
    for cells in ([text], in_statements(text)):
        notebook = json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})
        found = check_notebook(notebook)
        starts = [sum(cell.count("\n") for cell in cells[:number]) for number in range(len(cells))]
        in_file = [(one.code, one.range.start.line + starts[(one.cell or 1) - 1], one.message) for one in found]
        assert in_file == [(one.code, one.range.start.line, one.message) for one in expected]
        assert "".join(read_back(fix_notebook(notebook, found, UNSAFE).text)) == fixed.text


def in_statements(text: str) -> list[str]:
    """The text, cut at the starts of its statements. Equal parts would count as copies, so such texts are not cut."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return [text]
    lines = text.splitlines(keepends=True)
    starts = [min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))]) - 1 for node in body]
    ends = [*starts[1:], len(lines)]
    parts = ["".join(lines[start:end]) for start, end in zip([0, *starts[1:]], ends, strict=True)]
    return parts if len(set(parts)) == len(parts) and "".join(parts) == text else [text]


def read_back(notebook: str) -> list[str]:
    return [cell["source"] for cell in json.loads(notebook)["cells"]]


# Answers from the rest of the repository.


@pytest.mark.parametrize("path", sample(PATHS_OF_CODE, 3), ids=name)
def test_answers_find_nothing_where_there_was_nothing(path: Path) -> None:
    """If another file uses a name, that may silence a finding and so reveal another one that it hid. It adds none by
    itself."""
    options = Options(rules=frozenset(rule.name for rule in RULES), respect_suppressions=False)
    facts = read_any(path.read_bytes(), str(path), options)
    if isinstance(facts, Unparseable):
        return
    nobody = Others()
    alone = places_of(check_any_facts(beside(facts, nobody), str(path), options))
    used = [one for one in nobody.of("used") if isinstance(one, Exposed)]
    keys, packages = ([one for one in nobody.of(kind) if isinstance(one, str)] for kind in ("key", "package"))
    each = [
        *(Others(used=frozenset({name})) for name in used),
        *(Others(keys=frozenset({key})) for key in keys),
        *(Others(packages=frozenset({package})) for package in packages),
        Others(frozenset(used), frozenset(keys), frozenset(packages)),
    ]
    for others in each:
        answered = places_of(check_any_facts(beside(facts, others), str(path), options))
        assert not (answered - alone) or alone - answered, f"{others}"


def places_of(diagnostics: list[Diagnostic]) -> set[tuple[str, Range]]:
    return {(one.code, one.range) for one in diagnostics}


# Results are plain data.


@for_each(PATHS_OF_CODE, name)
def test_diagnostics_are_plain(path: Path) -> None:
    found = found_in(path)
    assert pickle.loads(pickle.dumps(found)) == found
    assert len(set(found)) == len(found), "one diagnostic is reported twice"


def test_rules_and_options_are_plain() -> None:
    assert pickle.loads(pickle.dumps(RULES)) == RULES
    options = Options(rules=frozenset({"bypassed-param-groups"}))
    assert pickle.loads(pickle.dumps(options)) == options
    assert hash(options) == hash(pickle.loads(pickle.dumps(options)))


def test_public_names() -> None:
    assert all(getattr(optimlint, one) is not None for one in optimlint.__all__)
    assert set(optimlint.__all__) <= set(dir(optimlint))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = optimlint.nothing
