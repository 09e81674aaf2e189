"""Notebooks: all code cells are one source, and findings have a cell and a line in it."""

import json
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimlint import Applicability, Diagnostic, check_notebook, fix_notebook, raw_lines

IMPORTS = "from torch.optim import AdamW\n"
GROUPS = """\
groups = [
    {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.002},
    {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": 0.0},
]
"""
BYPASSED = "optimizer = AdamW(model.parameters(), lr=3e-5)\n"
MENDED = "optimizer = AdamW(groups, lr=3e-5)\n"
RIGHT = IMPORTS + GROUPS + MENDED
BROKEN = "def train(:\n    pass\n"


def code(source: object, **more: object) -> dict[str, object]:
    if isinstance(source, str):
        source = source.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source, **more}


def text(source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}


def document(*cells: object, **metadata: object) -> dict[str, object]:
    cells = tuple(code(cell) if isinstance(cell, str) else cell for cell in cells)
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def notebook(*cells: object, **metadata: object) -> str:
    return json.dumps(document(*cells, **metadata), indent=1) + "\n"


def places(diagnostics: list[Diagnostic]) -> list[tuple[str, int | None, int]]:
    return [(one.code, one.cell, one.range.start.line) for one in diagnostics]


def found(*cells: object, **metadata: object) -> list[tuple[str, int | None, int]]:
    return places(check_notebook(notebook(*cells, **metadata)))


def test_cells_are_one_source() -> None:
    (one,) = check_notebook(notebook(text("# Training"), IMPORTS, GROUPS, "", text("…"), "x = 1\n\n" + BYPASSED))
    assert (one.code, one.path, one.cell) == ("OPT001", "<notebook>", 6)
    assert (one.range.start.line, one.range.start.column) == (3, 13)
    assert [(related.range.cell, related.range.start.line) for related in one.related] == [(3, 1)]
    assert "0.002" in one.message


def test_bytes_are_as_good_as_text() -> None:
    source = notebook(IMPORTS, GROUPS, BYPASSED)
    assert check_notebook(source.encode(), "a.ipynb") == check_notebook(source, "a.ipynb") != []
    assert check_notebook(b"\xef\xbb\xbf" + source.encode(), "a.ipynb") == check_notebook(source, "a.ipynb")


def test_use_in_another_cell_counts() -> None:
    assert found(IMPORTS, GROUPS, "\n", MENDED) == []
    assert found(IMPORTS, GROUPS, BYPASSED, "warm_up = AdamW(groups)\n") == []


def test_source_as_one_string() -> None:
    assert found(code([IMPORTS + GROUPS]), {**code(""), "source": BYPASSED}) == [("OPT001", 2, 1)]


