"""The command when files vanish, disks are full, processes are killed, and others write at the same time."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from cli_support import BUG, COMMAND, MENDED, environment, heed_interruptions, optimlint

from optimlint.workspace.write import overwrite

LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.{limit}, ({value}, {value}))
from optimlint.cli import run
sys.exit(run(sys.argv[1:]))
"""


def limited(folder: Path, limit: str, value: int, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The outcome of the command under a system limit. It writes no bytecode, which the limit would cut off in the
    middle, so that no later process could import the module."""
    script = LIMITED.format(limit=limit, value=value)
    command = [sys.executable, "-c", script, *arguments]
    variables = environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, timeout=120)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A limit on file size simulates the full disk: writing fails in the middle of the file."""
    long = BUG + "# padding\n" * 2_000
    (tmp_path / "long.py").write_text(long)
    (tmp_path / "short.py").write_text(BUG)
    outcome = limited(tmp_path, "RLIMIT_FSIZE", 8_000, "check", "--fix")
    assert outcome.returncode == 2, outcome.stderr
    assert b"error: long.py: not written: File too large" in outcome.stderr
    assert b"long.py:6:12: OPT001" in outcome.stdout
    assert (tmp_path / "long.py").read_text() == long
    assert (tmp_path / "short.py").read_text() == MENDED
    assert names(tmp_path) == ["long.py", "short.py"]


def test_few_open_files_are_enough_for_thousands(tmp_path: Path) -> None:
    for number in range(2_000):
        (tmp_path / f"file{number}.py").write_text(BUG if number % 500 == 0 else "")
    outcome = limited(tmp_path, "RLIMIT_NOFILE", 32, "check", "--fix", "--jobs", "4")
    assert outcome.returncode == 0, outcome.stderr
    assert b"Checked 2,000 files" in outcome.stderr
    assert b"Fixed 4 findings" in outcome.stderr


@pytest.mark.parametrize("limit", [4, 8])
def test_too_few_open_files_are_told(tmp_path: Path, limit: int) -> None:
    (tmp_path / "train.py").write_text(BUG)
    outcome = limited(tmp_path, "RLIMIT_NOFILE", limit, "check", "--fix")
    assert outcome.returncode == 2
    assert b"Too many open files" in outcome.stderr
    assert b"Traceback" not in outcome.stderr
    assert (tmp_path / "train.py").read_text() == BUG


def test_a_folder_that_is_read_only_keeps_its_files(tmp_path: Path) -> None:
    from test_cli_hostile import as_nobody

    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "train.py").write_text(BUG)
    (closed / "train.py").chmod(0o666)
    closed.chmod(0o555)
    try:
        outcome = as_nobody(tmp_path, ["check", "--fix"])
    finally:
        closed.chmod(0o755)
    assert outcome.returncode == 2
    assert b"error: closed/train.py: not written: Permission denied" in outcome.stderr
    assert b"closed/train.py:6:12: OPT001" in outcome.stdout
    assert (closed / "train.py").read_text() == BUG
    assert names(closed) == ["train.py"]


def test_a_file_of_several_names_is_left_to_its_owner(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    os.link(tmp_path / "train.py", tmp_path / "other.txt")
    outcome = optimlint(tmp_path, ["check", "--fix"])
    assert outcome.returncode == 2
    assert b"error: train.py: not written: it has several hard links" in outcome.stderr
    assert (tmp_path / "train.py").read_text() == (tmp_path / "other.txt").read_text() == BUG


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="needs extended attributes")
def test_attributes_and_odd_modes_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text(BUG)
    file.chmod(0o640)
    try:
        os.setxattr(file, "user.note", b"mine")
    except OSError:
        pytest.skip("the file system has no extended attributes")
    owner = file.stat().st_uid, file.stat().st_gid
    assert optimlint(tmp_path, ["check", "--fix"]).returncode == 0
    assert file.read_text() == MENDED
    assert os.getxattr(file, "user.note") == b"mine"
    assert (file.stat().st_mode & 0o7777, file.stat().st_uid, file.stat().st_gid) == (0o640, *owner)


