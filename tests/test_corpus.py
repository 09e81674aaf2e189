"""The command `optimlint corpus`. Most tests need the extra `cluster`; `make corpus` installs it."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from cli_support import BUG, COMMAND, MENDED, environment, heed_interruptions, optimlint

from optimlint import Severity, check_source
from optimlint.cli import run

needs_the_extra = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("distributed", "pyarrow")),
    reason="needs the extra `cluster`: make corpus",
)

SABOTAGE = """
import os, signal, time
import optimlint.workspace.worker_pool
import optimlint.interpret

honest = optimlint.interpret.interpret
honest_map = optimlint.workspace.worker_pool.Pool.map

def interpret(text, *others, **named):
    if "# dies" in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "# hangs" in text:
        time.sleep(600)
    return honest(text, *others, **named)

def map(self, function, items):
    for item in items:
        if b"# kills" in item.content:
            path = item.path.removesuffix(".py") + ".killed"
            if item.path.startswith("always") or not os.path.exists(path):
                open(path, "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
        if b"# waits" in item.content:
            open(item.path.removesuffix(".py") + ".met", "w").close()
            time.sleep(0.7)
    yield from honest_map(self, function, items)

optimlint.interpret.interpret = interpret
optimlint.workspace.worker_pool.Pool.map = map
"""
"""A `sitecustomize` for the processes that check shards. Comments define where the parser crashes or hangs, where the
process of the shard is killed (once; for a certain path always), and where it is slow."""

NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "# Training"},
            {"cell_type": "code", "metadata": {}, "source": BUG, "outputs": [], "execution_count": None},
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)

BUILDER = """\
from torch.optim import AdamW


def decay_groups(model):
    return [{"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": 0.1}]


def main(model):
    return AdamW(model.parameters())
"""
"""Groups that another file may use."""

Row = tuple[str | bytes | None, str | bytes | None]


@pytest.fixture
def saboteur(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotages the processes that check shards."""
    folder = tmp_path_factory.mktemp("sabotage")
    (folder / "sitecustomize.py").write_text(SABOTAGE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_spec(name: str, package: str | None = None) -> None:
        assert name in ("distributed", "pyarrow")

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    said: list[str] = []
    monkeypatch.setattr("optimlint.cli.commands.say", said.append)
    assert run(["corpus", ".", "--output", "out"]) == 2
    assert said == ["error: a corpus needs PyArrow and Dask: pip install 'optimlint[cluster]'"]


def test_a_check_loads_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(BUG)
    report = "import sys; print(sorted({'pyarrow', 'distributed', 'dask', 'optimlint.hosts.cluster'} & {*sys.modules}))"
    code = f"from optimlint.cli import run; assert run(['check', 'train.py', '--quiet']) == 1; {report}"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@needs_the_extra
def test_every_row_counts_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[Row] = [
        ("a/train.py", BUG),
        ("b/train.py", MENDED),
        ("b/train.py", BUG),  # Two rows with the same path, as if from different repositories.
        ("notebook.ipynb", NOTEBOOK),
        ("README.md", BUG),
        (None, BUG),
        ("null.py", None),
        ("broken.py", BUG + "def (\n"),
        ("nothing.py", "x = 1\n"),
    ]
    write(tmp_path / "corpus" / "a.parquet", rows, row_group_size=2)
    write(tmp_path / "corpus" / "deeper" / "b.parquet", [("c.py", BUG)])
    assert run(["corpus", "corpus", "--output", "out"]) == 2
    findings = table("findings")
    said = [(one["path"], one["row"], one["cell"], one["line"]) for one in findings if "-" in one["shard"]]
    assert sorted(said, key=str) == sorted(
        [
            ("a/train.py", 0, None, 6),
            ("b/train.py", 2, None, 6),
            ("notebook.ipynb", 3, 2, 6),
            ("", 5, None, 6),
            ("c.py", 0, None, 6),
        ],
        key=str,
    )
    (one,) = check_source(BUG, "a/train.py")
    first = next(found for found in findings if found["path"] == "a/train.py")
    assert (first["rule"], first["code"], first["message"]) == (one.rule, one.code, one.message)
    assert (first["column"], first["end_line"], first["end_column"]) == (
        one.range.start.column,
        one.range.end.line,
        one.range.end.column,
    )
    assert Severity(first["severity"]) is one.severity
    fix = json.loads(first["fix"])
    assert fix["message"] == one.fixes[0].title and fix["edits"][0]["content"] == "groups"
    failures = [(one["path"], one["row"], one["kind"]) for one in table("failures")]
    assert sorted(failures) == [("broken.py", 7, "not parsed"), ("null.py", 6, "not readable")]
    told = capsys.readouterr().err
    assert "Found 5 findings; 2 failures" in told
    assert "Looked at 8 sources in 2 shards (0 done before); skipped 1 row without Python" in told


@needs_the_extra
def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "clean.parquet", [("a.py", MENDED), ("b.py", "x = 1\n")])
    write(tmp_path / "bug.parquet", [("a.py", BUG)])
    write(tmp_path / "none.parquet", [("a.rs", "fn main() {}\n")])
    assert run(["corpus", "clean.parquet", "--output", "out0"]) == 0
    assert run(["corpus", "bug.parquet", "--output", "out1"]) == 1
    assert run(["corpus", "none.parquet", "--output", "out2"]) == 2
    assert "error: nothing was checked" in capsys.readouterr().err
    assert run(["corpus", "bug.parquet", "--output", "out1"]) == 1
    assert "(1 done before)" in capsys.readouterr().err


@needs_the_extra
@pytest.mark.parametrize("kind", ["large_string", "binary", "string_view", "dictionary"])
def test_columns_of_any_name_and_kind_of_text(tmp_path: Path, kind: str) -> None:
    import pyarrow as pa

    encoded = "# -*- coding: gbk -*-\n" + BUG.replace("def make", 'NAME = "模型"; F = 1\n\n\ndef make')
    types = {"dictionary": pa.dictionary(pa.int32(), pa.string())}
    type_ = types.get(kind) or getattr(pa, kind)()
    contents: list[str | bytes | None] = [BUG, None, encoded.encode("gbk") if kind == "binary" else encoded]
    contents = [one.encode() if kind == "binary" and isinstance(one, str) else one for one in contents]
    write(tmp_path / "c.parquet", [*zip(["a.py", "b.py", "c.py"], contents, strict=True)], ("file", "text"), type_)
    assert run(["corpus", "c.parquet", "--columns", "file", "text", "--output", "out"]) == 2
    assert [(one["path"], one["line"]) for one in table("findings")] == [("a.py", 6), ("c.py", 10)]
    assert [(one["path"], one["kind"]) for one in table("failures")] == [("b.py", "not readable")]


@needs_the_extra
def test_a_column_that_no_file_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "c.parquet", [("a.py", BUG)], ("file", "text"))
    assert run(["corpus", "c.parquet", "--columns", "path", "text", "--output", "out"]) == 2
    assert "--columns: there is no column path; the columns are: file, text" in capsys.readouterr().err
    assert not Path("out").exists()


