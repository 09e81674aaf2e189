"""Pages with code blocks: findings have the lines of the page, and fixes change only the code."""

import textwrap
from pathlib import Path

import pytest
from cli_support import optimlint
from hypothesis import given, settings
from hypothesis import strategies as st

from optimlint import Applicability, Diagnostic
from optimlint.notebook.files import check_any_facts, examples_passed_over, fix_any, read_any

IMPORT = "from torch.optim import AdamW\n"
GROUPS = 'groups = [{"params": model.parameters(), "weight_decay": 0.0}]\n'
SPLIT = """\
groups = [
    {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.02},
    {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": 0.0},
]
"""
BYPASSED = "optimizer = AdamW(model.parameters(), lr=3e-4)\n"
MENDED = "optimizer = AdamW(groups, lr=3e-4)\n"


def fence(code: str, info: str = "python", mark: str = "```") -> str:
    return f"{mark}{info}\n{code}{mark}\n"


def page(*parts: str) -> str:
    return "\n".join(parts)


def found(text: str, name: str = "page.md") -> list[Diagnostic]:
    return check_any_facts(read_any(text.encode(), name), name)


def places(text: str, name: str = "page.md") -> list[tuple[str, int, int]]:
    """Code, line and column of each finding."""
    return [(one.code, one.range.start.line, one.range.start.column) for one in found(text, name)]


def fixed(text: str, name: str = "page.md") -> str:
    return fix_any(text.encode(), name, found(text, name), Applicability.UNSAFE).content.decode()


def at(text: str, code: str = BYPASSED, rule: str = "OPT001") -> list[tuple[str, int, int]]:
    """The expected finding: at the call in the first line that contains `code`."""
    call = code.partition("= ")[2].strip()
    number, line = next((n, line) for n, line in enumerate(text.splitlines(), 1) if call in line)
    return [(rule, number, line.index(call) + 1)]


TUTORIAL = page("# Groups", fence(IMPORT + GROUPS), "Then:", fence(BYPASSED))

