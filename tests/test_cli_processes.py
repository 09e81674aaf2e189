"""The command line when processes die, hang or are interrupted, and when nothing reads its output."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_support import BUG, COMMAND, environment, heed_interruptions, optimlint

from optimlint.workspace.worker_pool import Loss, Lost, Pool
from optimlint.workspace.write import overwrite

SABOTAGE = """
import os, signal, time
import optimlint.interpret

honest = optimlint.interpret.interpret

def interpret(text, *others, **named):
    if "# dies" in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "# hangs" in text:
        time.sleep(600)
    return honest(text, *others, **named)

optimlint.interpret.interpret = interpret
"""
"""A `sitecustomize` for the command under test. The parser crashes or hangs if a comment says so."""


@pytest.fixture
def saboteur(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which the parser is sabotaged."""
    folder = tmp_path_factory.mktemp("sabotage")
    (folder / "sitecustomize.py").write_text(SABOTAGE)
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


def test_a_file_that_kills_its_worker_costs_itself_only(tmp_path: Path, saboteur: dict[str, str]) -> None:
    for number in range(6):
        (tmp_path / f"good{number}.py").write_text(BUG)
    (tmp_path / "bad1.py").write_text(BUG + "# dies\n")
    (tmp_path / "bad2.py").write_text(BUG + "# hangs\n")
    (tmp_path / "good3.py").write_text(BUG + "# dies\n")
    for jobs in ("1", "3"):
        arguments = ["check", "--timeout", "3", "--jobs", jobs, "--output-format", "json"]
        outcome = optimlint(tmp_path, arguments, variables=saboteur)
        assert outcome.returncode == 2
        names = [os.path.basename(one["filename"]) for one in json.loads(outcome.stdout)]
        assert names == ["good0.py", "good1.py", "good2.py", "good4.py", "good5.py"]
        killed = b"crashed the parser: its worker process was killed by SIGSEGV"
        assert b"error: bad1.py: " + killed in outcome.stderr
        assert b"error: good3.py: " + killed in outcome.stderr
        assert b"error: bad2.py: over the time limit: took longer than 3 s" in outcome.stderr
        assert b"Not fully checked: 3 files failed\nChecked 5 files\n" in outcome.stderr


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")
def test_an_interruption_ends_everything_quietly(
    tmp_path: Path, saboteur: dict[str, str], number: signal.Signals, exit_code: int
) -> None:
    (tmp_path / "bad.py").write_text(BUG + "# hangs\n")
    running = subprocess.Popen(
        [*COMMAND, "check"],
        cwd=tmp_path,
        env=environment() | saboteur,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=heed_interruptions,
    )
    wait_until(lambda: len(processes_of(running.pid)) == 2)
    if number == signal.SIGINT:
        os.killpg(running.pid, number)  # Like a terminal: the workers get the signal too.
    else:
        running.send_signal(number)
    stdout, stderr = running.communicate(timeout=20)
    assert running.returncode == exit_code
    assert stdout == b""
    assert b"Traceback" not in stderr
    assert processes_of(running.pid) == []


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")
def test_workers_end_with_a_command_that_is_killed(tmp_path: Path, saboteur: dict[str, str]) -> None:
    for number in range(3):
        (tmp_path / f"bad{number}.py").write_text(BUG + "# hangs\n" + "#" * 100_000)
    (tmp_path / "good.py").write_text(BUG + "#" * 100_000)
    running = subprocess.Popen(
        [*COMMAND, "check", "--jobs", "4"], cwd=tmp_path, env=environment() | saboteur, start_new_session=True
    )
    wait_until(lambda: len(processes_of(running.pid)) == 5)
    time.sleep(1)
    running.kill()
    running.wait()
    wait_until(lambda: len(processes_of(running.pid)) == 3)  # Hanging workers remain; the idle one has ended.
    os.killpg(running.pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def processes_of(session: int) -> list[int]:
    """The living processes of a session, from /proc."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if folder.name.isdigit() and int(fields[3]) == session and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def test_a_reader_that_leaves_is_no_failure(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"file{number}.py").write_text("")
    (tmp_path / "train.py").write_text(BUG)
    for arguments in (["check"], ["check", "--output-format", "json"], ["check", "--diff"], ["rule", "--all"]):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, env=environment(), stdout=writer, stderr=subprocess.PIPE, timeout=60
        )
        os.close(writer)
        assert done.returncode == (0 if arguments[0] == "rule" else 1)
        assert b"Traceback" not in done.stderr
        assert b"Broken" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_report_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "check"], cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: cannot write: No space left on device")
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_messages_that_nobody_can_get_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    command = " ".join(COMMAND) + " check train.py nowhere.py 2>/dev/full"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, timeout=60)
    assert done.returncode == 2
    assert b"train.py:6:12: OPT001" in done.stdout


def test_closed_streams(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    command = " ".join(COMMAND) + " check train.py >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment(), timeout=60).returncode == 1
    command = " ".join(COMMAND) + " check - <&-"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, b"error: standard input is closed\n")


def test_an_ascii_terminal_gets_ascii(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG.replace("return", "h\u00f6he = '\u65e5\u672c'; return"), encoding="utf-8")
    variables = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    outcome = optimlint(tmp_path, ["check", "--output-format", "full"], variables=variables)
    assert outcome.returncode == 1, outcome.stderr
    assert "h\\xf6he" in outcome.stdout.decode("ascii")


def test_a_terminal_gets_frames_in_colour(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    shown = in_terminal(tmp_path, ["check"])
    assert "\x1b[1;31mOPT001 bypassed-param-groups\x1b[0m: " in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "6 |     return AdamW(model.parameters())" in plain
    assert "+     return AdamW(groups)" in plain
    assert all(len(line) <= 80 for line in plain.splitlines())


def in_terminal(folder: Path, arguments: list[str]) -> str:
    """The output of the command if standard output is a terminal."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment() | {"TERM": "xterm", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            read = os.read(ours, 65536)
        except OSError:  # A terminal ends this way.
            break
        if not read:
            break
        shown += read
    os.close(ours)
    assert running.wait(60) == 1
    return shown.decode()


@pytest.mark.parametrize(
    "arguments", [["--version"], ["check"], ["check", "--output-format", "json"], ["check", "--fix"]]
)
def test_a_run_in_which_nothing_can_matter_loads_nothing_for_it(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.py").write_text("import torch\n\noptimizer = torch.optim.SGD\n")
    (tmp_path / ".gitignore").write_text("*.log\n")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *COMMAND[1:], *arguments],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "optimlint.cli.commands" in loaded
    heavy = {"libcst", "rich", "multiprocessing", "concurrent.futures", "optimlint.rules", "optimlint.facts", "tomllib"}
    assert not heavy & loaded


def die(item: str) -> str:
    if item == "dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    if item == "leaves":
        os._exit(3)
    if item == "hangs":
        time.sleep(600)
    if item == "raises":
        raise ValueError(item)
    if item == "shouts":
        os.write(1, item.encode())
        os.write(2, item.encode())
    if item == "large":
        return item * 1_000_000
    return item


def test_the_pool_gives_every_item_a_result(capfd: pytest.CaptureFixture[str]) -> None:
    items = ["a", "dies", "b", "hangs", "large", "raises", "leaves", "shouts", "c"]
    begin = time.monotonic()
    with Pool(2, 1.0) as pool:
        results = dict(pool.map(die, items))
        assert dict(pool.map(die, ["again"])) == {0: "again"}
    assert time.monotonic() - begin < 30
    assert [results[index] for index in (0, 2, 4, 7, 8)] == ["a", "b", "large" * 1_000_000, "shouts", "c"]
    assert results[1] == Lost(Loss.DIED, "its worker process was killed by SIGSEGV")
    assert results[3] == Lost(Loss.TOO_SLOW, "took longer than 1 s")
    assert results[5] == Lost(Loss.RAISED, "ValueError: raises")
    assert results[6] == Lost(Loss.DIED, "its worker process ended")
    assert capfd.readouterr() == ("", "")


NO_FORKS = """
import sys
sys.platform = "darwin"  # Where workers are spawned and not forked.
from optimlint.cli import main
main()
"""


def test_workers_that_are_spawned_find_the_same(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"train{number}.py").write_text(BUG)
    arguments = ["check", "--isolated", "--output-format", "concise", "--jobs", "2", "."]
    forked, spawned = (
        subprocess.run([*command, *arguments], cwd=tmp_path, env=environment(), capture_output=True, timeout=120)
        for command in (COMMAND, [sys.executable, "-c", NO_FORKS])
    )
    assert (spawned.returncode, spawned.stdout) == (forked.returncode, forked.stdout)
    assert spawned.returncode == 1 and spawned.stdout.count(b"OPT001") == 4


def test_a_worker_is_given_items_of_one_kind_first() -> None:
    """A worker that has read a repository for one file also gets the repository's other files."""
    with Pool(1, 10.0) as pool:
        assert list(pool.map(die, ["a", "b", "c", "d", "e"], kinds=["x", "y", "x", "z", "y"])) == [
            *((0, "a"), (2, "c"), (1, "b"), (4, "e"), (3, "d"))
        ]
    with Pool(2, 10.0) as pool:
        found = dict(pool.map(die, ["a", "dies", "c", "d", "e"], kinds=["x", "x", "x", "x", "x"]))
        assert [found[index] for index in (0, 2, 3, 4)] == ["a", "c", "d", "e"], "one kind keeps all workers busy"


def test_a_pool_without_items_starts_nothing() -> None:
    with Pool(2, 1.0) as pool:
        assert list(pool.map(die, [])) == []


def test_a_file_that_has_changed_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_bytes(b"newer")
    assert overwrite(str(file), b"older", b"fixed") == "it has changed since it was checked"
    assert file.read_bytes() == b"newer"
    assert overwrite(str(tmp_path / "gone.py"), b"", b"fixed") is not None
    assert [path.name for path in tmp_path.iterdir()] == ["train.py"]


def test_a_write_that_fails_leaves_the_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "train.py"
    file.write_bytes(b"older")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    assert overwrite(str(file), b"older", b"fixed") == "No space left on device"
    assert file.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["train.py"]
