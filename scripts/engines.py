"""Measures engines at the work of `optimlint corpus`, and the command itself; prints Markdown. Linux only.

The corpus consists of the sources of published packages (wild/packages.txt), as Parquet files with rows of path and
content. The reference is a plain loop over `check_source`. Dask, Ray Data and Spark run the same loop over the same
files, each in its own way and environment; the command runs alone (`corpus`) and with a scheduler (`address`). Seconds
exclude the engine's start. CPU seconds are those of all processes from start to end, including processes that an engine
leaves behind. Runs take turns, so that other load on the machine disturbs all of them alike, and the minimum of the
seconds is printed, which was disturbed least. Then a worker is killed while it works, and finally one row kills the
process that checks it.
"""

import argparse
import contextlib
import ctypes
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from wheels import ROOT, pinned_packages, source_of

WORK = ROOT / ".engines"
NEEDS = {
    "dask": ["distributed", "pyarrow"],
    "ray": ["ray[data]", "pyarrow"],
    "spark": ["pyspark", "pandas", "pyarrow"],
}
FATAL = "fatal.py"
"""The path of the row that kills the process which checks it."""
KILLED_AFTER = 1.5
"""How many seconds a worker works before it is killed."""
PATIENCE = 600
"""The time limit of a run in seconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Wall-clock and CPU seconds, and the run's description of its result."""

    seconds: float
    cpu: float
    said: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="how often each is run for its speed")
    parser.add_argument("--megabytes", type=float, default=30, help="the size of the corpus")
    parser.add_argument("--files", type=int, default=4, help="in how many Parquet files it is")
    parser.add_argument(
        "--only", nargs="+", default=[*ENGINES], metavar="ENGINE", help="measure the loop and these only"
    )
    parser.add_argument("--without-deaths", action="store_true", help="measure speed only")
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        name, workers, corpus = arguments.run
        print(json.dumps(ENGINES[name](Path(corpus), int(workers))))
        return 0
    for name in NEEDS:
        if name in arguments.only or name == "dask":
            _set_up(name)
    corpus, fatal = WORK / "corpus", WORK / "fatal"
    subprocess.run([_python("loop"), __file__, "--run", "make", str(arguments.files), str(corpus)], check=True,
                   env=os.environ | {"MEGABYTES": str(arguments.megabytes)})  # fmt: skip
    # PR_SET_CHILD_SUBREAPER: processes that an engine leaves behind become children of this process and are counted.
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    files = [*corpus.glob("*.parquet")]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, load average {os.getloadavg()[0]:.1f} at the start;")
    print(f"{(corpus / 'rows').read_text()} in {len(files)} files; {arguments.runs} runs of each.\n", flush=True)
    names = [name for name in ENGINES if name in arguments.only and name not in ("loop", "make")]
    if arguments.runs:
        _table_of_speed(corpus, arguments.runs, names)
    if not arguments.without_deaths:
        _table_of_deaths(corpus, fatal, names)
    return 0


def _table_of_speed(corpus: Path, runs: int, names: Sequence[str]) -> None:
    pairs = [("loop", 1), *((name, workers) for name in names for workers in (1, 2))]
    outcomes: dict[tuple[str, int], list[Outcome]] = {pair: [] for pair in pairs}
    for _ in range(runs):
        for name, workers in pairs:
            outcomes[name, workers].append(_run(name, workers, corpus))
            print(name, workers, outcomes[name, workers][-1], file=sys.stderr)
    print("| engine | workers | seconds, least | CPU seconds, median | times the loop's | result |")
    print("|---|---|---|---|---|---|")
    least = median(one.cpu for one in outcomes["loop", 1])
    for (name, workers), some in outcomes.items():
        seconds, cpu = min(one.seconds for one in some), median(one.cpu for one in some)
        said = ", ".join(sorted({one.said for one in some}))
        print(f"| {name} | {workers} | {seconds:.1f} | {cpu:.1f} | {cpu / least:.2f} | {said} |", flush=True)


