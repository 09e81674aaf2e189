"""Scripts with cells: Python files in IPython's dialect, and files written by jupytext and nbconvert."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import environment, optimlint

from optimlint import Applicability, Diagnostic, check_source
from optimlint.notebook.files import check_any_facts, fix_any, read_any

IMPORT = "from torch.optim import AdamW\n"
GROUPS = 'groups = [{"params": model.parameters(), "weight_decay": 0.0}]\n'
BYPASSED = "optimizer = AdamW(model.parameters(), lr=3e-4)\n"
MENDED = "optimizer = AdamW(groups, lr=3e-4)\n"


def found(text: str) -> list[Diagnostic]:
    return check_any_facts(read_any(text.encode(), "train.py"), "train.py")


def places(text: str) -> list[tuple[str, int]]:
    return [(one.code, one.range.start.line) for one in found(text)]


def fixed(text: str) -> str:
    return fix_any(text.encode(), "train.py", found(text), Applicability.UNSAFE).content.decode()


def script(marker: str, *cells: str) -> str:
    return "".join(f"{marker}\n{cell}\n" for cell in cells)


MAGICS = ("%matplotlib inline\n!pip install 'torch\n" + IMPORT, "%%time\n" + GROUPS, "%%bash\nls -l\n", BYPASSED)


@pytest.mark.parametrize(
    "marker", ["# %%", "#%%", "# %% Setup", "# In[3]:", "# In[ ]:", "# <codecell>", "# COMMAND ----------"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_magics_between_markers(marker: str, end: str) -> None:
    text = script(marker, *MAGICS).replace("\n", end)
    line = text.split(end).index(BYPASSED.strip()) + 1
    assert places(text) == [("OPT001", line)]
    assert fixed(text) == text.replace(BYPASSED.strip(), MENDED.strip())
    assert [one.rule for one in check_source(text)] == ["unparseable"], "what is read as plain Python is nothing"


def test_related_places_are_lines_of_the_file() -> None:
    (one,) = found(script("# %%", *MAGICS))
    assert [related.range.start.line for related in one.related] == [8]
    assert one.cell is None


def test_script_that_parses_is_a_module() -> None:
    """Cell markers alone change nothing: the findings and their positions are the same as without them."""
    text = script("# %%", IMPORT, GROUPS, BYPASSED)
    assert found(text) == check_source(text, "train.py")


def test_cell_that_does_not_parse_is_left_out_alone() -> None:
    text = script("# %%", IMPORT + GROUPS, "def broken(:\n", BYPASSED)
    assert places(text) == [("OPT900", 6), ("OPT001", 9)]
    assert fixed(text) == text.replace(BYPASSED, MENDED)


def test_without_markers_a_file_that_does_not_parse_is_not_read() -> None:
    assert [code for code, _ in places("".join(MAGICS))] == ["OPT900"]


def test_code_in_exported_magics_may_do_anything() -> None:
    """nbconvert writes a cell with `%%time` as one string. The names in the string count as used."""
    held = "get_ipython().run_cell_magic('time', '', 'optimizer = AdamW(groups)\\noptimizer\\n')\n"
    assert places(IMPORT + GROUPS) == [("OPT002", 2)]
    assert places(IMPORT + GROUPS + held) == []
    inner = f"if True:\n    {held}"
    assert places(IMPORT + GROUPS + inner) == []


def write_notebook(path: Path, *cells: str) -> None:
    code: list[dict[str, object]] = [
        {"cell_type": "code", "id": f"cell-{n}", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
        for n, cell in enumerate(cells)
    ]
    metadata = {
        "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    }
    document = {"cells": code, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document))


def cells_of(path: Path) -> list[str]:
    cells = json.loads(path.read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells]


def run(folder: Path, module: str, *arguments: str) -> None:
    """Run the command of another package."""
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, cwd=folder, env=environment(), check=True, capture_output=True, timeout=120)


FORMATS = {
    "py:percent": "train.py",
    "py:light": "train.py",
    "py:hydrogen": "train.py",
    "md": "train.md",
    "md:myst": "train.md",
}


@pytest.mark.parametrize("format", FORMATS)
def test_notebooks_of_jupytext(format: str, tmp_path: Path) -> None:
    """A script written by jupytext and fixed by the command is read by jupytext as the notebook with its cell fixed."""
    cells = [cell.rstrip("\n").replace("'torch", "torch") for cell in MAGICS]
    write_notebook(tmp_path / "lab.ipynb", *cells)
    file = tmp_path / FORMATS[format]
    run(tmp_path, "jupytext", "lab.ipynb", "--to", format, "--output", file.name)
    line = file.read_text().splitlines().index(BYPASSED.strip()) + 1
    done = optimlint(tmp_path, ["check", file.name])
    assert done.stdout.decode().startswith(f"{file.name}:{line}:13: OPT001 ")
    assert done.returncode == 1
    assert optimlint(tmp_path, ["check", file.name, "--fix"]).returncode == 0
    run(tmp_path, "jupytext", file.name, "--to", "ipynb", "--output", "back.ipynb")
    assert cells_of(tmp_path / "back.ipynb") == [*cells[:-1], MENDED.strip()]


def test_notebook_exported_by_nbconvert(tmp_path: Path) -> None:
    cells = ["%matplotlib inline\n!ls\n" + IMPORT.strip(), GROUPS.strip(), BYPASSED + "optimizer?"]
    write_notebook(tmp_path / "lab.ipynb", *cells)
    run(tmp_path, "nbconvert", "--to", "python", "lab.ipynb")
    exported = (tmp_path / "lab.py").read_text()
    assert "get_ipython()." in exported
    line = exported.splitlines().index(BYPASSED.strip()) + 1
    assert optimlint(tmp_path, ["check", "lab.py"]).stdout.startswith(f"lab.py:{line}:13: OPT001 ".encode())
    assert optimlint(tmp_path, ["check", "lab.py", "--fix"]).returncode == 0
    assert (tmp_path / "lab.py").read_text() == exported.replace(BYPASSED, MENDED)


def test_command_says_which_cell_it_left_out(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(script("# %%", IMPORT + GROUPS, "def broken(:\n", "%time 1\n" + BYPASSED))
    done = optimlint(tmp_path, ["check"])
    assert done.returncode == 2
    assert b"train.py:6: syntax error: invalid syntax (OPT900 unparseable)" in done.stdout
    assert b"train.py:10:13: OPT001" in done.stdout
    assert b"Not fully checked: 1 file failed\nChecked 1 file\n" in done.stderr


def test_encoding_of_a_script_is_kept(tmp_path: Path) -> None:
    text = "# coding: latin-1\n" + script("# %%", "%time 1\n# größer\n" + IMPORT + GROUPS, BYPASSED)
    (tmp_path / "train.py").write_bytes(text.encode("latin-1"))
    assert optimlint(tmp_path, ["check", "--fix"]).returncode == 0
    assert (tmp_path / "train.py").read_bytes() == text.replace(BYPASSED, MENDED).encode("latin-1")


def test_groups_of_a_script(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(script("# %%", *MAGICS))
    (tmp_path / "page.md").write_text(f"# Groups\n\n```python\n{IMPORT}{MENDED}```\n")
    done = optimlint(tmp_path, ["groups", "train.py", "page.md"])
    assert done.returncode == 0
    assert b"train.py:15:13: torch.optim.AdamW" in done.stdout
    assert b"page.md:5:13: torch.optim.AdamW" in done.stdout


def test_guide_shows_a_real_run(tmp_path: Path) -> None:
    guide = (Path(__file__).parent.parent / "docs" / "guide" / "notebooks.md").read_text(encoding="utf-8")
    example = guide.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "lab.py").write_text(example)
    done = optimlint(tmp_path, ["check", "lab.py"])
    shown = guide.partition("$ optimlint check lab.py\n")[2].partition("```")[0]
    assert done.stdout.decode() + done.stderr.decode() == shown