def test_cells_without_a_line_end() -> None:
    assert found(IMPORTS.rstrip(), GROUPS.rstrip(), "# nothing here", BYPASSED.rstrip()) == [("OPT001", 4, 1)]


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline",
        "%load_ext autoreload\n%autoreload 2",
        "%env CUDA_VISIBLE_DEVICES=0",
        "!pip install -q torch transformers",
        "! nvidia-smi",
        "!!ls",
        "!wget -O 'data (1).zip \"x'",
        "!python train.py \\\n    --lr 3e-5 \\\n    --epochs 3",
        "%run setup.py \\\n  --quiet",
        "?AdamW",
        "AdamW?",
        "AdamW.step??  # its source",
        "%timeit?",
        "files = !ls *.txt",
        "head, tail = !wc -l {path} \\\n  | sort",
        "seconds = %timeit -o f()",
        "settings['rate'] = %env RATE",
        "pip install torch",
        "ls ../data",
        "cd /content/drive/My Drive",
        "time train()",
        "%time x = 1",
        "%time for _ in range(3): train()",
        "%timeit -n 3 -r 10 train()",
        "if colab:\n    !pip install torch\nelse:\n    %pip install torch",
        "for name in names:\n  !echo $name",
        "try:\n    import apex\nexcept ImportError:\n    !pip install apex \\\n        --no-deps",
        "def show():\n    '''Really?'''\n    %matplotlib inline",
        ",print a b",
        "/train model",
        "query = '''\n%not a magic\n!nor this\nnor this?\n'''",
        "x = (1\n     %2)",
        "x = 1 \\\n  %2",
        "rest = f(a,  # why?\n         b)",
        "text = 'why?'",
        "ls = 3\nls += 1\nls -ls",
        "print(ls, ls)\nlen(files) % 2",
        "print(\"loss = %f\" % 0.5)\nprint('step = %d of %d' % (1, 2))",
        'taken = {}\ntaken["all = 1"] = %time train()',
        "%%time",
        "%%time\n%%capture output",
        "# first a comment\n\n%%capture --no-stderr",
        "%%time x = train()",
        "%%timeit -n 1 x = 1",
        "%%prun -l 10",
        "%%python",
        "%%python3 -u",
        "%%script python",
        "%%memit",
        "%%some_magic_of_a_plugin --option 3",
    ],
)
def test_magics(magic: str) -> None:
    line = magic.count("\n") + 2
    assert found(IMPORTS, GROUPS, f"{magic}\n{BYPASSED}") == [("OPT001", 3, line)]
    assert found(IMPORTS, f"{magic}\n{GROUPS}", MENDED) == []
    windows = f"{magic}\n{BYPASSED}".replace("\n", "\r\n")
    assert found(IMPORTS, GROUPS, code([windows])) == [("OPT001", 3, line)]
    fixed = fix_notebook(
        notebook(magic, IMPORTS, GROUPS, BYPASSED), check_notebook(notebook(magic, IMPORTS, GROUPS, BYPASSED))
    )
    assert fixed.text == notebook(magic, IMPORTS, GROUPS, MENDED)


@pytest.mark.parametrize(
    "header",
    [
        "%%bash",
        "%%sh -e",
        "%%html",
        "%%javascript",
        "%%latex",
        "%%R -i data",
        "%%!",
        "%%script bash",
        "%%script false --no-raise-error",
        "%%writefile run.sh",
        "%%writefile config.json",
        "%%time\n%%bash",
        "# a comment\n%%sql",
    ],
)
def test_cells_of_other_languages(header: str) -> None:
    assert found(IMPORTS, GROUPS, f"{header}\n{MENDED}", BYPASSED) == [("OPT001", 4, 1)]
    assert found(IMPORTS, GROUPS, f"{header}\necho 'unfinished (\n", MENDED) == []


def test_unknown_cell_magic_with_another_language() -> None:
    assert found(IMPORTS, GROUPS, "%%prolog\nparent(X, Y) :- child(Y, X).\n", BYPASSED) == [("OPT001", 4, 1)]


@pytest.mark.parametrize(
    "statement",
    [
        "%time warm_up = AdamW(groups)",
        "%time for _ in range(3): train(groups)",
        "warm_up = %time AdamW(groups)",
        "%store groups",
        "!echo {groups}",
        "%some_magic groups",
        "%%time warm_up = AdamW(groups)",
        "%%time\n%%capture\nwarm_up = AdamW(groups)",
        "%%some_magic\nwarm_up = AdamW(groups)",
    ],
)
def test_what_a_magic_reads_is_used(statement: str) -> None:
    assert found(IMPORTS, GROUPS, statement, BYPASSED) == []


def test_column_behind_a_magic() -> None:
    (one,) = check_notebook(notebook(IMPORTS, GROUPS, "%time " + BYPASSED))
    assert one.range.start.column == 19
    assert fix_notebook(notebook(IMPORTS, GROUPS, "%time " + BYPASSED), [one]).text == notebook(
        IMPORTS, GROUPS, "%time " + MENDED
    )


def test_written_file_is_a_file_of_its_own() -> None:
    assert found(IMPORTS, GROUPS, f"%%writefile train.py\n{MENDED}", BYPASSED) == [("OPT001", 4, 1)]
    script = "%%writefile 'my train.py'\n" + IMPORTS + "\n\ndef make(model):\n"
    script += "".join(f"    {line}" for line in (GROUPS + BYPASSED).splitlines(keepends=True))
    assert found("x = 1", script) == [("OPT001", 2, 10)]