@needs_the_extra
def test_a_column_that_one_file_lacks_costs_that_file(tmp_path: Path) -> None:
    write(tmp_path / "c.parquet", [("a.py", BUG)], ("file", "text"))
    write(tmp_path / "d.parquet", [("a.py", BUG)], ("file", "content"))
    assert run(["corpus", "c.parquet", "d.parquet", "--columns", "file", "text", "--output", "out"]) == 2
    assert len(table("findings")) == 1
    assert [one["reason"] for one in table("failures")] == ["there is no column text; the columns are: file, content"]


@needs_the_extra
def test_text_that_is_not_utf8_costs_its_row(tmp_path: Path) -> None:
    import pyarrow as pa

    broken = pa.array([b"a.py", b"b.py", b"\xff.py"]).view(pa.string())
    contents = pa.array([BUG.encode(), BUG.encode() + b"# \xff\n", BUG.encode()]).view(pa.string())
    save(tmp_path / "c.parquet", pa.table({"path": broken, "content": contents}))
    assert run(["corpus", "c.parquet", "--output", "out"]) == 2
    assert [one["path"] for one in table("findings")] == ["a.py", "\\xff.py"]
    (failure,) = table("failures")
    assert (failure["path"], failure["row"], failure["kind"]) == ("b.py", 1, "not parsed")
    assert "cannot be decoded as utf-8" in failure["reason"]


