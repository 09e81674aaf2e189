"""The layout of findings: frames, diffs, positions, JSON, from hand-made diagnostics."""

import json
import os

import pytest

from optimlint.cli.report import FORMATS, Report, render, render_statistics
from optimlint.diagnostic import (
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Position,
    Range,
    Related,
    Severity,
)
from optimlint.workspace.display import columns

SOURCE = """\
import torch


class Trainer:
    def __init__(self, model):
        groups = [
            {"params": model.parameters()},
        ]

        self.optimizer = torch.optim.AdamW(
            model.parameters(),
            lr=0.1,
        )
        self.other = torch.optim.SGD(model.parameters())
"""


def at(line: int, column: int, end_line: int, end_column: int, cell: int | None = None) -> Range:
    return Range(Position(line, column), Position(end_line, end_column), cell)


def finding(
    place: Range,
    *,
    related: tuple[Related, ...] = (),
    fixes: tuple[Fix, ...] = (),
    message: str = "`groups` is never used",
    path: str = "/work/train.py",
) -> Diagnostic:
    return Diagnostic(path, place, "bypassed-param-groups", "OPT001", Severity.ERROR, message, related, fixes)


def full(text: str, *diagnostics: Diagnostic, width: int = 80) -> str:
    """The report of findings in one file, without its last line, which says where to read more."""
    report = Report(diagnostics, {diagnostics[0].path: text.encode()}, "/work", False, width)
    return render("full", report).partition("\nWhy it matters")[0]


def test_a_mark_on_one_line_is_drawn_beneath_it() -> None:
    diagnostic = finding(
        at(14, 22, 14, 57),
        related=(Related(at(6, 9, 6, 15), "`groups` is built here"),),
        fixes=(Fix("Pass `groups`", (Edit(at(14, 38, 14, 56), "groups"),), Applicability.SAFE),),
    )
    assert full(SOURCE, diagnostic) == (
        """\
OPT001 bypassed-param-groups: `groups` is never used
  --> train.py:14:22
   |
 6 |         groups = [
   |         ------ `groups` is built here
...
12 |             lr=0.1,
13 |         )
14 |         self.other = torch.optim.SGD(model.parameters())
   |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
help: Pass `groups` (`--fix` does this)
14 -         self.other = torch.optim.SGD(model.parameters())
14 +         self.other = torch.optim.SGD(groups)
"""
    )


def test_marks_over_several_lines_are_brackets() -> None:
    diagnostic = finding(at(10, 26, 13, 10), related=(Related(at(6, 9, 8, 10), "`groups` is built here"),))
    assert full(SOURCE, diagnostic) == (
        """\
OPT001 bypassed-param-groups: `groups` is never used
  --> train.py:10:26
   |
 6 | /         groups = [
 7 | |             {"params": model.parameters()},
 8 | |         ]
   | |_________- `groups` is built here
...
10 |           self.optimizer = torch.optim.AdamW(
   |  __________________________^
11 | |             model.parameters(),
12 | |             lr=0.1,
13 | |         )
   | |_________^
14 |           self.other = torch.optim.SGD(model.parameters())
   |
"""
    )


def test_brackets_that_meet_stand_side_by_side() -> None:
    diagnostic = finding(at(10, 26, 13, 10), related=(Related(at(5, 5, 14, 57), "here"),))
    assert full(SOURCE, diagnostic) == (
        """\
OPT001 bypassed-param-groups: `groups` is never used
  --> train.py:10:26
   |
 5 | /      def __init__(self, model):
 6 | |          groups = [
 7 | |              {"params": model.parameters()},
 8 | |          ]
...  |
10 | |          self.optimizer = torch.optim.AdamW(
   | | __________________________^
11 | ||             model.parameters(),
12 | ||             lr=0.1,
13 | ||         )
   | ||_________^
14 | |          self.other = torch.optim.SGD(model.parameters())
   | |_________________________________________________________- here
   |
"""
    )


def test_carets_stand_under_wide_characters_and_tabs() -> None:
    diagnostic = finding(at(1, 12, 1, 19))
    text = "\tx = '日本'; AdamW(1)\n"
    assert text[11:18] == "AdamW(1"
    assert full(text, diagnostic) == (
        """\
OPT001 bypassed-param-groups: `groups` is never used
  --> train.py:1:12
  |
1 |     x = '日本'; AdamW(1)
  |                 ^^^^^^^
  |
"""
    )


