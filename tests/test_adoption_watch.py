"""`--watch`, as users run it: files change while it runs, until Ctrl-C."""

import importlib.util
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli_support import BUG, COMMAND, MENDED, environment, heed_interruptions, optimlint

needs_watchfiles = pytest.mark.skipif(
    importlib.util.find_spec("watchfiles") is None, reason="watchfiles is not installed"
)
READY = "Watching for changes; Ctrl-C ends it"
PATIENCE = 60.0


class Watching:
    """A running `--watch` command, and its output so far."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, "check", "--watch", *options],
            cwd=folder,
            env=environment() | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=heed_interruptions,
        )
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._lines.extend(iter(self._process.stdout.readline, ""))

    def next_run(self) -> str:
        """The output of the next run, until it waits again."""
        wait_for(lambda: f"{READY}\n" in self._lines)
        end = self._lines.index(f"{READY}\n")
        text, self._lines[: end + 1] = "".join(self._lines[:end]), []
        return text

    def is_silent_for(self, seconds: float) -> bool:
        time.sleep(seconds)
        return not self._lines

    def interrupt(self) -> tuple[int, str]:
        """Send Ctrl-C. Returns the exit code and the output since the last run."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code, "".join(self._lines)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    """Starts a command that watches the test's folder."""
    started: list[Watching] = []

    def start(*options: str) -> Watching:
        started.append(Watching(tmp_path, *options))
        return started[-1]

    yield start
    for one in started:
        one.end()


@needs_watchfiles
def test_each_change_is_checked(tmp_path: Path, watching: Callable[..., Watching]) -> None:
    (tmp_path / "train.py").write_text(BUG)
    command = watching()
    first = command.next_run()
    assert "train.py:6:12: OPT001" in first
    assert "changed" not in first

    (tmp_path / "train.py").write_text(MENDED)
    second = command.next_run()
    assert "train.py changed\n" in second
    assert "No findings\n" in second

    (tmp_path / "new.py.tmp").write_text(BUG)  # Many editors write a temporary file and rename it.
    os.replace(tmp_path / "new.py.tmp", tmp_path / "new.py")
    assert "new.py:6:12: OPT001" in command.next_run()

    (tmp_path / "optimlint.toml").write_text('select = ["nothing"]\n')
    assert "optimlint.toml:1: unknown rule `nothing`" in command.next_run()
    (tmp_path / "optimlint.toml").write_text('ignore = ["OPT001"]\n')
    assert "No findings\n" in command.next_run()

    (tmp_path / "notes.txt").write_text("no source")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "copy.py").write_text(BUG)
    assert command.is_silent_for(1.0)
    code, rest = command.interrupt()
    assert code == 130
    assert not rest.strip()


BUILDER = """\
def two_groups(model, decay):
    biases = [p for n, p in model.named_parameters() if "bias" in n]
    others = [p for n, p in model.named_parameters() if "bias" not in n]
    return [{"params": others, "weight_decay": decay}, {"params": biases}]
"""
CALLER = """\
import torch
from builders import two_groups

def main(model):
    return torch.optim.AdamW(two_groups(model, 0.1), lr=1e-3)
"""


@needs_watchfiles
@pytest.mark.parametrize("watched", [".", "builders.py"])
def test_a_change_of_another_file_is_a_change(tmp_path: Path, watching: Callable[..., Watching], watched: str) -> None:
    """Only the caller shows that the decay of the biases is not 0."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "builders.py").write_text(BUILDER)
    (tmp_path / "train.py").write_text(CALLER)
    command = watching(watched)
    assert "builders.py:4:56: OPT202" in command.next_run()
    (tmp_path / "train.py").write_text(CALLER.replace("lr=1e-3", "lr=1e-3, weight_decay=0.0"))
    assert "No findings\n" in command.next_run()


@needs_watchfiles
def test_a_named_file_that_an_editor_replaces(tmp_path: Path, watching: Callable[..., Watching]) -> None:
    (tmp_path / "train.txt").write_text(MENDED)
    (tmp_path / "other.py").write_text(MENDED)
    command = watching("train.txt", "--output-file", "report.py")
    command.next_run()
    for text, said in ((BUG, "Found 1 finding"), (MENDED, "No findings"), (BUG, "Found 1 finding")):
        (tmp_path / "saved").write_text(text)
        os.replace(tmp_path / "saved", tmp_path / "train.txt")
        assert said in command.next_run()
    assert command.is_silent_for(1.0), "what the run itself writes is no change"
    assert "OPT001" in (tmp_path / "report.py").read_text()


@pytest.mark.parametrize(
    "options", [["--fix"], ["--add-ignores"], ["--baseline", "known.json", "--write-baseline"], ["-"]]
)
def test_a_run_that_writes_is_not_repeated(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "train.py").write_text(BUG)
    done = optimlint(tmp_path, ["check", "--watch", *options])
    assert done.returncode == 2
    assert b"--watch" in done.stderr and b"Traceback" not in done.stderr
    assert (tmp_path / "train.py").read_text() == BUG


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    done = optimlint(tmp_path, ["check", "--watch", "nowhere"])
    assert done.returncode == 2
    assert b"nowhere: not found" in done.stderr or b"pip install 'optimlint[watch]'" in done.stderr


def test_without_watchfiles(tmp_path: Path) -> None:
    (tmp_path / "watchfiles.py").write_text("raise ImportError('there is none')\n")
    variables = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])}
    done = optimlint(tmp_path, ["check", "--watch"], variables=variables)
    assert done.returncode == 2
    assert done.stderr.decode() == "error: --watch needs watchfiles: pip install 'optimlint[watch]'\n"
