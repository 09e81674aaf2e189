"""Where reports are written, and the position of a finding in a notebook's file."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli_support import BUG, optimlint
from hypothesis import given
from hypothesis import strategies as st
from reports_support import NOTEBOOK, at, finding, notebook

from optimlint import Edit, raw_lines
from optimlint.cli.report import FORMATS, Report, render
from optimlint.notebook.file import NotebookFile, read_file
from optimlint.notebook.places import raw_places
from optimlint.text import Lines

POSIX = pytest.mark.skipif(os.name == "nt", reason="files are otherwise there")


@given(
    st.lists(st.text("ab'\"\\\n\t\u00e9\u2028\U0001f600{}", max_size=12), min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_each_character_of_a_cell_is_found_in_the_file(
    sources: list[str], is_list: bool, indent: int | None, escaped: bool
) -> None:
    cells = [{"cell_type": "code", "source": one.splitlines(keepends=True) if is_list else one} for one in sources]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=indent, ensure_ascii=escaped)
    file = read_file(text)
    assert isinstance(file, NotebookFile)
    places, lines = raw_places(file), Lines(text)
    for number, source in enumerate(sources, 1):
        in_cell = Lines(source)
        for offset, character in enumerate(source):
            place = in_cell.range(offset, offset + 1)
            raw = places.range(at(place.start.line, place.start.column, place.end.line, place.end.column, number))
            assert raw is not None
            assert json.loads(f'"{text[lines.offset(raw.start) : lines.offset(raw.end)]}"') == character
            if place.start.column == 1:
                assert raw.start.line == raw_lines(text)[number][place.start.line - 1]


@pytest.mark.parametrize("cell", [1, 4, 99])
def test_a_place_in_no_cell_is_in_no_line(cell: int) -> None:
    """The first cell of the notebook is text, and the others do not exist."""
    file = read_file(notebook())
    assert isinstance(file, NotebookFile)
    assert raw_places(file).range(at(1, 1, 1, 2, cell)) is None
    assert raw_places(file).edit((Edit(at(1, 1, 1, 2, cell), "x"),)) is None


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"cells": []}', None])
def test_a_notebook_that_is_none_breaks_no_format(name: str, content: bytes | None) -> None:
    contents = {} if content is None else {NOTEBOOK: content}
    places = (at(2, 1, 2, 9, cell=3), at(7, 3, 7, 3))
    assert "notes.ipynb" in render(name, Report(tuple(finding(one, NOTEBOOK) for one in places), contents, "/work"))


def test_all_formats_at_once_tell_the_same_run(tmp_path: Path) -> None:
    """Each file has the content that its format alone would print, and the exit code is the same."""
    (tmp_path / "train.py").write_text(BUG)
    arguments = [argument for name in FORMATS for argument in ("--output", f"{name}:{name}.out")]
    together = optimlint(tmp_path, ["check", *arguments])
    assert together.returncode == 1
    for name in FORMATS:
        alone = optimlint(tmp_path, ["check", "--output-format", name])
        assert alone.returncode == 1
        assert (tmp_path / f"{name}.out").read_bytes() == alone.stdout
    (tmp_path / "train.py").write_text("def f(:\n  # optimlint:\n")
    for name in FORMATS:
        assert optimlint(tmp_path, ["check", "-q", "--output-format", name]).returncode == 2


@POSIX
def test_no_format_is_broken_by_the_name_of_a_file(tmp_path: Path) -> None:
    file = b"a\n::error::x ]]> |`\x1b[31m \xe9.py"
    try:
        (tmp_path / os.fsdecode(file)).write_text(BUG)
    except OSError:
        pytest.skip("the file system has no such names")
    arguments = [argument for name in FORMATS for argument in ("--output", f"{name}:{name}.out")]
    done = optimlint(tmp_path, ["check", "--output-format", "concise", *arguments])
    assert (done.returncode, done.stdout.count(b"\n")) == (1, 1)
    texts = {name: (tmp_path / f"{name}.out").read_text(encoding="utf-8") for name in FORMATS}
    assert not any("\x1b" in text or "\n::error::x" in text for text in texts.values())
    for name in ("json", "json-lines", "gitlab", "sarif", "rdjson"):
        assert json.loads(texts[name])
    assert ElementTree.fromstring(texts["junit"]).get("failures") == "1"
    assert texts["github"].count("\n") == texts["github"].count("::error title=") == 1


@POSIX
def test_a_report_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    (tmp_path / "report.json").write_text("old")
    (tmp_path / "report.json").chmod(0o640)
    (tmp_path / "link").symlink_to("report.json")
    optimlint(tmp_path, ["check", "--output", "json:link"])
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "report.json").read_text())[0]["code"] == "OPT001"
    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "report.json", "train.py"]


@POSIX
def test_a_new_report_may_be_read_as_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    optimlint(tmp_path, ["check", "--output", "json:new.json"])
    (tmp_path / "other").touch()
    assert (tmp_path / "new.json").stat().st_mode == (tmp_path / "other").stat().st_mode


@POSIX
def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    done = optimlint(
        tmp_path, ["check", "-q", "--output", "concise:/dev/null", "--output-file", "/dev/stdout"], as_process=True
    )
    assert done.stdout.startswith(b"train.py:6:12: OPT001")
    assert done.returncode == 1
    assert Path("/dev/null").is_char_device()


@POSIX
def test_a_report_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    """Nothing is left half-written, and the run reports the failure."""
    (tmp_path / "train.py").write_text(BUG)
    folder = tmp_path / "report.json"
    folder.mkdir()
    done = optimlint(tmp_path, ["check", "-q", "--output", "json:report.json"])
    assert done.returncode == 2
    assert done.stderr == b"error: report.json: not written: Is a directory\n"
    assert done.stdout.startswith(b"train.py:6:12: OPT001")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "train.py"]


def test_a_run_without_files_that_matter_pays_for_no_format(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1\n")
    program = (
        "import sys; from optimlint.cli import run; run(['check', '--output', 'concise:a.txt']);"
        "heavy = ('libcst', 'xml', 'optimlint.rules', 'importlib.metadata');"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, timeout=60, check=True)
    assert done.stdout.decode().strip() == "[]"


def test_guide_shows_real_runs(tmp_path: Path) -> None:
    """Each console block of the guide that shows a command's output."""
    guide = (Path(__file__).parent.parent / "docs" / "guide" / "reports.md").read_text(encoding="utf-8")
    (tmp_path / "train.py").write_text(BUG)
    shown = [block.partition("\n") for block in re.findall(r"```console\n\$ (.*?)```", guide, re.DOTALL)]
    runs = [(command, output) for command, _, output in shown if output]
    assert len(runs) == 3
    for command, output in runs:
        done = optimlint(tmp_path, command.split()[1:])
        printed = (done.stdout + done.stderr).decode()
        assert printed.replace(os.path.realpath(tmp_path), "/home/you/repo") == output
    assert all(f"| `{name}` |" in guide for name in FORMATS)