SLOW_WRITING = """
import os, time
honest = os.{function}

def slow(*arguments):
    if {before}:
        open({flag!r}, "w").close()
        time.sleep({seconds})
    result = honest(*arguments)
    if not {before}:
        open({flag!r}, "w").close()
        time.sleep({seconds})
    return result

os.{function} = slow
"""
"""A `sitecustomize` that pauses the command around one call, and creates a file as a signal."""


def slowed(folder: Path, function: str, *, before: bool, seconds: float) -> tuple[dict[str, str], Path]:
    """The environment in which a call is paused, and the file that signals the pause."""
    folder.mkdir()
    flag = folder / "reached"
    (folder / "sitecustomize.py").write_text(
        SLOW_WRITING.format(function=function, before=before, seconds=seconds, flag=str(flag))
    )
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return environment() | {"PYTHONPATH": path}, flag


def fixing(tree: Path, variables: dict[str, str]) -> "subprocess.Popen[bytes]":
    """A running command that fixes a tree."""
    return subprocess.Popen(
        [*COMMAND, "check", "--fix"],
        cwd=tree,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interruptions,
    )


def wait_for(file: Path) -> None:
    end = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("function", "before", "content"),
    [("fsync", True, BUG), ("fsync", False, BUG), ("replace", True, BUG), ("replace", False, MENDED)],
)
def test_a_kill_in_the_middle_of_a_fix_leaves_a_whole_file(
    tmp_path: Path, function: str, before: bool, content: str
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "train.py").write_text(BUG)
    variables, flag = slowed(tmp_path / "site", function, before=before, seconds=60)
    running = subprocess.Popen([*COMMAND, "check", "--fix", "--quiet"], cwd=tree, env=variables, start_new_session=True)
    wait_for(flag)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait(20)
    assert (tree / "train.py").read_text() == content
    assert optimlint(tree, ["check", "--fix"]).returncode == 0
    assert (tree / "train.py").read_text() == MENDED


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_in_the_middle_of_a_fix_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "train.py").write_text(BUG)
    variables, flag = slowed(tmp_path / "site", "fsync", before=True, seconds=60)
    running = fixing(tree, variables)
    wait_for(flag)
    running.send_signal(number)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == (130 if number == signal.SIGINT else 128 + number)
    assert b"Traceback" not in errors
    assert names(tree) == ["train.py"]
    assert (tree / "train.py").read_text() == BUG


def test_what_an_editor_saves_while_the_fix_is_written_is_kept(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "train.py").write_text(BUG)
    variables, flag = slowed(tmp_path / "site", "fsync", before=True, seconds=2)
    running = fixing(tree, variables)
    wait_for(flag)
    (tree / "train.py").write_text(BUG + "newer = 1\n")
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 2
    assert b"error: train.py: not written: it has changed since it was checked" in errors
    assert (tree / "train.py").read_text() == BUG + "newer = 1\n"
    assert names(tree) == ["train.py"]


def test_files_that_vanish_change_or_close_while_the_command_runs(tmp_path: Path) -> None:
    """Between finding and reading files, and between reading and fixing them."""
    tree = tmp_path / "tree"
    (tree / "gone").mkdir(parents=True)
    for name in ("a.py", "kept.py", "gone/b.py"):
        (tree / name).write_text(BUG)
    variables, flag = slowed(tmp_path / "site", "scandir", before=True, seconds=1)
    for late in (False, True):
        flag.unlink(missing_ok=True)
        if late:
            (tmp_path / "site" / "sitecustomize.py").write_text(
                SLOW_WRITING.format(function="access", before=True, seconds=1, flag=str(flag))
            )
            (tree / "a.py").write_text(BUG)
            (tree / "kept.py").write_text(BUG)
        running = fixing(tree, variables)
        wait_for(flag)
        (tree / "a.py").unlink()
        if not late:
            (tree / "gone" / "b.py").unlink()
            (tree / "gone").rmdir()
        _, errors = running.communicate(timeout=60)
        assert b"Traceback" not in errors and b"itself failed" not in errors
        assert running.returncode == (2 if late else 0), errors
        assert (tree / "kept.py").read_text() == MENDED
        assert (b"error: a.py: not written" in errors) == late
        assert names(tree)[-1] == "kept.py"