def test_file_written_in_parts() -> None:
    parts = ("%%writefile a.py\n" + IMPORTS + GROUPS, "%%writefile b.py\nx = 1\n", "%%writefile -a a.py\n" + BYPASSED)
    assert found(*parts) == [("OPT001", 3, 2)]
    anew = ("%%writefile a.py\n" + IMPORTS + GROUPS, "%%writefile a.py\n" + IMPORTS + BYPASSED)
    assert "OPT001" not in [rule for rule, _, _ in found(*anew)]


def test_written_file_that_does_not_parse() -> None:
    cells = (IMPORTS, GROUPS, "%%writefile a.py\n" + RIGHT + "x = (\n", BYPASSED)
    (broken, bypassed) = check_notebook(notebook(*cells))
    assert (broken.code, broken.cell, bypassed.code, bypassed.cell) == ("OPT900", 3, "OPT001", 4)


@pytest.mark.parametrize(
    "broken",
    [
        BROKEN,
        "class Model(nn.Module):\n",
        "x = (1,\n",
        "x = '''unfinished\n",
        "x = 1 \\",
        "print 'Python 2'\n",
        "Here is some text.\n",
        "  x = 1\n y = 2\n",
        "x = )\n",
        "x = 1\0\n",
        "x = '\ud800'\n",
        "x = " + "(" * 3000 + ")" * 3000,
        "x = " + " or ".join(["y"] * 10000),
    ],
)
def test_cell_that_does_not_parse_is_left_out_alone(broken: str) -> None:
    assert found(IMPORTS, GROUPS, broken, "y = 1", BYPASSED) == [("OPT900", 3, found_line(broken)), ("OPT001", 5, 1)]


def found_line(broken: str) -> int:
    """The line of the syntax error in a single cell. It must be in that cell."""
    ((_, cell, line),) = found(RIGHT, broken)
    assert cell == 2
    assert 1 <= line <= broken.count("\n") + 1
    return line


def test_line_of_what_does_not_parse() -> None:
    assert found(RIGHT, "%time x = 1\n!ls \\\n  -l\nx = 1\ny = = 2\n") == [("OPT900", 2, 5)]


def test_several_cells_do_not_parse() -> None:
    result = found(BROKEN, IMPORTS, GROUPS, "x = (", BYPASSED, "'''")
    assert [(rule, cell) for rule, cell, _ in result] == [("OPT900", 1), ("OPT900", 4), ("OPT001", 5), ("OPT900", 6)]


def test_cells_that_parse_only_together_do_not_parse() -> None:
    """Otherwise everything between two stray quotes would be a string."""
    result = found(IMPORTS, "'''\n", GROUPS, BYPASSED, "'''\n")
    assert [(rule, cell) for rule, cell, _ in result] == [("OPT900", 2), ("OPT001", 4), ("OPT900", 5)]


def test_names_in_what_does_not_parse_may_be_used() -> None:
    assert found(IMPORTS, GROUPS, "optimizer = AdamW(groups\n", BYPASSED) == [("OPT900", 3, 1)] or found(
        IMPORTS, GROUPS, "optimizer = AdamW(groups\n", BYPASSED
    ) == [("OPT900", 3, 2)]


def test_what_cannot_matter_is_not_parsed() -> None:
    assert found(BROKEN, "x = (") == []


@pytest.mark.parametrize(
    "cell", ["await train()\n", "async with a as b:\n    pass\n", "yield 1\n", "x = [await y async for y in z]"]
)
def test_statements_that_only_a_cell_may_hold(cell: str) -> None:
    assert found(IMPORTS, GROUPS, cell, BYPASSED) == [("OPT001", 4, 1)]