SHAPES = {
    "in one block": page("# Groups", fence(IMPORT + GROUPS + BYPASSED)),
    "in two blocks": TUTORIAL,
    "tildes": TUTORIAL.replace("```", "~~~~"),
    "options of a site": TUTORIAL.replace("```python", '```py title="train.py" hl_lines="1"'),
    "attributes": TUTORIAL.replace("```python", "``` {.python .numberLines}"),
    "unnamed language": TUTORIAL.replace("```python", "```"),
    "a list": page("1. First", textwrap.indent(fence(IMPORT + GROUPS), "   "), textwrap.indent(fence(BYPASSED), "   ")),
    "a quotation": textwrap.indent(TUTORIAL, "> ", lambda line: True),
    "indented code": page("Code:\n", textwrap.indent(IMPORT + GROUPS + BYPASSED, "    ")),
    "directives of MyST": TUTORIAL.replace("```python", "```{code-block} python"),
    "a byte-order mark": "\ufeff" + TUTORIAL,
    "windows": TUTORIAL.replace("\n", "\r\n"),
    "prompts": page(
        fence(IMPORT + GROUPS), fence(">>> " + BYPASSED + ">>> optimizer\nAdamW (\nParameter Group 0\n)\n", "pycon")
    ),
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_blocks_of_markdown(text: str) -> None:
    expected = at(text)
    assert places(text) == expected
    assert fixed(text) == text.replace("AdamW(model.parameters(), ", "AdamW(groups, ")


REST = page(
    "Groups\n======\n",
    ".. code-block:: python\n   :linenos:\n   :caption: train.py\n",
    textwrap.indent(IMPORT + "\n" + GROUPS, "   "),
    "Then:\n",
    ".. code-block:: python\n",
    textwrap.indent(BYPASSED, "   "),
    "The end.\n",
)
REST_SHAPES = {
    "code-block": REST,
    "code": REST.replace("code-block::", "code::"),
    "no language": REST.replace("code-block:: python\n\n", "code-block::\n\n"),
    "literal block": REST.replace("Then:\n\n.. code-block:: python\n", "Then::\n"),
    "testcode": REST.replace("code-block:: python\n\n", "testcode::\n\n"),
    "in a note": REST.replace("Then:\n", ".. note:: Then\n").replace(
        ".. code-block:: python\n\n   opt", "   .. code-block:: python\n\n      opt"
    ),
    "doctest": REST.replace(".. code-block:: python\n\n   opt", "   >>> opt"),
    "deeper": REST.replace("   from", "       from").replace("   groups", "       groups"),
}


@pytest.mark.parametrize("text", REST_SHAPES.values(), ids=REST_SHAPES)
def test_blocks_of_restructured_text(text: str) -> None:
    assert places(text, "page.rst") == at(text)
    assert fixed(text, "page.rst") == text.replace("AdamW(model.parameters(), ", "AdamW(groups, ")


@pytest.mark.parametrize(
    "text",
    [
        TUTORIAL.replace("```python", "```bash"),
        TUTORIAL.replace("```python", "```text"),
        TUTORIAL.replace("```python", "```{r}"),
        page("<!--", TUTORIAL, "-->"),
        TUTORIAL.replace("```python", "``"),
        page("# Groups", IMPORT + GROUPS + BYPASSED),
        REST,
    ],
)
def test_what_is_no_python_of_the_page(text: str) -> None:
    assert places(text) == []


def test_what_is_no_python_of_a_restructured_page() -> None:
    assert places(REST.replace(":: python", ":: console"), "page.rst") == []
    assert places(".. highlight:: console\n\n" + REST.replace(":: python", "::"), "page.rst") == []
    assert places(TUTORIAL, "page.rst") == []


def test_scan_sees_through_what_stands_before_the_code() -> None:
    """An iterator that is bound to a name is recognized by the start of its line."""
    kept = "params = model.parameters()\na = SGD(params)\nb = SGD(params)\n"
    prompted = textwrap.indent("from torch.optim import SGD\n" + kept, ">>> ")
    for text in (
        fence(prompted, "pycon"),
        textwrap.indent(fence(prompted), "> "),
        textwrap.indent(fence(kept), "> > "),
    ):
        assert [code for code, *_ in places(text)] == ["OPT101"]


def test_use_in_a_block_that_does_not_parse() -> None:
    """Code that cannot be parsed may do anything with the names in it."""
    broken = fence("optimizer = Lion(groups, lr=…)\n")
    assert places(page("# Groups", fence(IMPORT + GROUPS), broken)) == []
    assert [code for code, *_ in places(page("# Groups", fence(IMPORT + GROUPS), fence(BYPASSED)))] == ["OPT001"]


def test_use_in_prose() -> None:
    """A call in prose uses its names, but a name alone is only a mention."""
    assert places(page(fence(IMPORT + GROUPS + BYPASSED), "Now write `AdamW(groups)` instead.")) == []
    named = page(fence(IMPORT + GROUPS + BYPASSED), "The list `groups` has one entry.")
    assert places(named) == at(named)
    rest = REST + "\nNow write ``AdamW(groups)``.\n"
    assert places(rest, "page.rst") == []
    run = page(QUARTO, "```{python}\n" + BYPASSED + "```\n", "Or `AdamW(groups)`.")
    assert places(run, "page.qmd") == at(run), "what runs is in the cells"


def test_examples_that_do_not_parse_are_passed_over_and_counted() -> None:
    text = page(
        TUTORIAL, fence("for batch in loader:\n    ...\n  loss\n"), fence("def f(:\n"), fence("$ pip install x\n", "")
    )
    assert places(text) == at(text)
    assert examples_passed_over(read_any(text.encode(), "page.md")) == 2


def test_examples_are_no_order_of_events() -> None:
    """Two examples may be alternatives, so the second does not consume anything of the first."""
    assert places(page(fence(IMPORT + SPLIT), fence(MENDED), fence(BYPASSED))) == []
    assert [code for code, *_ in places(fence(IMPORT + SPLIT + MENDED + BYPASSED))] == ["OPT004"]
    params = "params = model.parameters()\n"
    assert places(page(fence(IMPORT + params), fence("a = AdamW(params)\n"), fence("b = AdamW(params)\n"))) == []
    assert places(page(fence(IMPORT + BYPASSED), fence(GROUPS))) == [], "the plain way first, and then the other"
    together = page(fence(IMPORT + params + "a = AdamW(params)\nb = AdamW(params)\n"))
    assert [(code, line) for code, line, _ in places(together)] == [("OPT101", 5)]


def test_examples_stop_where_the_reader_goes_on() -> None:
    assert places(fence(IMPORT + GROUPS)) == []
    assert [code for code, *_ in places("```{python}\n" + IMPORT + GROUPS + "```\n", "page.qmd")] == ["OPT002"]


QUARTO = page("---\ntitle: Groups\n---\n", "```{python}\n#| label: groups\n" + IMPORT + GROUPS + "```\n")


def test_quarto_is_one_session() -> None:
    text = page(QUARTO, "```{python}\n#| echo: false\n" + BYPASSED + "```\n")
    assert places(text, "page.qmd") == at(text)
    assert fixed(text, "page.qmd") == text.replace(BYPASSED, MENDED)
    again = page(QUARTO.replace(GROUPS, SPLIT), f"```{{python}}\n{MENDED}```\n", f"```{{python}}\n{BYPASSED}```\n")
    assert [code for code, *_ in places(again, "page.qmd")] == ["OPT004"]


def test_blocks_that_a_session_only_shows_do_not_run() -> None:
    assert places(page(QUARTO, fence(MENDED)), "page.qmd") == []
    assert [code for code, *_ in places(page(QUARTO, fence(BYPASSED)), "page.qmd")] == ["OPT002"]


def test_cell_that_does_not_parse_is_said() -> None:
    text = page(QUARTO, "```{python}\ndef train(:\n```\n", "```{python}\n" + BYPASSED + "```\n")
    (broken,) = [one for one in found(text, "page.qmd") if one.rule == "unparseable"]
    assert text.splitlines()[broken.range.start.line - 1] == "def train(:"


def test_cells_of_myst_with_options_and_magics() -> None:
    text = page(
        "---\nkernelspec:\n  name: python3\n---\n",
        "```{code-cell} ipython3\n:tags: [hide-input]\n\n%matplotlib inline\n" + IMPORT + GROUPS + "```\n",
        "```{code-cell}\n---\nmystnb:\n  number_source_lines: true\n---\n" + BYPASSED + "```\n",
        "```{code-cell} r\nlibrary(torch)\n```\n",
    )
    assert places(text) == at(text)
    assert fixed(text) == text.replace(BYPASSED, MENDED)


def test_jupyter_sphinx() -> None:
    text = REST.replace(
        ".. code-block:: python\n   :linenos:\n   :caption: train.py\n", ".. jupyter-execute::\n"
    ).replace("code-block:: python", "jupyter-execute::")
    assert places(text, "page.rst") == at(text)


def test_suppressions_work_in_blocks() -> None:
    text = page("# Groups", fence(IMPORT + GROUPS + BYPASSED.rstrip() + "  # optimlint: ignore[OPT001]\n"))
    assert places(text) == []
    useless = text.replace("OPT001", "OPT002")
    assert [(code, line) for code, line, _ in places(useless)] == [("OPT001", 5), ("OPT901", 5)]


def test_fix_that_adds_lines_keeps_what_stands_before_the_code() -> None:
    """In lists and quotations, added lines are indented like the block. Between prompts no lines can be added."""
    several = IMPORT + GROUPS + "optimizer = AdamW(\n    model.parameters(),\n    lr=3e-4,\n)\n"
    for lead in ("   ", "> "):
        text = textwrap.indent(fence(several), lead, lambda line: True)
        after = fixed(text)
        assert after != text
        assert all(line.startswith(lead) for line in after.splitlines())
        assert places(after) == []


def test_columns_are_those_of_the_page() -> None:
    text = page("# Groups", textwrap.indent(fence(IMPORT + GROUPS + "'é🙂'; " + BYPASSED), "> ", lambda line: True))
    assert places(text) == at(text, "x = " + BYPASSED.partition("= ")[2])
    (one,) = found(text)
    line = text.splitlines()[one.range.start.line - 1]
    assert line[one.range.start.column - 1 : one.range.end.column - 1] == "AdamW(model.parameters(), lr=3e-4)"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *TUTORIAL.splitlines(),
                *QUARTO.splitlines(),
                *REST.splitlines(),
                "> ",
                "   ",
                ">>> x",
                "\t```python",
                "```{",
            ]
        ),
        max_size=30,
    ),
    st.sampled_from(["page.md", "page.rst", "page.qmd", "page.py"]),
)
def test_no_page_breaks_it(lines: list[str], name: str) -> None:
    text = "\n".join(lines)
    diagnostics = found(text, name)
    assert not any(one.rule == "internal-error" for one in diagnostics)
    last = len(text.split("\n"))
    assert all(1 <= one.range.start.line <= last for one in diagnostics)
    after = fix_any(text.encode(), name, diagnostics, Applicability.UNSAFE).content.decode()
    assert [line for line in after.split("\n") if "```" in line] == [line for line in lines if "```" in line]


