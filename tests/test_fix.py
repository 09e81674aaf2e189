"""Fixes are spliced into the text: everything else is unchanged, and fixes that would break it are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimlint import Applicability, Diagnostic, Edit, Fix, Fixed, Position, Range, Severity, fix_source

SAFE, UNSAFE, DISPLAY = Applicability.SAFE, Applicability.UNSAFE, Applicability.DISPLAY


def place(line: int, column: int, end_line: int, end_column: int, cell: int | None = None) -> Range:
    return Range(Position(line, column), Position(end_line, end_column), cell)


def at(line: int, start: int, end: int, text: str) -> Edit:
    return Edit(place(line, start, line, end), text)


def says(*fixes: Fix, line: int = 1) -> Diagnostic:
    where = fixes[0].edits[0].range if fixes and fixes[0].edits else place(line, 1, line, 1)
    return Diagnostic("a.py", where, "some-rule", "OPT001", Severity.ERROR, "says so", (), fixes)


def fix(*edits: Edit, trust: Applicability = SAFE) -> Fix:
    return Fix("Do it", edits, trust)


def test_nothing_to_do() -> None:
    bare = says()
    assert fix_source("x = 1\n", [bare]) == Fixed("x = 1\n", (), ())


def test_all_edits_of_a_fix() -> None:
    one = says(fix(at(1, 5, 6, "2"), at(2, 1, 1, "z = 3\n"), at(2, 1, 2, "w")))
    assert fix_source("x = 1\ny = 2\n", [one]) == Fixed("x = 2\nz = 3\nw = 2\n", (one,), ())


@pytest.mark.parametrize(
    ("asked", "text"), [(SAFE, "x = 1\n"), (UNSAFE, "x = 'unsafe'\n"), (DISPLAY, "x = 'display'\n")]
)
def test_first_fix_that_is_trusted_enough(asked: Applicability, text: str) -> None:
    one = says(fix(at(1, 5, 6, "'display'"), trust=DISPLAY), fix(at(1, 5, 6, "'unsafe'"), trust=UNSAFE))
    fixed = fix_source("x = 1\n", [one], asked)
    assert fixed.text == text
    assert (fixed.applied, fixed.skipped) == (((), (one,)) if asked is SAFE else ((one,), ()))


def test_of_two_that_overlap_the_later_is_skipped() -> None:
    outer, inner = says(fix(at(1, 5, 10, "a"))), says(fix(at(1, 7, 8, "b"), at(2, 1, 2, "z")))
    fixed = fix_source("x = f(12)\ny = 2\n", [inner, outer])
    assert fixed == Fixed("x = a\ny = 2\n", (outer,), (inner,))


def test_what_two_fixes_do_alike_is_done_once() -> None:
    first = says(fix(at(1, 1, 1, "import a\n"), at(1, 5, 6, "a.f")))
    second = says(fix(at(1, 1, 1, "import a\n"), at(2, 5, 6, "a.g")))
    fixed = fix_source("x = 1\ny = 2\n", [first, second])
    assert fixed == Fixed("import a\nx = a.f\ny = a.g\n", (first, second), ())


def test_two_insertions_at_one_place_have_no_order() -> None:
    first, second = says(fix(at(2, 1, 1, "a = 1\n"))), says(fix(at(2, 1, 1, "b = 2\n")))
    fixed = fix_source("x = 1\ny = 2\n", [first, second])
    assert fixed == Fixed("x = 1\na = 1\ny = 2\n", (first,), (second,))


def test_neighbours_do_not_overlap() -> None:
    first, second = says(fix(at(1, 1, 2, "a"))), says(fix(at(1, 2, 4, " +=")))
    assert fix_source("x = 1\n", [first, second]).text == "a += 1\n"


def test_fix_that_overlaps_itself_is_skipped() -> None:
    one = says(fix(at(1, 1, 4, "y"), at(1, 2, 6, "z")))
    assert fix_source("x = 1\n", [one]) == Fixed("x = 1\n", (), (one,))


@pytest.mark.parametrize(
    "where",
    [
        place(9, 1, 9, 1),
        place(1, 7, 1, 9),
        place(1, 5, 1, 4),
        place(0, 1, 1, 1),
        place(1, 0, 1, 1),
        place(2, 2, 2, 2),
        place(1, 1, 1, 2, cell=3),
    ],
)
def test_edit_without_a_place_in_the_text_is_skipped(where: Range) -> None:
    lost, good = says(fix(Edit(where, "y"))), says(fix(at(1, 5, 6, "2")))
    assert fix_source("x = 1\n", [lost, good]) == Fixed("x = 2\n", (good,), (lost,))


def test_what_would_not_parse_is_skipped_alone() -> None:
    good, bad = says(fix(at(1, 5, 6, "2"))), says(fix(at(2, 5, 6, "(")))
    assert fix_source("x = 1\ny = 2\n", [good, bad]) == Fixed("x = 2\ny = 2\n", (good,), (bad,))


def test_fixes_that_break_the_text_only_together() -> None:
    first, second = says(fix(at(1, 5, 8, ""))), says(fix(at(1, 9, 12, "")))
    assert fix_source("x = 'a' 'b'\n", [first, second]) == Fixed("x =  'b'\n", (first,), (second,))


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_inserted_lines_end_as_their_neighbours(line_end: str) -> None:
    text = line_end.join(["x = 1", "y = 2", ""])
    one = says(fix(at(2, 1, 1, "a = [\n    1,\n]\n")))
    assert fix_source(text, [one]).text == line_end.join(["x = 1", "a = [", "    1,", "]", "y = 2", ""])


def test_line_ends_are_those_of_the_place() -> None:
    text = "x = 1\ny = 2\r\nz = 3\nw = 4"
    edits = (at(2, 1, 1, "a = 1\n"), at(3, 1, 1, "b = 2\n"), at(4, 6, 6, "\nc = 5"))
    assert fix_source(text, [says(fix(*edits))]).text == "x = 1\na = 1\r\ny = 2\r\nb = 2\nz = 3\nw = 4\nc = 5"


def test_a_whole_last_line_is_removed() -> None:
    one = says(fix(Edit(place(2, 1, 3, 1), "")))
    assert fix_source("x = 1\ny = 2", [one]).text == "x = 1\n"
    assert fix_source("x = 1\r\ny = 2\r\n", [one]).text == "x = 1\r\n"


@pytest.mark.parametrize(
    "rest",
    [
        "if x:\f\n\tpass\n",
        "x = '\u2028 is no line end'\n",
        "x = 1\x0b\n",
        "s = '''a\r\nb\rc\nd'''\n",
        "# \U0001f525 é \u200b\n",
        "x = 1   \n\n\n   \n",
        "if x:\r\n\ty = 1 # no end",
    ],
)
def test_the_rest_stays_as_it_is(rest: str) -> None:
    one = says(fix(at(1, 12, 13, "2")))
    assert fix_source("é = 1; x = 1\n" + rest, [one]).text == "é = 1; x = 2\n" + rest


def test_text_that_did_not_parse_before_may_be_fixed() -> None:
    one = says(fix(at(1, 5, 6, "2")))
    assert fix_source("x = 1\ny = (\n", [one]).text == "x = 2\ny = (\n"


@given(st.text(st.sampled_from("ab \n\r\t#é\U0001f525"), max_size=30), st.data())
def test_any_edit_keeps_what_is_around_it(text: str, data: st.DataObject) -> None:
    """Inside a comment everything parses, so only edits that do not fit the text are refused."""
    lines = ["# " + line for line in text.replace("\r", "").split("\n")]
    text = "\n".join(lines)
    number = data.draw(st.integers(1, len(lines)))
    start = data.draw(st.integers(3, len(lines[number - 1]) + 1))
    end = data.draw(st.integers(start, len(lines[number - 1]) + 1))
    fixed = fix_source(text, [says(fix(at(number, start, end, "new")))])
    line = lines[number - 1]
    lines[number - 1] = line[: start - 1] + "new" + line[end - 1 :]
    assert fixed.text == "\n".join(lines)