def _table_of_deaths(corpus: Path, fatal: Path, names: Sequence[str]) -> None:
    print("\n| engine | environment | a worker of two is killed | a row kills what checks it |\n|---|---|---|---|")
    for name in names:
        environment = Path(_python(name)).parents[1].resolve()
        size = sum(path.stat().st_size for path in environment.rglob("*") if path.is_file()) / 1e6
        killed, died = _run(name, 2, corpus, {"KILL_ONE": "1"}), _run(name, 2, fatal)
        print(f"| {name} | {size:.0f} MB | {killed.said} | {died.said}, {died.seconds:.0f} s |", flush=True)


def _run(name: str, workers: int, corpus: Path, variables: dict[str, str] | None = None) -> Outcome:
    command = [_python(name), __file__, "--run", name, str(workers), str(corpus)]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as errors:
        environment = os.environ | {"PIDS": folder, "OUT": f"{folder}/out"} | (variables or {})
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=told, stderr=errors, env=environment, start_new_session=True)
        cpu: dict[int, float] = {}
        while process.poll() is None and time.monotonic() < begin + PATIENCE:
            # The system only counts the time of children that a process waits for, which not all engines do.
            cpu.update({pid: spent for pid, _, spent in _below(os.getpid())})
            time.sleep(0.1)
        seconds = time.monotonic() - begin
        _end_children()
        told.seek(0)
        errors.seek(0)
        lines, last = told.read().decode().splitlines(), errors.read().decode(errors="replace")
    result = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    silent = f"does not end within {PATIENCE} s" if seconds > PATIENCE else f"fails: {last.strip()[-100:]}"
    said = result.get("said") or silent
    return Outcome(result.get("seconds", seconds), sum(cpu.values()), said)


def _end_children() -> None:
    """Kill the remaining processes of a run, and wait for them."""
    while children := [pid for pid, parent, _ in _below(os.getpid()) if parent == os.getpid()]:
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _below(top: int) -> list[tuple[int, int, float]]:
    """The descendants of process `top`, each with its parent and its CPU seconds."""
    processes: dict[int, tuple[int, float]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            processes[int(folder.name)] = int(fields[1]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    below = {top}
    while more := {pid for pid, (parent, _) in processes.items() if parent in below} - below:
        below |= more
    return [(pid, *processes[pid]) for pid in below - {top}]


def _set_up(name: str) -> None:
    python = WORK / name / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(WORK / name)], check=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, "--editable", str(ROOT), *NEEDS[name]], check=True)


def _python(name: str) -> str:
    """The interpreter of an engine. The command and the loop need nothing beyond Dask's environment."""
    return str(WORK / (name if name in NEEDS else "dask") / "bin" / "python")


# The code from here on runs in the engines' environments.


def make(corpus: Path, files: int) -> dict[str, object]:
    """Write a shuffled sample of the packages' sources, and a file with a fatal row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sources = [path for one in pinned_packages() for path in sorted(source_of(one).rglob("*.py"))]
    random.Random(1).shuffle(sources)
    rows, size = [], 0
    for path in sources:
        if size > float(os.environ["MEGABYTES"]) * 1e6:
            break
        with contextlib.suppress(UnicodeDecodeError):
            rows.append((str(path.relative_to(ROOT / ".wild" / "source")), path.read_text(encoding="utf-8")))
            size += len(rows[-1][1])
    fatal = corpus.with_name("fatal")
    for folder in (corpus, fatal):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    # Enough findings to notice a lost or duplicated one. Each has a path of its own.
    rows += [(f"planted/{number}.py", BUG) for number in range(len(rows) // 50)]
    random.Random(2).shuffle(rows)
    small = [(path, text) for path, text in rows if "parameters(" not in text][:100]
    tables = [(corpus / f"{number}.parquet", rows[number::files]) for number in range(files)]
    for place, part in [*tables, (fatal / "0.parquet", small), (fatal / "1.parquet", [*small, (FATAL, DEADLY)])]:
        paths, contents = zip(*part, strict=True)
        pq.write_table(pa.table({"path": paths, "content": contents}), place)
    (corpus / "rows").write_text(f"{len(rows):,} rows, {size / 1e6:.0f} MB of text,")
    return {}


DEADLY = "model.parameters() and fatal\n"
BUG = """\
from torch.optim import AdamW