@needs_the_extra
def test_files_that_are_no_corpus_cost_themselves(tmp_path: Path) -> None:
    import pyarrow as pa

    write(tmp_path / "corpus" / "good.parquet", [("a.py", BUG)])
    (tmp_path / "corpus" / "torn.parquet").write_bytes((tmp_path / "corpus" / "good.parquet").read_bytes()[:-20])
    save(tmp_path / "corpus" / "numbers.parquet", pa.table({"path": ["a.py"], "content": [1]}))
    save(tmp_path / "corpus" / "other.parquet", pa.table({"path": ["a.py"], "text": [BUG]}))
    assert run(["corpus", "corpus", "--output", "out"]) == 2
    assert [one["path"] for one in table("findings")] == ["a.py"]
    failures = {os.path.basename(one["path"]): (one["kind"], one["reason"]) for one in table("failures")}
    assert {*failures} == {"torn.parquet", "numbers.parquet", "other.parquet"}
    assert {kind for kind, _ in failures.values()} == {"not readable"}
    assert "int64" in failures["numbers.parquet"][1] and "content" in failures["other.parquet"][1]


@needs_the_extra
def test_a_file_is_divided_and_its_rows_keep_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimlint.hosts.cluster._SHARD_BYTES", 1)
    write(tmp_path / "c.parquet", [(f"{number}.py", BUG if number % 2 else MENDED) for number in range(7)], (), None, 3)
    assert run(["corpus", "c.parquet", "--output", "out"]) == 1
    found = table("findings")
    assert sorted((one["row"], one["path"]) for one in found) == [(1, "1.py"), (3, "3.py"), (5, "5.py")]
    assert len({one["shard"] for one in found}) == 2
    assert len(files("findings")) == len(files("failures")) == 3


@needs_the_extra
def test_checkouts_are_checked_as_the_command_checks_them(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / ".git").mkdir(parents=True)
        (tmp_path / name / "train.py").write_text(BUG)
        (tmp_path / name / "build.py").write_text(BUILDER)
    (tmp_path / "two" / "use.py").write_text("from build import decay_groups\n")
    (tmp_path / "two" / "optimlint.toml").write_text('select = ["OPT9"]\n')
    (tmp_path / "list.txt").write_text("one\n\ntwo\n")
    assert run(["corpus", "list.txt", "--output", "out"]) == 1
    outcome = optimlint(tmp_path, ["check", "one", "two", "--isolated", "--output-format", "json"])
    expected = [(one["filename"], one["code"], one["location"]["row"]) for one in json.loads(outcome.stdout)]
    assert sorted((one["path"], one["code"], one["line"]) for one in table("findings")) == sorted(expected)
    assert [code for _, code, _ in expected] == ["OPT005", "OPT001", "OPT001"]


@needs_the_extra
def test_a_configuration_may_be_named(tmp_path: Path) -> None:
    write(tmp_path / "c.parquet", [("a.py", BUG), ("tests/b.py", BUG), ("c.py", BUG + "def (\n")])
    (tmp_path / "mine.toml").write_text('ignore = ["unparseable"]\n[per-file-ignores]\n"tests/*" = ["ALL"]\n')
    assert run(["corpus", "c.parquet", "--config", "mine.toml", "--output", "out"]) == 2
    assert [one["path"] for one in table("findings")] == ["a.py"]
    assert [one["path"] for one in table("failures")] == ["c.py"]