def test_two_runs_that_fix_one_tree_at_once(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"train{number}.py").write_text(BUG)
    both = [
        subprocess.Popen(
            [*COMMAND, "check", "--fix", "--jobs", "1"],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for one in both:
        _, errors = one.communicate(timeout=120)
        assert b"Traceback" not in errors and b"itself failed" not in errors
        assert one.returncode in (0, 2)
        assert one.returncode == 0 or b"not written: it has changed since it was checked" in errors
    assert {path.read_text() for path in tmp_path.iterdir()} == {MENDED}
    assert len(names(tmp_path)) == 60


def test_writers_of_one_file_leave_one_of_their_texts(tmp_path: Path) -> None:
    """A reader never sees half a file, however many processes write it."""
    file = tmp_path / "train.py"
    texts = [f"{number}".encode() * 200_000 for number in range(4)]
    file.write_bytes(texts[0])
    is_over = threading.Event()
    torn: list[int] = []

    def read() -> None:
        while not is_over.is_set():
            content = file.read_bytes()
            if content not in texts:
                torn.append(len(content))

    def write(number: int) -> None:
        for _ in range(20):
            overwrite(str(file), file.read_bytes(), texts[number])

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    is_over.set()
    reader.join()
    assert not torn
    assert file.read_bytes() in texts
    assert names(tmp_path) == ["train.py"]


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&-", "0<&- 1>&- 2>&-"])
def test_each_stream_may_be_closed(tmp_path: Path, closed: str) -> None:
    """The number of a closed stream is not reused for a file or pipe, which would then receive a report."""
    (tmp_path / "train.py").write_text(BUG)
    shell = " ".join(COMMAND)
    done = subprocess.run(
        ["sh", "-c", f"{shell} check --output json:report.json {closed}"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    assert (b"OPT001" in done.stdout) == ("1>&-" not in closed and closed != ">&-")
    assert (b"Found 1 finding" in done.stderr) == ("2>&-" not in closed)
    assert (tmp_path / "report.json").read_bytes().startswith(b"[")
    assert (tmp_path / "train.py").read_text() == BUG


@pytest.mark.skipif(sys.platform != "linux", reason="Linux keeps the figure")
def test_memory_is_flat_in_the_number_of_files(tmp_path: Path) -> None:
    """The memory for each file is freed, except for its report."""
    peaks = []
    for count in (200, 2_000):
        tree = tmp_path / str(count)
        tree.mkdir()
        for number in range(count):
            (tree / f"file{number}.py").write_text(f"# {number}\n" + "x = [1, 2, 3]\n" * 1_500)
        (tree / "train.py").write_text(BUG)
        done = subprocess.run(
            [sys.executable, "-c", MEMORY], cwd=tree, env=environment(), capture_output=True, timeout=120, check=True
        )
        peaks.append(int(done.stdout.split()[-1]) / 1_000)
    assert peaks[1] < 50
    assert peaks[1] < peaks[0] + 5  # The files have 40 MB in total.


MEMORY = """
from pathlib import Path
from optimlint.cli import run
assert run(["check"]) == 1
status = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
"""
"""Prints the peak memory of the command's own process. `getrusage` would include the memory of the parent at the
start."""


@pytest.mark.parametrize("error", [EOFError, ValueError])
def test_what_breaks_inside_is_told_and_is_no_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Click treats an EOFError as the end of its input, even one raised by a module that was only partly compiled."""

    def broken(_: object) -> int:
        raise error("damaged")

    monkeypatch.setattr("optimlint.cli.commands.check.execute", broken)
    outcome = optimlint(tmp_path, ["check"])
    assert outcome.returncode == 2
    assert f"optimlint itself failed: {error.__name__}: damaged" in outcome.stderr.decode()