def make(model):
    groups = [{"params": model.parameters(), "weight_decay": 0.0}]
    return AdamW(model.parameters())
"""


def check_rows(paths: Sequence[str], contents: Sequence[str]) -> list[str]:
    """The work itself. It records the process that does it, and kills the process at the fatal row."""
    from optimlint import check_source

    Path(os.environ["PIDS"], str(os.getpid())).touch()
    found = []
    for path, content in zip(paths, contents, strict=True):
        if path == FATAL:
            os.kill(os.getpid(), signal.SIGSEGV)
        found += [
            f"{path}:{one.range.start.line}:{one.code}" for one in check_source(content, path) if one.code < "OPT9"
        ]
    return found


def check_file(path: str) -> list[str]:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    return check_rows(table["path"].to_pylist(), table["content"].to_pylist())


def loop(corpus: Path, _: int) -> dict[str, object]:
    return timed(lambda: [one for path in sorted(corpus.glob("*.parquet")) for one in check_file(str(path))])


def dask(corpus: Path, workers: int) -> dict[str, object]:
    from distributed import Client

    with Client(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0") as client:
        client.upload_file(__file__)
        client.run(lambda: None)
        files = sorted(map(str, corpus.glob("*.parquet")))
        return timed(lambda: [one for some in client.gather(client.map(check_file, files)) for one in some])


def ray(corpus: Path, workers: int) -> dict[str, object]:
    import pyarrow as pa
    import ray
    import ray.data

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)

    def check_batch(batch: "pa.Table") -> "pa.Table":
        return pa.table({"found": check_rows(batch["path"].to_pylist(), batch["content"].to_pylist())})

    def work() -> list[str]:
        data = ray.data.read_parquet(str(corpus), file_extensions=["parquet"])
        return [row["found"] for row in data.map_batches(check_batch, batch_format="pyarrow").take_all()]

    return timed(work)


def spark(corpus: Path, workers: int) -> dict[str, object]:
    import pyarrow as pa
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local[{workers}, 4]").config("spark.ui.enabled", "false")
    session = (
        builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1").getOrCreate()
    )

    def check_batches(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        for batch in batches:
            found = check_rows(batch["path"].to_pylist(), batch["content"].to_pylist())
            yield pa.RecordBatch.from_pydict({"found": found}, pa.schema({"found": pa.string()}))

    frame = session.read.parquet(*sorted(map(str, corpus.glob("*.parquet"))))
    return timed(lambda: [row[0] for row in frame.mapInArrow(check_batches, "found string").collect()])


def command(corpus: Path, workers: int) -> dict[str, object]:
    return timed(lambda: _run_command(corpus, "--jobs", str(workers)), "optimlint.hosts.cluster.shards")


def address(corpus: Path, workers: int) -> dict[str, object]:
    place = Path(os.environ["PIDS"], "scheduler.json")
    start = [sys.executable, "-m", "distributed.cli.dask_"]
    more = ["--scheduler-file", str(place), "--no-dashboard"]
    scheduler = [*start[:2], start[2] + "scheduler", *more, "--host", "127.0.0.1", "--port", "0"]
    worker = [*start[:2], start[2] + "worker", *more, "--no-nanny", "--nthreads", "1"]
    started = [subprocess.Popen(scheduler, stderr=subprocess.DEVNULL)]
    while not place.exists():
        time.sleep(0.05)
    # Each worker has its own session, as if on its own machine, since Linux distributes CPU time by session.
    started += [
        subprocess.Popen(worker, env=_sabotaged(corpus), stderr=subprocess.DEVNULL, start_new_session=True)
        for _ in range(workers)
    ]
    from distributed import Client

    reached = json.loads(place.read_text())["address"]
    with Client(reached) as client:
        client.wait_for_workers(workers)
    try:
        return timed(lambda: _run_command(corpus, "--engine-address", reached), "dask_worker")
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _run_command(corpus: Path, *options: str) -> list[str]:
    import pyarrow.parquet as pq

    arguments = ["corpus", str(corpus), "--output", os.environ["OUT"], *options]
    done = subprocess.run(
        [sys.executable, "-m", "optimlint", *arguments], env=_sabotaged(corpus), capture_output=True, text=True
    )
    failures = pq.read_table(f"{os.environ['OUT']}/failures").to_pylist()
    print(done.stderr, failures, file=sys.stderr)
    rows = pq.read_table(f"{os.environ['OUT']}/findings").to_pylist()
    lost = [f"lost: {one['path']}" for one in failures if one["kind"] == "crashed the parser"]
    return [*(f"{row['path']}:{row['line']}:{row['code']}" for row in rows), *lost]


def _sabotaged(corpus: Path) -> dict[str, str]:
    """The environment in which the fatal row is fatal, if the corpus has one."""
    if corpus.name != "fatal":
        return dict(os.environ)
    saboteur = Path(os.environ["PIDS"], "sabotage")
    saboteur.mkdir(exist_ok=True)
    (saboteur / "sitecustomize.py").write_text(SABOTAGE)
    return os.environ | {"PYTHONPATH": str(saboteur)}


SABOTAGE = """
import os, signal, sys
import optimlint.notebook.files

