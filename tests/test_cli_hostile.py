"""The command line with hostile files, names, links and permissions."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from cli_support import BUG, COMMAND, MENDED, environment, optimlint

NAMES = [
    b"with space.py",
    b"[red]brackets[0].py",
    b"new\nline.py",
    b"escape\x1b[31m.py",
    b"latin\xe9.py",
    b"turned\xe2\x80\xaeyp.py",
    b"::error file=x::.py",
    b"##vso[task.setvariable variable=x].py",
    b"--fix.py",
    "\u6a21\u578b \u00b6.py".encode(),
]


@pytest.mark.parametrize("output_format", ["full", "concise"])
def test_no_name_reaches_a_terminal_or_a_log_as_a_command(tmp_path: Path, output_format: str) -> None:
    for name in NAMES:
        write(tmp_path, name, BUG.encode())
    outcome = optimlint(tmp_path, ["check", "--output-format", output_format])
    assert outcome.returncode == 1, outcome.stderr
    text = outcome.stdout.decode()
    assert text.count("OPT001") >= len(NAMES)
    assert not any(character != "\n" and not character.isprintable() for character in text)
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "##vso[" not in text
    for shown in (
        "with space.py:6",
        "new\\nline.py:6",
        "escape\\x1b[31m.py:6",
        "latin\\xe9.py:6",
        "turned\\u202eyp.py:6",
    ):
        assert shown in text


def test_json_holds_every_name(tmp_path: Path) -> None:
    for name in NAMES:
        write(tmp_path, name, BUG.encode())
    found = json.loads(optimlint(tmp_path, ["check", "--output-format", "json"]).stdout.decode("utf-8", "strict"))
    names = {os.path.basename(one["filename"]) for one in found}
    assert names == {name.decode("utf-8", "backslashreplace") for name in NAMES}
    assert all(os.path.isabs(one["filename"]) for one in found)


def test_names_that_are_told_as_failures_are_harmless(tmp_path: Path) -> None:
    outcome = optimlint(tmp_path, ["check", b"no\x1b[31m\nsuch.py", b"\xff.py"])
    assert outcome.returncode == 2
    assert b"error: no\\x1b[31m\\nsuch.py: no such file" in outcome.stderr
    assert b"error: \\xff.py: no such file" in outcome.stderr


def test_every_name_is_fixed(tmp_path: Path) -> None:
    for name in NAMES:
        write(tmp_path, name, BUG.encode())
    assert optimlint(tmp_path, ["check", "--fix"]).returncode == 0
    for name in NAMES:
        assert read(tmp_path, name) == MENDED.encode()


def test_no_source_text_reaches_a_terminal_as_a_command(tmp_path: Path) -> None:
    nasty = BUG.replace("return AdamW(", "return '\x1b[31m\u202e##vso[x]\x07' and AdamW(").replace(
        "    groups", "\tgroups"
    )
    (tmp_path / "a.py").write_text(nasty.replace("    return", "\treturn"))
    for arguments in (["--output-format", "full"], ["--diff"], ["--output-format", "concise"]):
        outcome = optimlint(tmp_path, ["check", *arguments])
        assert outcome.returncode == 1, outcome.stderr
        text = outcome.stdout.decode()
        assert not any(character not in "\n\t" and not character.isprintable() for character in text)
        assert "##vso[" not in text
    assert (
        "\\x1b[31m\\u202e#\\x23vso[x]\\x07" in optimlint(tmp_path, ["check", "--output-format", "full"]).stdout.decode()
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BUG.replace("\n", "\r\n"), MENDED.replace("\n", "\r\n")),
        ("\ufeff" + BUG, "\ufeff" + MENDED),
        (BUG.rstrip("\n"), MENDED.rstrip("\n")),
        (BUG.replace("\n\n\n", "\n\f\n\n") + "\n   \n\t", MENDED.replace("\n\n\n", "\n\f\n\n") + "\n   \n\t"),
        (BUG.replace("\n\n\n", "\r\n\n\n"), MENDED.replace("\n\n\n", "\r\n\n\n")),
        (BUG.replace("    ", "\t"), MENDED.replace("    ", "\t")),
    ],
    ids=["crlf", "byte order mark", "no last line end", "form feed and blanks", "mixed line ends", "tabs"],
)
def test_a_fix_changes_its_range_and_nothing_else(tmp_path: Path, before: str, after: str) -> None:
    write(tmp_path, b"a.py", before.encode())
    outcome = optimlint(tmp_path, ["check", "--fix"])
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert read(tmp_path, b"a.py") == after.encode()


def test_a_file_stays_in_its_encoding(tmp_path: Path) -> None:
    before, after = (
        f"# -*- coding: latin-1 -*-\nname = 'caf\u00e9'\n{text}".encode("latin-1") for text in (BUG, MENDED)
    )
    write(tmp_path, b"a.py", before)
    diff = optimlint(tmp_path, ["check", "--diff"])
    assert b"-    return AdamW(model.parameters())" in diff.stdout
    assert optimlint(tmp_path, ["check", "--fix"]).returncode == 0
    assert read(tmp_path, b"a.py") == after


def test_a_diff_can_be_applied(tmp_path: Path) -> None:
    if not shutil.which("git"):
        pytest.skip("needs git")
    write(tmp_path, b"a.py", BUG.rstrip("\n").encode())
    write(tmp_path, b"b.py", BUG.replace("\n", "\r\n").encode())
    diff = optimlint(tmp_path, ["check", "--diff"]).stdout
    subprocess.run(["git", "apply", "-p0", "-"], cwd=tmp_path, input=diff, check=True)
    assert read(tmp_path, b"a.py") == MENDED.rstrip("\n").encode()
    assert read(tmp_path, b"b.py") == MENDED.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\0" + BUG.encode(),
        BUG.encode()[:-30],
        BUG.encode("utf-16"),
        b"# -*- coding: no-such-encoding -*-\n" + BUG.encode(),
        b"# -*- coding: rot13 -*-\n" + BUG.encode(),
        BUG.encode() + b"\xff\xfe",
        b"\xef\xbb\xbf# coding: latin-1\n" + BUG.encode(),
        BUG.encode() + b"x = '''",
    ],
)
def test_no_file_makes_a_traceback(tmp_path: Path, source: bytes) -> None:
    for name in (b"a.py", b"a.ipynb"):
        write(tmp_path, name, source)
        for arguments in (["--output-format", "full"], ["--fix"], ["--output-format", "json"]):
            outcome = optimlint(tmp_path, ["check", os.fsdecode(name), *arguments])
            assert b"Traceback" not in outcome.stderr
            assert b"itself failed" not in outcome.stderr
            assert outcome.returncode in (0, 1, 2)
            if outcome.returncode == 2:
                assert name + b":" in outcome.stdout + outcome.stderr
        assert read(tmp_path, name) in (source, source.replace(b"AdamW(model.parameters())", b"AdamW(groups)"))


def test_nesting_that_ends_other_parsers_costs_its_own_file_only(tmp_path: Path) -> None:
    write(tmp_path, b"brackets.py", (BUG + "x = " + "(" * 3000 + ")" * 3000).encode())
    write(tmp_path, b"chain.py", (BUG + "x = " + " or ".join(["y"] * 10_000)).encode())
    write(tmp_path, b"calls.py", (BUG + "x = y" + ".z()" * 3200).encode())
    write(tmp_path, b"lists.ipynb", b'{"cells": [' + b"[" * 100_000 + BUG.encode())
    for number in range(30):
        write(tmp_path, f"good{number}.py".encode(), BUG.encode())
    begin = time.monotonic()
    outcome = optimlint(tmp_path, ["check", "--output-format", "concise"])
    assert time.monotonic() - begin < 60
    assert outcome.returncode == 2
    assert outcome.stdout.count(b": OPT001 ") == 33, "what stands above is read, too"
    for name in (b"brackets.py:7: not parsed: ", b"chain.py:7: ", b"calls.py:7: ", b"lists.ipynb:1: not a notebook: "):
        assert name in outcome.stdout


def test_files_over_the_limits_are_named(tmp_path: Path) -> None:
    write(tmp_path, b"data.py", BUG.encode() + b"#" * 10_000_000)
    write(tmp_path, b"harmless.py", b"#" * 11_000_000)
    write(tmp_path, b"good.py", BUG.encode())
    with open(tmp_path / "huge.ipynb", "wb") as stream:
        stream.truncate(300_000_000)
    outcome = optimlint(tmp_path, ["check"])
    assert outcome.returncode == 2
    assert b"good.py:6:12: OPT001" in outcome.stdout
    assert b"error: data.py: over the size limit: larger than 10 MB" in outcome.stderr
    assert b"error: huge.ipynb: over the size limit: larger than 200 MB" in outcome.stderr
    assert b"Not fully checked: 2 files failed\nChecked 2 files\n" in outcome.stderr


def test_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    write(tmp_path / "real", b"train.py", BUG.encode())
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "link.py").symlink_to("real/train.py")
    outcome = optimlint(tmp_path, ["check"])
    assert outcome.returncode == 1, outcome.stderr
    assert outcome.stdout.startswith(b"real/train.py:6:12")
    assert b"Checked 1 file\n" in outcome.stderr
    assert optimlint(tmp_path, ["check", "real/loop/real/loop/real"]).returncode == 1


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "lost.py").symlink_to("nowhere.py")
    (tmp_path / "round.py").symlink_to("round.py")
    (tmp_path / ".#lock.py").symlink_to("user@host.1234")
    write(tmp_path, b"good.py", b"")
    outcome = optimlint(tmp_path, ["check"])
    assert outcome.returncode == 2
    assert b"error: lost.py: not readable: a link that leads nowhere" in outcome.stderr
    assert b"error: round.py: not readable" in outcome.stderr
    assert b"lock" not in outcome.stderr


def test_a_fix_follows_a_link_and_keeps_the_mode(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere", b"train.py", BUG.encode())
    (tmp_path / "elsewhere" / "train.py").chmod(0o751)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").symlink_to("../elsewhere/train.py")
    assert optimlint(tmp_path, ["check", "--fix", "src"]).returncode == 0
    assert (tmp_path / "src" / "train.py").is_symlink()
    assert read(tmp_path / "elsewhere", b"train.py") == MENDED.encode()
    assert (tmp_path / "elsewhere" / "train.py").stat().st_mode & 0o777 == 0o751
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["train.py"]


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    write(tmp_path, b"good.py", b"")
    assert optimlint(tmp_path, ["check"]).returncode == 0
    outcome = optimlint(tmp_path, ["check", "pipe.py", "/dev/zero"])
    assert outcome.returncode == 2
    assert b"error: pipe.py: not readable: not a regular file" in outcome.stderr
    assert b"error: /dev/zero: not readable: not a regular file" in outcome.stderr


def test_what_may_not_be_read_or_written_is_named(tmp_path: Path) -> None:
    """If the tests run as the superuser, who may do anything, another user runs the command."""
    for name in (b"secret.py", b"fixed.py", b"good.py"):
        write(tmp_path, name, BUG.encode())
    (tmp_path / "closed").mkdir()
    (tmp_path / "secret.py").chmod(0)
    (tmp_path / "fixed.py").chmod(0o444)
    (tmp_path / "closed").chmod(0)
    try:
        outcome = as_nobody(tmp_path, ["check"])
    finally:
        (tmp_path / "closed").chmod(0o755)
    assert outcome.returncode == 2
    assert b"good.py:6:12: OPT001" in outcome.stdout
    assert b"error: secret.py: not readable: Permission denied" in outcome.stderr
    assert b"error: closed: not readable: Permission denied" in outcome.stderr
    outcome = as_nobody(tmp_path, ["check", "--fix", "fixed.py"])
    assert outcome.returncode == 2
    assert b"error: fixed.py: not written: " in outcome.stderr
    assert b"fixed.py:6:12: OPT001" in outcome.stdout
    assert read(tmp_path, b"fixed.py") == BUG.encode()


def as_nobody(folder: Path, arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a user whose permissions are checked."""
    user = 65534 if os.geteuid() == 0 else None
    if user is not None:
        folder.chmod(0o755)
        for parent in folder.parents[:3]:  # pytest's folders are private.
            parent.chmod(parent.stat().st_mode | 0o011)
    try:
        return subprocess.run(
            [*COMMAND, *arguments], cwd=folder, env=environment(), user=user, capture_output=True, timeout=60
        )
    except PermissionError:
        pytest.skip("the superuser's Python may be run by nobody else")


def test_very_deep_folders(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(300):
        folder = folder / "deep"
    folder.mkdir(parents=True)
    write(folder, b"train.py", BUG.encode())
    outcome = optimlint(tmp_path, ["check"])
    assert outcome.returncode == 1
    assert b"/deep/train.py:6:12: OPT001" in outcome.stdout


def write(folder: Path, name: bytes, content: bytes) -> None:
    with open(os.path.join(os.fsencode(folder), name), "wb") as stream:
        stream.write(content)


def read(folder: Path, name: bytes) -> bytes:
    with open(os.path.join(os.fsencode(folder), name), "rb") as stream:
        return stream.read()
