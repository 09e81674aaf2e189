"""Fingerprints stay the same for findings that a person considers the same, and differ for others."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimlint import Diagnostic, Position, Range, Severity
from optimlint.fingerprint import fingerprints

SOURCE = '''\
from torch.optim import AdamW


class Trainer:
    """Trains."""

    def make(self, model):
        text = """
not a statement
"""
        # The groups are for later.
        return AdamW(
            model.parameters(),
            lr=0.1,
        )


def other(model):
    if model:
        return AdamW(model.parameters())


optimizer = AdamW(model.parameters())
'''


def finding(line: int, end_line: int | None = None, rule: str = "some-rule", cell: int | None = None) -> Diagnostic:
    place = Range(Position(line, 3), Position(end_line or line, 9), cell)
    return Diagnostic("/work/train.py", place, rule, "OPT001", Severity.ERROR, "a message")


def line_of(text: str, code: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if code in line)


def one(text: str, line: int, end_line: int | None = None, path: str = "train.py") -> str:
    (found,) = fingerprints([finding(line, end_line)], text, path)
    return found


def test_it_names_its_version_and_shows_nothing_of_the_source() -> None:
    print_ = one(SOURCE, 12, 15)
    version, _, digest = print_.partition(":")
    assert version == "v1"
    assert len(digest) == 32
    assert set(digest) <= set("0123456789abcdef")


def test_the_scheme_is_a_promise() -> None:
    """Baselines contain these values. If they change, the version of the scheme must change."""
    assert one(SOURCE, 12, 15) == "v1:4011839e2f45bbadad4c7fe2315159bb"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param("import os\n\n" + SOURCE, id="lines above"),
        pytest.param(
            SOURCE.replace("        text = ", "        if model:\n            pass\n        text = "), id="code above"
        ),
        pytest.param(SOURCE.replace("not a statement", "nothing ( of [ the { kind"), id="a string above"),
        pytest.param(SOURCE.replace("        # The groups are for later.\n", ""), id="no comment above"),
        pytest.param(SOURCE.replace("# The groups", "# def f(:"), id="a comment above"),
        pytest.param(SOURCE.replace("\n", "\r\n"), id="line ends"),
        pytest.param(SOURCE.replace("    ", "\t"), id="tabs"),
        pytest.param(SOURCE.replace("lr=0.1,", "lr = 0.1  # tuned"), id="layout and comments"),
    ],
)
def test_what_changes_around_it_does_not_matter(changed: str) -> None:
    start = line_of(changed, "return AdamW(")
    assert one(changed, start, start + 3) == one(SOURCE, 12, 15)


def test_a_formatter_does_not_matter() -> None:
    flat = SOURCE.replace(
        "AdamW(\n            model.parameters(),\n            lr=0.1,\n        )", "AdamW(model.parameters(), lr=0.1)"
    )
    assert one(flat, line_of(flat, "lr=0.1")) == one(SOURCE, 12, 15)


def test_moving_a_function_does_not_matter() -> None:
    head, cls, func = SOURCE.partition("class Trainer")[0], "class Trainer", "def other"
    body = SOURCE[SOURCE.index(cls) : SOURCE.index(func)]
    rest = SOURCE[SOURCE.index(func) :]
    moved = head + rest + "\n\n" + body
    start = next(number for number, line in enumerate(moved.split("\n"), 1) if line.endswith("return AdamW("))
    assert one(moved, start, start + 3) == one(SOURCE, 12, 15)


def test_what_it_is_made_of_matters() -> None:
    known = one(SOURCE, 12, 15)
    assert one(SOURCE, 12, 15, path="other.py") != known
    assert one(SOURCE.replace("class Trainer", "class Other"), 12, 15) != known
    assert one(SOURCE.replace("def make", "def build"), 12, 15) != known
    assert one(SOURCE.replace("lr=0.1", "lr=0.2"), 12, 15) != known
    assert fingerprints([finding(12, 15, rule="another-rule")], SOURCE, "train.py") != [known]


def test_scopes_tell_equal_code_apart() -> None:
    text = "def a(m):\n    AdamW(m)\n\n\ndef b(m):\n    AdamW(m)\n\n\n"
    text += "class C:\n    async def a(self, m):\n        AdamW(m)\nAdamW(m)\n"
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "AdamW" in line]
    assert len({one(text, line) for line in lines}) == 4


def test_a_block_that_is_no_scope_ends_a_function() -> None:
    text = "def a(m):\n    pass\nif x:\n    AdamW(m)\n"
    assert one(text, 4) == one("if x:\n    AdamW(m)\n", 2)


def test_equal_findings_are_numbered() -> None:
    text = "AdamW(m)\nAdamW(m)\nx\n"
    first, second = fingerprints([finding(1), finding(2)], text, "a.py")
    assert first != second
    assert fingerprints([finding(2)], text, "a.py") == [first]
    assert fingerprints([finding(3), finding(1)], text, "a.py")[1] == first


def test_a_comment_is_known_by_its_words() -> None:
    text = "def f():\n    # optimlint: ignore[OPT001]\n    x = 1\n    # optimlint: ignore[OPT002]\n"
    assert one(text, 2) != one(text, 4)
    assert one(text, 2) == one("def f():\n    y = 2\n" + text.partition("\n")[2], 3)


def test_a_cell_is_known_without_its_number() -> None:
    known = fingerprints([finding(2, cell=3)], {3: "%cd x\nAdamW(m)"}, "a.ipynb")
    assert fingerprints([finding(3, cell=9)], {1: "AdamW(m)", 9: "!ls 'it\n\nAdamW( m )"}, "a.ipynb") == known


@pytest.mark.parametrize("source", ["", "x", "def f(:\n((((\n'''\n", "\\\n\\", "\x00\udc80'\n", {1: "x"}])
@pytest.mark.parametrize("lines", [(1, 1), (2, 1), (0, 0), (900, 901)])
def test_nothing_breaks_it(source: str | dict[int, str], lines: tuple[int, int]) -> None:
    placed = [finding(*lines), replace(finding(*lines), path="\udcff"), finding(*lines, cell=7)]
    assert len(set(fingerprints(placed, source, "caf\udce9.py"))) == 3


def test_an_unclosed_bracket_costs_nothing_behind_the_next_definition() -> None:
    text = "x = (1,\n\ndef f(m):\n    AdamW(m)\n"
    assert one(text, 4) == one(text.partition("\n")[2], 3)


@given(st.text(alphabet="ab(])'\"\\#\n\r \tdef:", max_size=60), st.text(alphabet="ab \n#", max_size=20))
def test_blank_lines_and_statements_above_never_matter(text: str, above: str) -> None:
    """Complete code above a finding has no effect on its fingerprint."""
    above = "".join(f"{line.strip()}\n" for line in above.split("\n"))
    shift = above.count("\n")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    found = fingerprints(_each_line(lines, 0), text, "a.py")
    assert fingerprints(_each_line(lines, shift), above + text, "a.py") == found


def _each_line(lines: int, shift: int) -> Sequence[Diagnostic]:
    return [finding(line + shift) for line in range(1, lines + 1)]