@needs_the_extra
def test_a_second_run_does_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = tmp_path / "corpus"
    for name in ("a", "b", "c"):
        write(corpus / f"{name}.parquet", [(f"{name}.py", BUG)])
    arguments = ["corpus", "corpus", "--output", "out"]
    assert run(arguments) == 1
    first = stamps()
    with monkeypatch.context() as elsewhere:
        elsewhere.chdir(corpus)
        assert run(["corpus", str(corpus), "--output", str(tmp_path / "out")]) == 1
    assert stamps() == first
    write(corpus / "b.parquet", [("b.py", MENDED)])
    next(path for path in files("failures") if path.name.startswith("c-")).unlink()
    assert run(arguments) == 1
    assert {path.name[0] for path, stamp in stamps().items() if first[path] != stamp} == {"b", "c"}
    assert sorted(one["path"] for one in table("findings")) == ["a.py", "c.py"]
    second = stamps()
    assert run([*arguments, "--timeout", "29"]) == 1
    assert all(second[path] != stamp for path, stamp in stamps().items())
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["how"]["timeout"] == 29 and manifest["how"]["version"]
    assert {os.path.basename(path) for path, *_ in manifest["shards"].values()} == {
        "a.parquet",
        "b.parquet",
        "c.parquet",
    }


@needs_the_extra
def test_another_version_does_not_pass_for_this_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from optimlint.hosts.cluster import begin, do, totals_of
    from optimlint.hosts.cluster.shards import How
    from optimlint.workspace.configuration import Config

    write(tmp_path / "c.parquet", [("a.py", BUG)])
    assert run(["corpus", "c.parquet", "--output", "out"]) == 1
    columns, config = ("path", "content"), Config(os.sep)
    (ours,) = begin(["c.parquet"], "out", How(columns, config, 30.0))
    (theirs,) = begin(["c.parquet"], "out", How(columns, config, 30.0, "0.0.1"))
    assert totals_of(ours, "out") and totals_of(theirs, "out") is None
    ((task, reason),) = do([theirs], "out", None, 1)
    assert task == theirs and "and not 0.0.1" in reason


@needs_the_extra
def test_an_output_of_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.parquet", [("a.py", BUG)])
    write(tmp_path / "in" / "b.parquet", [("b.py", BUG)])
    assert run(["corpus", "a.parquet", "--output", "out"]) == 1
    before = stamps()
    assert run(["corpus", "in", "--output", "out"]) == 2
    assert "has failures of another input" in capsys.readouterr().err
    assert stamps() == before
    assert run(["corpus", "in", "--output", "in/out"]) == 2
    assert "lies in the input" in capsys.readouterr().err
    assert not (tmp_path / "in" / "out").exists()


@needs_the_extra
@pytest.mark.usefixtures("saboteur")
def test_a_source_that_kills_or_hangs_costs_its_row(tmp_path: Path) -> None:
    rows: list[Row] = [(f"good{number}.py", BUG) for number in range(4)]
    rows[1:1] = [("dies.py", BUG + "# dies\n"), ("hangs.py", BUG + "# hangs\n")]
    write(tmp_path / "c.parquet", rows)
    assert run(["corpus", "c.parquet", "--output", "out", "--timeout", "1"]) == 2
    assert [one["path"] for one in table("findings")] == [f"good{number}.py" for number in range(4)]
    assert [(one["path"], one["row"], one["kind"]) for one in table("failures")] == [
        ("dies.py", 1, "crashed the parser"),
        ("hangs.py", 2, "over the time limit"),
    ]