def test_pasted_indentation() -> None:
    indented = "\n\n" + "".join(
        f"    {line}" for line in ("if True:\n    x = 1\n" + BYPASSED).splitlines(keepends=True)
    )
    source = notebook(IMPORTS, GROUPS, indented)
    (one,) = check_notebook(source)
    assert (one.cell, one.range.start.line, one.range.start.column) == (3, 5, 17)
    fixed = fix_notebook(source, [one])
    assert fixed.text == notebook(IMPORTS, GROUPS, indented.replace("model.parameters()", "groups"))


def test_copy_of_a_cell() -> None:
    whole = IMPORTS + GROUPS + BYPASSED
    assert found(whole, "train()\n", whole) == [("OPT001", 1, 6), ("OPT001", 3, 6)]
    source = notebook(whole, "train()\n", whole)
    mended = IMPORTS + GROUPS + MENDED
    fixed = fix_notebook(source, check_notebook(source))
    assert fixed.text == notebook(mended, "train()\n", mended)
    assert check_notebook(fixed.text) == []


def test_copies_replace_nothing() -> None:
    assert found(IMPORTS, GROUPS, GROUPS, MENDED) == []
    assert found(IMPORTS, GROUPS, MENDED, GROUPS) == []
    assert found(IMPORTS, GROUPS, GROUPS, BYPASSED) == [("OPT001", 4, 1)]
    assert [(rule, cell) for rule, cell, _ in found(BROKEN, RIGHT, BROKEN)] == [("OPT900", 1), ("OPT900", 3)]


def test_cell_run_again_on_something_new_is_no_copy() -> None:
    """The second optimizer takes the second groups, although its cell is identical."""
    others = GROUPS.replace("0.002", "0.1")
    assert found(IMPORTS, GROUPS, MENDED, others, MENDED) == []


def test_suppressions() -> None:
    assert found(IMPORTS, GROUPS, BYPASSED.rstrip() + "  # optimlint: ignore[OPT001]\n") == []
    assert found(IMPORTS, GROUPS, "# optimlint: ignore-file[OPT001]", BYPASSED) == []
    assert found(IMPORTS, "# optimlint: ignore[OPT001]\n" + GROUPS, BYPASSED) == []


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("x = 1\n# optimlint: ignore[OPT001]\ny = 1\n", ["x = 1\n", "y = 1\n"]),
        ("x = 1\n# optimlint: ignore[OPT001]", ["x = 1\n"]),
        ("# optimlint: ignore[OPT001]", [""]),
        ("x = 1  # optimlint: ignore[OPT001]\n", ["x = 1\n"]),
    ],
)
def test_suppression_that_suppresses_nothing(cell: str, lines: list[str]) -> None:
    source = notebook("z = 1", cell, "x = 2\n")
    (one,) = check_notebook(source)
    assert (one.code, one.cell) == ("OPT901", 2)
    assert fix_notebook(source, [one]).text == notebook("z = 1", code(lines), "x = 2\n")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "optimlint:",
        '["optimlint:"]',
        '"optimlint:"',
        '{"optimlint:"',
        '{"optimlint:": }',
        '{"optimlint:": [1, 2,]}',
        '{"optimlint:": 1} 2',
        '{1: "optimlint:"}',
        '{"metadata": {"optimlint:": {}}}',
        '{"cells": "optimlint:"}',
        '{"cells": {"optimlint:": 1}}',
        '{"cells": [{"source": ["optimlint:"]',
        '{"optimlint:": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"optimlint:": ' + "1" * 10_000 + "}",
        b'{"cells": ["optimlint: \xff"]}',
        b"\xff\xfeoptimlint:",
    ],
)
def test_what_is_not_a_notebook(source: str | bytes) -> None:
    diagnostics = check_notebook(source, "a.ipynb")
    assert [(one.code, one.cell) for one in diagnostics] == ([("OPT900", None)] if source else [])
    assert all("not a notebook" in one.message for one in diagnostics)
    assert fix_notebook(source, diagnostics).applied == ()
    assert raw_lines(source) == {}