def test_pages_are_opt_in(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "groups.md").write_text(TUTORIAL)
    (tmp_path / "docs" / "groups.rst").write_text(REST)
    (tmp_path / "train.py").write_text("x = 1\n")
    done = optimlint(tmp_path, ["check"])
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"Checked 1 file\n" in done.stderr
    done = optimlint(tmp_path, ["check", "--markdown"])
    assert done.returncode == 1
    assert [line.partition(b" ")[0] for line in done.stdout.splitlines()] == [
        b"docs/groups.md:9:13:",
        b"docs/groups.rst:16:16:",
    ]
    named = optimlint(tmp_path, ["check", "docs/groups.md"])
    assert (named.returncode, named.stdout.splitlines()) == (1, done.stdout.splitlines()[:1])
    (tmp_path / "docs" / "optimlint.toml").write_text("markdown = true\n")
    assert optimlint(tmp_path, ["check"]).stdout == done.stdout
    (tmp_path / "docs" / "optimlint.toml").write_text('markdown = "yes"\n')
    wrong = optimlint(tmp_path, ["check"])
    assert wrong.returncode == 2
    assert b"docs/optimlint.toml:1: `markdown` must be true or false" in wrong.stderr


def test_command_fixes_pages_and_tells_what_it_passed_over(tmp_path: Path) -> None:
    text = page(TUTORIAL, fence("def f(:\n"))
    (tmp_path / "groups.md").write_bytes(text.replace("\n", "\r\n").encode())
    done = optimlint(tmp_path, ["check", "groups.md", "--verbose"])
    assert b"Parsed groups.md; 1 code block passed over: not Python by itself" in done.stderr
    assert optimlint(tmp_path, ["check", "groups.md", "--fix"]).returncode == 0
    assert (tmp_path / "groups.md").read_bytes() == text.replace(BYPASSED, MENDED).replace("\n", "\r\n").encode()