def test_a_long_line_is_cut_around_the_finding() -> None:
    text = "x = [" + "1, " * 1000 + "AdamW(model.parameters()), " + "2, " * 1000 + "]\n"
    column = text.index("AdamW") + 1
    rows = full(text, finding(at(1, column, 1, column + 25))).splitlines()
    assert all(len(row) <= 80 for row in rows)
    code, carets = rows[3], rows[4]
    start = carets.index("^")
    assert code[start:].startswith("AdamW(model.parameters())")
    assert carets.count("^") == 25
    assert code.startswith("1 | ...")
    assert code.endswith("...")


def test_a_label_without_room_stands_beneath() -> None:
    label = "this is where the groups are built that nobody ever uses again"
    rows = full(SOURCE, finding(at(14, 9, 14, 19), related=(Related(at(7, 13, 7, 43), label),))).splitlines()
    assert all(len(row) <= 80 for row in rows)
    beneath = rows[rows.index("   |             ------------------------------") + 1 :]
    assert " ".join(row.partition("|")[2].strip() for row in beneath[:2]).strip().startswith(label)


def test_the_message_is_wrapped() -> None:
    rows = full(SOURCE, finding(at(1, 1, 1, 7), message="word " * 40)).splitlines()
    assert all(len(row) <= 80 for row in rows)
    assert rows[1].startswith("    word word")


@pytest.mark.parametrize("place", [at(15, 1, 15, 1), at(14, 90, 14, 99), at(99, 1, 99, 5), at(1, 1, 1, 1)])
def test_a_place_at_or_behind_the_end_is_drawn(place: Range) -> None:
    assert "^" in full(SOURCE, finding(place))
    assert "^" in full("", finding(place))


def test_a_file_without_text_has_no_frame() -> None:
    report = Report((finding(at(1, 1, 1, 2)),), {}, "/work")
    assert "  --> train.py:1:1\n\n" in render("full", report)
    broken = Report((finding(at(1, 1, 1, 2)),), {"/work/train.py": b"# coding: no-such\n"}, "/work")
    assert "  --> train.py:1:1\n\n" in render("full", broken)


def test_a_fix_of_several_places_is_a_diff_of_each() -> None:
    edits = (
        Edit(at(6, 9, 6, 15), "chosen"),
        Edit(at(14, 1, 14, 1), "        # first\n        # second\n"),
        Edit(at(11, 1, 12, 1), ""),
    )
    rows = full(SOURCE, finding(at(1, 1, 1, 2), fixes=(Fix("Do it", edits, Applicability.DISPLAY),))).splitlines()
    assert rows[-6:] == [
        "help: Do it (shown only; it is for you to choose)",
        " 6 -         groups = [",
        " 6 +         chosen = [",
        "11 -             model.parameters(),",
        "14 +         # first",
        "15 +         # second",
    ]


LONG = f"""\
pairs = [("{"a" * 90}", 0.1), ("{"b" * 60}", 0.2)]
\tpairs = [("{"ä" * 40}", 0.1), ("{"界" * 40}", 0.2)]  # {"c" * 90}
"""


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (Edit(at(1, 176, 1, 179), "0.0"), '", 0.2)]', '", 0.0)]'),
        (Edit(at(1, 176, 1, 176), "0.5, "), '", 0.2)]', '", 0.5, 0.2)]'),
        (Edit(at(2, 107, 2, 110), "0.0"), '界", 0.2)]  # ccc', '界", 0.0)]  # ccc'),
        (Edit(at(1, 1, 1, 6), "twos"), '1 - pairs = [("aaa', '1 + twos = [("aaa'),
    ],
    ids=["the end", "longer than before", "wide characters", "the beginning"],
)
def test_a_long_line_is_cut_around_the_change(edit: Edit, before: str, after: str) -> None:
    diagnostic = finding(at(1, 1, 1, 5), fixes=(Fix("Change it", (edit,), Applicability.SAFE),))
    for shown, part in zip(full(LONG, diagnostic).splitlines()[-2:], (before, after), strict=True):
        assert part in shown
        assert 75 <= columns(shown) <= 80


def test_alternative_fixes_are_listed() -> None:
    fixes = (
        Fix("Pass `a`", (Edit(at(14, 38, 14, 56), "a"),), Applicability.UNSAFE),
        Fix("Pass `b`", (Edit(at(14, 38, 14, 56), "b"),), Applicability.DISPLAY),
    )
    text = full(SOURCE, finding(at(14, 22, 14, 57), fixes=fixes))
    assert "help: Pass `a` (`--fix --unsafe-fixes` does this; look at it first)\n" in text
    assert text.endswith("  or: Pass `b` (shown only; it is for you to choose)\n")