def test_place_in_what_is_not_json() -> None:
    (one,) = check_notebook('{\n "cells": [],\n "metadata": optimlint:\n}\n')
    assert (one.range.start.line, one.range.start.column, one.cell) == (3, 14, None)


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [{}],
        [3, None, "optimlint:", []],
        [{"cell_type": "code"}],
        [{"cell_type": "code", "source": []}],
        [{"cell_type": "optimlint:", "source": "x = ("}],
        [{"cell_type": "raw", "source": "optimlint: = ("}],
        [{"source": "optimlint: = ("}],
    ],
)
def test_odd_cells(cells: list[object]) -> None:
    assert check_notebook(json.dumps({"cells": cells, "optimlint:": 1})) == []


@pytest.mark.parametrize("source", [3, None, {}, [1], ["x\n", None], [["x"]]])
def test_source_that_is_none(source: object) -> None:
    assert found(IMPORTS, GROUPS, code(source), BYPASSED) == [("OPT900", 3, 1), ("OPT001", 4, 1)]


@pytest.mark.parametrize(
    ("metadata", "is_python"),
    [
        ({}, True),
        ({"kernelspec": {"name": "python3", "language": "python"}}, True),
        ({"kernelspec": {"name": "my-env"}}, True),
        ({"language_info": {"name": "python", "version": "3.10"}}, True),
        ({"language_info": {"name": "ipython"}}, True),
        ({"kernelspec": "odd", "language_info": 3}, True),
        ({"kernelspec": {"name": "ir", "language": "R"}}, False),
        ({"kernelspec": {"name": "ir"}}, False),
        ({"kernelspec": {"name": "julia-1.9"}, "language_info": {"name": "julia"}}, False),
        ({"language_info": {"name": "scala"}}, False),
    ],
)
def test_language_of_the_kernel(metadata: dict[str, object], is_python: bool) -> None:
    assert found(IMPORTS, GROUPS, "x <- (1", BYPASSED, **metadata) == (
        [("OPT900", 3, 1), ("OPT001", 4, 1)] if is_python else []
    )


def test_language_of_a_cell() -> None:
    shell = code("ls -l (", metadata={"vscode": {"languageId": "shellscript"}})
    assert found(IMPORTS, GROUPS, shell, BYPASSED) == [("OPT001", 4, 1)]


def test_old_format() -> None:
    cells = [{"cell_type": "code", "language": "python", "input": one} for one in ([IMPORTS], GROUPS, BYPASSED)]
    cells.insert(1, {"cell_type": "code", "language": "perl", "input": "my $x = ("})
    sheets = [{"cells": cells[:2]}, {"cells": cells[2:]}, {}, 3]
    source = json.dumps({"metadata": {}, "nbformat": 3, "worksheets": sheets})
    assert places(check_notebook(source)) == [("OPT001", 4, 1)]
    assert fix_notebook(source, check_notebook(source)).text == source.replace(
        "AdamW(model.parameters()", "AdamW(groups"
    )


def test_much_output() -> None:
    outputs = [{"data": {"image/png": "A" * 3_000_000}}, {"values": [[1.5, None, {"a": True}]] * 20_000}]
    cells = [code(cell, outputs=outputs) for cell in (IMPORTS, GROUPS, BYPASSED)]
    source = json.dumps(document(*cells))
    assert places(check_notebook(source)) == [("OPT001", 3, 1)]
    assert fix_notebook(source, check_notebook(source)).text == source.replace(
        "AdamW(model.parameters()", "AdamW(groups"
    )


UNICODE = '# Größe 🔥 "quoted" back\\slash </tag> & \t tab \x7f \u2028\n'

