"""`--add-ignores`: the added suppressions work wherever a finding is, and nothing else changes."""

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from cli_support import BUG, optimlint
from fixtures_support import FIXTURES

REASON = "unreviewed, added by --add-ignores"
COMMENT = f"# optimlint: ignore[bypassed-param-groups] {REASON}"

BEGIN = """\
from torch.optim import AdamW


def make(model):
    groups = [{"params": model.parameters(), "weight_decay": 0.0}]
"""

ODD_PLACES = {
    "behind a string of several lines": 'text = """a\n  b"""; optimizer = AdamW(model.parameters())',
    "within such a string's brackets": 'optimizer = build("""\n""", AdamW(model.parameters()))',
    "before another such string": 'text = """a\n  b"""; optimizer = AdamW(model.parameters()); end = """ \n"""',
    "behind a backslash": "optimizer = \\\n        AdamW(model.parameters())",
    "between backslashes": "optimizer = \\\n        AdamW(model.parameters()) \\\n        if True else None",
    "in a call of several lines": "return wrap(\n        AdamW(\n            model.parameters(),\n        )\n    )",
    "beside a comment": "return AdamW(model.parameters())  # type: ignore",
    "beside a suppression": "return AdamW(model.parameters())  # optimlint: ignore[unparseable] no",
    "below a comment": "# Take all of them.\n    return AdamW(model.parameters())",
    "in an else": "if model:\n        pass\n    else: optimizer = AdamW(model.parameters())",
    "behind white space": "return AdamW(model.parameters())   \t",
    "at the end of the file": "return AdamW(model.parameters())",
}


LINE_ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def test_odd_places(tmp_path: Path) -> None:
    before = {}
    for number, code in enumerate(ODD_PLACES.values()):
        for name, line_end in LINE_ENDS.items():
            before[f"{number}-{name}.py"] = f"{BEGIN}    {code}".replace("\n", line_end).encode()
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    one_each = Counter(dict.fromkeys(before, 1))
    assert found_in(tmp_path) == one_each

    done = optimlint(tmp_path, ["check", "--add-ignores", "--select", "OPT001"])
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    after = {name: (tmp_path / name).read_bytes() for name in before}
    assert {name: without_comments(content) for name, content in after.items()} == {
        name: content.rstrip() for name, content in before.items()
    }
    assert not found_in(tmp_path)
    assert found_in(tmp_path, "--ignore-suppressions") == one_each

    optimlint(tmp_path, ["check", "--add-ignores", "--select", "OPT001"])
    assert {name: (tmp_path / name).read_bytes() for name in before} == after


def without_comments(content: bytes) -> bytes:
    """The content without the added lines and line ends."""
    lines = content.decode().splitlines(keepends=True)
    kept = [line.replace(f"  {COMMENT}", "") for line in lines if line.strip() != COMMENT]
    return "".join(kept).rstrip().encode()


def found_in(folder: Path, *options: str) -> Counter[str]:
    """The number of findings in each file."""
    done = optimlint(folder, ["check", "--select", "OPT001", "--output-format", "json", *options])
    return Counter(Path(one["filename"]).name for one in json.loads(done.stdout))


def test_bytes_of_the_encoding_stay(tmp_path: Path) -> None:
    before = "# -*- coding: latin-1 -*-\n# Größe\n".encode("latin-1") + BUG.encode()
    file = tmp_path / "train.py"
    file.write_bytes(before)
    done = optimlint(tmp_path, ["check", "--add-ignores", "--reason", "für später"])
    assert done.returncode == 0, done.stderr
    comment = "    # optimlint: ignore[bypassed-param-groups] für später\n".encode("latin-1")
    assert comment in file.read_bytes()
    assert file.read_bytes().replace(comment, b"") == before


def test_a_reason_that_the_encoding_cannot_hold_is_not_written(tmp_path: Path) -> None:
    before = b"# -*- coding: latin-1 -*-\n" + BUG.encode()
    file = tmp_path / "train.py"
    file.write_bytes(before)
    done = optimlint(tmp_path, ["check", "--add-ignores", "--reason", "später ✓"])
    assert done.returncode == 2
    assert b"error: train.py: not written: UnicodeEncodeError" in done.stderr
    assert b"train.py:7:12: OPT001" in done.stdout
    assert file.read_bytes() == before


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_bytes(b"\xef\xbb\xbf" + BUG.encode())
    assert optimlint(tmp_path, ["check", "--add-ignores"]).returncode == 0
    assert file.read_bytes().count(b"\xef\xbb\xbf") == 1
    assert without_comments(file.read_bytes()[3:]) == BUG.rstrip().encode()


def test_findings_of_one_line_share_a_comment(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    names = '[p for n, p in model.named_parameters() if n in ["bias"]]'
    file.write_text(
        "from torch.optim import AdamW\n\n\n"
        f'def make(model):\n    return AdamW([{{"params": {names}, "decay": 0.0}}, {{"params": {names}}}])\n'
    )
    before = json.loads(optimlint(tmp_path, ["check", "--output-format", "json"]).stdout)
    assert len(before) > 1 and len({one["location"]["row"] for one in before}) == 1
    assert optimlint(tmp_path, ["check", "--add-ignores"]).returncode == 0
    names = ", ".join(sorted({one["name"] for one in before}))
    assert file.read_text().count("# optimlint:") == 1
    assert f"    # optimlint: ignore[{names}] {REASON}\n" in file.read_text()


def test_what_cannot_be_suppressed_is_told(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG + "value = 3  # optimlint: ignore[bypassed-param-groups]\n")
    done = optimlint(tmp_path, ["check", "--add-ignores"])
    assert done.returncode == 1
    assert done.stdout.startswith(b"train.py:8:12: OPT901 unused-suppression")
    assert b"Suppressed 1 finding; 1 left" in done.stderr


def test_standard_input(tmp_path: Path) -> None:
    done = optimlint(tmp_path, ["check", "--add-ignores", "-"], stdin=BUG.encode())
    assert done.returncode == 0
    assert done.stdout.decode() == BUG.replace("    return", f"    {COMMENT}\n    return")


@pytest.mark.long
def test_every_finding_of_the_fixtures(tmp_path: Path) -> None:
    """Every finding in the fixtures is suppressed, and still found without suppressions. Without `OPTIMLINT_THOROUGH=1`
    a fixed sample of the fixtures is used."""
    folder = tmp_path / "fixtures"
    files = sorted(path for path in FIXTURES.rglob("*") if path.suffix in {".py", ".ipynb"})
    for file in files if os.environ.get("OPTIMLINT_THOROUGH") else files[::7]:
        place = folder / file.relative_to(FIXTURES)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)
    options = ["check", ".", "--ignore", "OPT9", "--output-format", "json"]
    before = json.loads(optimlint(folder, [*options, "--ignore-suppressions"]).stdout)
    assert len(before) > 30
    optimlint(folder, ["check", ".", "--ignore", "OPT9", "--add-ignores"])
    assert json.loads(optimlint(folder, options).stdout) == []
    after = json.loads(optimlint(folder, [*options, "--ignore-suppressions"]).stdout)
    assert Counter(map(_identity, after)) == Counter(map(_identity, before))


def _identity(finding: dict[str, object]) -> tuple[object, ...]:
    return finding["filename"], finding["cell"], finding["name"], finding["message"]