honest = optimlint.notebook.files.read_any

def read_any(source, path, *others):
    if path == "fatal.py":
        os.kill(os.getpid(), signal.SIGSEGV)
    return honest(source, path, *others)

optimlint.notebook.files.read_any = read_any
"""


def timed(work: Callable[[], list[str]], killed: str = "") -> dict[str, object]:
    """The seconds and the result of `work`. If requested, one of its workers is killed: one that recorded its process,
    or one with the word `killed` in its command line."""
    if "KILL_ONE" in os.environ:
        threading.Thread(target=_kill_one, args=(killed,), daemon=True).start()
    begin = time.monotonic()
    try:
        found = work()
    except Exception as error:  # noqa: BLE001  The way an engine fails is a result.
        text = f"{type(error).__name__}: {error}".splitlines()[0]
        return {"seconds": time.monotonic() - begin, "said": f"fails ({text[:60]})"}
    said = f"{sum('lost: ' not in one for one in found)} findings"
    said += f", {len(found) - len(set(found))} of them twice" if len(found) > len(set(found)) else ""
    said += "".join(f", {one}" for one in found if one.startswith("lost: "))
    return {"seconds": time.monotonic() - begin, "said": said + (f", killed {KILLED[0]}" if KILLED else "")}


KILLED: list[int] = []


def _kill_one(word: str) -> None:
    while True:
        noted = [int(path.name) for path in Path(os.environ["PIDS"]).glob("[0-9]*")]
        if pids := _with_word(word) if word else noted:
            break
        time.sleep(0.05)
    time.sleep(KILLED_AFTER)
    os.kill(pids[0], signal.SIGKILL)
    KILLED.append(pids[0])


def _with_word(word: str) -> list[int]:
    """The descendants of this process with the word in their command line."""
    found = []
    for pid, *_ in _below(os.getpid()):
        with contextlib.suppress(OSError):
            if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return sorted(found)


ENGINES: dict[str, Callable[[Path, int], dict[str, object]]] = {
    "make": make,
    "loop": loop,
    "dask": dask,
    "ray": ray,
    "spark": spark,
    "corpus": command,
    "address": address,
}

if __name__ == "__main__":
    sys.exit(main())