LAYOUTS = [
    {"indent": 1},
    {"indent": 1, "ensure_ascii": False},
    {"indent": 4, "sort_keys": True},
    {"indent": "\t"},
    {},
    {"separators": (",", ":")},
    {"separators": (" , ", " : "), "ensure_ascii": False},
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
@pytest.mark.parametrize("as_string", [False, True])
def test_fix_keeps_the_rest(layout: dict[str, object], end: str, as_string: bool) -> None:
    def file(optimizer: str) -> str:
        cells = [code(UNICODE + IMPORTS, id="a"), text(UNICODE), code(GROUPS), code(UNICODE + optimizer + UNICODE)]
        if as_string:
            cells = [{**cell, "source": "".join(map(str, list_of(cell["source"])))} for cell in cells]
        return json.dumps(document(*cells, title="Größe"), **layout) + end  # type: ignore[arg-type]

    source = file(BYPASSED)
    assert fix_notebook(source, check_notebook(source)).text == file(MENDED)
    assert fix_notebook(source.encode(), check_notebook(source.encode())).text == file(MENDED)


def list_of(source: object) -> list[object]:
    return source if isinstance(source, list) else [source]


def test_fix_keeps_odd_escapes_and_spaces() -> None:
    """As written by tools with unnecessary escapes, and with manual layout."""
    source = (
        '\ufeff{ "cells" :[ {"source"  : [ "\\u0066rom torch.optim import AdamW\\u000a","# \\u003c \\/ \\u00e9 é\\n"\n'
        ' ],"cell_type":"code"},{"cell_type":"code","source":' + json.dumps(GROUPS) + "},\n\n"
        '\t{"cell_type": "code", "source": ["y = 1 \\u003e 2\\n" ,\n'
        '"optimizer \\u003d AdamW(model.parameters(), lr=3e-5) # \\u00e9 é"\n'
        ']}] \n,"nbformat":4 , "nbformat" : 4}'
    )
    diagnostics = check_notebook(source)
    assert places(diagnostics) == [("OPT001", 3, 2)]
    assert fix_notebook(source, diagnostics).text == source.replace("AdamW(model.parameters()", "AdamW(groups")


def test_inserted_lines_stand_a_line_a_string() -> None:
    """The fix of unused-no-decay inserts several lines. Each must be a string of its own in the JSON."""
    listed = 'no_decay = ["bias", "norm"]\n'
    source = notebook(IMPORTS, listed, "x = 1\n" + BYPASSED)
    diagnostics = check_notebook(source)
    assert places(diagnostics) == [("OPT003", 3, 2)]
    fixed = fix_notebook(source, diagnostics, Applicability.UNSAFE)
    assert fixed.applied == tuple(diagnostics)
    cell = json.loads(fixed.text)["cells"][2]["source"]
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in cell)
    assert len(cell) > 3
    assert fixed.text == notebook(IMPORTS, listed, "".join(cell)), "laid out as Jupyter does"
    assert check_notebook(fixed.text) == []


def test_fix_that_would_break_a_cell_is_skipped() -> None:
    source = notebook(IMPORTS, GROUPS, BYPASSED)
    (one,) = check_notebook(source)
    changed = notebook(IMPORTS, GROUPS, "optimizer = AdamW([model.parameters(), 1])\n")
    fixed = fix_notebook(changed, [one])
    assert (fixed.text, fixed.skipped) == (changed, (one,))
    elsewhere = notebook(IMPORTS, text(GROUPS), text(BYPASSED))
    assert fix_notebook(elsewhere, [one]).text == elsewhere


def test_lines_of_the_file() -> None:
    source = notebook(
        text("# Title"), IMPORTS + GROUPS, code("x = 1\ny = 2"), code(""), {**code(""), "source": "a\nb\nc"}
    )
    file_lines = source.splitlines()
    numbers = raw_lines(source)
    assert sorted(numbers) == [2, 3, 5]
    for number, line in zip_longest(numbers[2][:-1], (IMPORTS + GROUPS).splitlines()):
        assert json.loads(file_lines[number - 1].strip().rstrip(",")) == line + "\n"
    assert numbers[3][1] == numbers[3][0] + 1
    assert len(set(numbers[5])) == 1
    assert "source" in file_lines[numbers[5][0] - 1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("ab%!?=('\"[\\#: \n\t")), max_size=6))
def test_any_cells(cells: list[str]) -> None:
    """Whatever the other cells contain, nothing is raised, and positions are within cells."""
    source = notebook(RIGHT, *cells)
    for one in check_notebook(source):
        assert one.cell is not None
        assert one.range.start.line <= len(["", *cells][one.cell - 1].splitlines()) + 1