@needs_the_extra
@pytest.mark.usefixtures("saboteur")
def test_a_shard_whose_process_is_killed_is_done_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("once", "always", "never"):
        kills = "" if name == "never" else "# kills\n"
        write(tmp_path / "corpus" / f"{name}.parquet", [(f"{name}0.py", BUG), (f"{name}1.py", BUG + kills)])
    assert run(["corpus", "corpus", "--output", "out", "--jobs", "2"]) == 2
    assert sorted(one["path"] for one in table("findings")) == ["never0.py", "never1.py", "once0.py", "once1.py"]
    error = capsys.readouterr().err.splitlines()[0]
    assert "always.parquet: shard always-" in error and "was not done: its process ended with -9" in error
    os.environ.pop("PYTHONPATH")
    assert run(["corpus", "corpus", "--output", "out"]) == 1
    assert len(table("findings")) == 6
    assert "(2 done before)" in capsys.readouterr().err


@needs_the_extra
@pytest.mark.usefixtures("saboteur")
@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_run_that_was_ended_is_taken_up(tmp_path: Path, number: signal.Signals, exit_code: int) -> None:
    for shard in range(5):
        write(tmp_path / "corpus" / f"{shard}.parquet", [(f"{shard}.py", BUG + "# waits\n")])
    running = subprocess.Popen(
        [*COMMAND, "corpus", "corpus", "--output", "out", "--jobs", "1"],
        env=environment(),
        preexec_fn=heed_interruptions,
    )
    wait_until(lambda: len(files("findings")) > 1)
    running.send_signal(number)
    assert running.wait(20) == exit_code
    done = stamps()
    assert 1 < len(files("findings")) < 5
    assert run(["corpus", "corpus", "--output", "out"]) == 1
    assert sorted(one["path"] for one in table("findings")) == [f"{shard}.py" for shard in range(5)]
    assert done.items() <= stamps().items()


@needs_the_extra
@pytest.mark.usefixtures("saboteur")
def test_a_worker_of_a_cluster_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    for shard in range(6):
        write(tmp_path / "corpus" / f"{shard}.parquet", [(f"{shard}.py", BUG + "# waits\n"), ("x.py", MENDED)])
    with cluster(tmp_path) as (address, workers):
        command = [*COMMAND, "corpus", "corpus", "--output", "out", "--engine-address", address]
        running = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True)
        wait_until(lambda: len(files("findings")) > 0)
        workers[0].kill()
        told = running.communicate(timeout=60)[1]
    assert running.returncode == 1, told
    assert sorted(one["path"] for one in table("findings")) == [f"{shard}.py" for shard in range(6)]
    assert "Looked at 12 sources in 6 shards" in told


class cluster:
    """A Dask scheduler and two workers without nannies, each in its own process, as on a cluster."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "scheduler.json"
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> tuple[str, list[subprocess.Popen[bytes]]]:
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        wait_until(self._file.exists)
        workers = [self._start("worker", "--no-nanny", "--nthreads", "1", "--no-dashboard") for _ in range(2)]
        return json.loads(self._file.read_text())["address"], workers

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.wait()

    def _start(self, kind: str, *arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "distributed.cli.dask_" + kind, "--scheduler-file", str(self._file)]
        process = subprocess.Popen([*command, *arguments], env=environment(), stderr=subprocess.DEVNULL)
        self._processes.append(process)
        return process


def write(
    path: Path, rows: Sequence[Row], names: Sequence[str] = (), type_: object = None, row_group_size: int | None = None
) -> None:
    """Write a Parquet file of sources."""
    import pyarrow as pa

    path_name, content_name = names or ("path", "content")
    paths, contents = zip(*rows, strict=True)
    columns = {path_name: pa.array(paths, pa.string()), content_name: pa.array(contents, type_ or pa.string())}
    save(path, pa.table(columns), row_group_size)


def save(path: Path, content: object, row_group_size: int | None = None) -> None:
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(content, path, row_group_size=row_group_size)


def table(name: str) -> list[dict[str, Any]]:
    """The rows of one of the output's tables, read as a whole, as users do."""
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(f"out/{name}").to_pylist()
    return rows


def files(name: str) -> list[Path]:
    return sorted(Path("out", name).glob("*.parquet"))


def stamps() -> dict[Path, int]:
    """The modification time of each output file."""
    return {path: path.stat().st_mtime_ns for name in ("findings", "failures") for path in files(name)}


def wait_until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)