def test_names_of_a_page_are_its_own(tmp_path: Path) -> None:
    """Other files cannot import names of a page, so equal names in other files are unrelated to them."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'lab'\n")
    (tmp_path / "groups.md").write_text(TUTORIAL)
    (tmp_path / "other.py").write_text("groups = 1\nprint(groups)\n")
    assert optimlint(tmp_path, ["check", "--markdown"]).returncode == 1


def test_left_out_cell_of_a_page_fails(tmp_path: Path) -> None:
    (tmp_path / "page.qmd").write_text(page(QUARTO, "```{python}\ndef train(:\n```\n"))
    done = optimlint(tmp_path, ["check", "--markdown"])
    assert done.returncode == 2
    assert b"page.qmd:12: syntax error: " in done.stdout
    assert b"Not fully checked: 1 file failed\nChecked 1 file\n" in done.stderr


def test_without_markdown_it_the_extra_is_named(tmp_path: Path) -> None:
    """The parser is installed with rich. If that ever ends, there is an extra for it."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "markdown_it.py").write_text("raise ModuleNotFoundError('gone', name='markdown_it')\n")
    (tmp_path / "page.md").write_text(TUTORIAL)
    done = optimlint(tmp_path, ["check", "page.md"], variables={"PYTHONPATH": str(tmp_path / "broken")})
    assert done.returncode == 2
    assert b"page.md:1: pages need markdown-it-py: pip install 'optimlint[markdown]'" in done.stdout


def test_page_that_is_not_utf_8_is_said(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_bytes(TUTORIAL.replace("Then", "Für").encode("latin-1"))
    done = optimlint(tmp_path, ["check", "--markdown"])
    assert done.returncode == 2
    assert b"page.md:1: cannot be decoded as utf-8" in done.stdout