def test_evidence_in_another_cell_has_a_frame_of_its_own() -> None:
    cells = [
        {"cell_type": "code", "source": "groups = [{}]\n"},
        {"cell_type": "markdown", "source": "text"},
        {"cell_type": "code", "source": ["x = 1\n", "AdamW(model)"]},
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4})
    diagnostic = finding(
        at(2, 1, 2, 13, cell=3),
        related=(Related(at(1, 1, 1, 7, cell=1), "built here"),),
        fixes=(Fix("Pass `groups`", (Edit(at(2, 7, 2, 12, cell=3), "groups"),), Applicability.SAFE),),
        path="/work/notes.ipynb",
    )
    assert full(notebook, diagnostic) == (
        """\
OPT001 bypassed-param-groups: `groups` is never used
  --> notes.ipynb:cell 3:2:1
  |
1 | x = 1
2 | AdamW(model)
  | ^^^^^^^^^^^^
  |
  ::: notes.ipynb:cell 1:1:1
  |
1 | groups = [{}]
  | ------ built here
  |
help: Pass `groups` (`--fix` does this)
2 - AdamW(model)
2 + AdamW(groups)
"""
    )


def test_colours_add_nothing_but_colours() -> None:
    diagnostic = finding(at(10, 26, 13, 10), related=(Related(at(6, 9, 8, 10), "here"),))
    for name in ("full", "concise"):
        plain = render(name, Report((diagnostic,), {"/work/train.py": SOURCE.encode()}, "/work"))
        colored = render(name, Report((diagnostic,), {"/work/train.py": SOURCE.encode()}, "/work", is_colored=True))
        assert "\x1b[" in colored
        assert (
            "".join(part.partition("m")[2] if number else part for number, part in enumerate(colored.split("\x1b[")))
            == plain
        )


def test_concise_is_one_line_a_finding() -> None:
    report = Report((finding(at(3, 7, 4, 1), message="two\nlines\x1b[1m"),), {}, "/work")
    assert render("concise", report) == "train.py:3:7: OPT001 bypassed-param-groups two\\nlines\\x1b[1m\n"
    outside = Report((finding(at(3, 7, 4, 1), path="/elsewhere/a.py"),), {}, "/work")
    assert render("concise", outside).startswith("/elsewhere/a.py:3:7: ")


def test_json_has_the_promised_keys() -> None:
    diagnostic = finding(
        at(2, 1, 2, 13, cell=3),
        related=(Related(at(1, 1, 1, 7, cell=1), "built \udc80 here"),),
        fixes=(
            Fix("Pass `groups`", (Edit(at(2, 7, 2, 12, cell=3), "groups"),), Applicability.UNSAFE),
            Fix("Something else", (), Applicability.DISPLAY),
        ),
        path=os.fsdecode(b"/work/caf\xe9.ipynb"),
    )
    (found,) = json.loads(render("json", Report((diagnostic,), {}, "/work")))
    assert found == {
        "code": "OPT001",
        "name": "bypassed-param-groups",
        "severity": "error",
        "message": "`groups` is never used",
        "filename": "/work/caf\\xe9.ipynb",
        "cell": 3,
        "location": {"row": 2, "column": 1},
        "end_location": {"row": 2, "column": 13},
        "related": [
            {
                "message": "built \\udc80 here",
                "filename": "/work/caf\\xe9.ipynb",
                "cell": 1,
                "location": {"row": 1, "column": 1},
                "end_location": {"row": 1, "column": 7},
            }
        ],
        "fix": {
            "applicability": "unsafe",
            "message": "Pass `groups`",
            "edits": [
                {
                    "content": "groups",
                    "cell": 3,
                    "location": {"row": 2, "column": 7},
                    "end_location": {"row": 2, "column": 12},
                }
            ],
        },
        "url": None,
    }
    assert render("json", Report((), {}, "/work")) == "[]\n"


def test_statistics_put_the_commonest_rule_first() -> None:
    safe = Fix("Do it", (), Applicability.SAFE)
    rare = Diagnostic("/work/a.py", at(1, 1, 1, 1), "aaa", "OPT000", Severity.NOTE, "")
    report = Report((rare, *[finding(at(1, 1, 1, 2), fixes=(safe,))] * 11), {}, "/work")
    assert render_statistics("full", report) == "11  OPT001  bypassed-param-groups  [*]\n 1  OPT000  aaa\n"
    assert json.loads(render_statistics("json", report))[0] == {
        "code": "OPT001",
        "name": "bypassed-param-groups",
        "count": 11,
        "fixable": 11,
    }


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_the_same_thing_twice(name: str) -> None:
    report = Report((finding(at(14, 22, 14, 57)),), {"/work/train.py": SOURCE.encode()}, "/work")
    assert render(name, report) == render(name, report)
    assert isinstance(render(name, Report((), {}, "/work")), str)
