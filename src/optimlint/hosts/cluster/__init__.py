"""Check whole corpora: sources in Parquet files or git checkouts, processed by Dask, with findings written as Parquet.

The input is divided into shards. The engine runs each shard on some worker, and again if the worker is lost. A shard
returns the contents of two files, which also record what they were made from. Only this process writes them, atomically
and under names derived from the input. So a shard that runs twice is written once, and a second run processes only the
missing shards.
"""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import asdict

import pyarrow as pa
import pyarrow.parquet as pq

from optimlint.hosts.cluster.shards import NOTE, How, Task, check_in_child, column_complaint
from optimlint.workspace.errors import CommandError
from optimlint.workspace.paths import path_within
from optimlint.workspace.write import replace_file

_PARQUET = ".parquet"
_SHARD_BYTES = 256_000_000
"""The approximate uncompressed size of a shard of a Parquet file, for a few seconds of work. Row groups are never
divided."""
_TABLES = ("failures", "findings")
"""The subfolders of the output."""


def begin(inputs: Iterable[str], output: str, how: How) -> list[Task]:
    """The shards of the inputs: Parquet files, folders of Parquet files, checkouts, and text files that list any of
    these. Creates the output folders and writes the manifest. Raises CommandError if the output is in an input or
    already contains shards of another input."""
    if any(path_within(os.path.abspath(output), os.path.abspath(one)) is not None for one in inputs):
        raise CommandError(f"{output} lies in the input, which it would change; choose another folder")
    paths = list(_resolved(inputs))
    _verify_columns([path for path in paths if path.endswith(_PARQUET)], how)
    tasks = {task.name: task for path in paths for task in _tasks(path, how)}
    for table in _TABLES:
        os.makedirs(os.path.join(output, table), exist_ok=True)
        there = {name for name in os.listdir(os.path.join(output, table)) if name.endswith(_PARQUET)}
        if strangers := there - {name + _PARQUET for name in tasks}:
            raise CommandError(f"{output} has {table} of another input, {min(strangers)}; choose another folder")
    shards = {name: [task.path, task.groups, task.made_of] for name, task in tasks.items()}
    manifest = json.dumps({"how": asdict(how), "shards": shards}, default=sorted, indent=1)
    replace_file(os.path.join(output, "manifest.json"), manifest.encode())
    return list(tasks.values())


def do(
    tasks: Sequence[Task], output: str, address: str | None, jobs: int, attempts: int = 3
) -> Iterator[tuple[Task, str]]:
    """Process the shards, write their output files, and yield each shard with "" or the reason of its failure. They run
    on the workers of Dask's scheduler at `address`, or in this process, `jobs` at a time, if `address` is None. Failed
    shards are tried again, up to `attempts` times in total."""
    failed: list[tuple[Task, str]] = []
    with ExitStack() as engine:
        executor = _executor(address, jobs, engine)
        waiting = {executor.submit(check_in_child, task): task for task in tasks}
        engine.callback(lambda: [future.cancel() for future in waiting])  # Start nothing after an interruption.
        for future in as_completed(waiting):
            task = waiting.pop(future)
            try:
                files = future.result()
            except Exception as error:  # noqa: BLE001  Any failure of a shard is reported and affects no other.
                failed.append((task, str(error) or type(error).__name__))
                continue
            for table, content in zip(_TABLES, files, strict=True):
                replace_file(_place(output, table, task), content)
            yield task, ""
    if failed and attempts > 1:
        yield from do([task for task, _ in failed], output, address, jobs, attempts - 1)
    else:
        yield from failed


def totals_of(task: Task, output: str) -> Counter[str] | None:
    """The totals of a shard, if the output contains its current version; else None."""
    try:
        notes = [json.loads(pq.read_metadata(_place(output, table, task)).metadata[NOTE]) for table in _TABLES]
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        return None
    return Counter(notes[0]["totals"]) if all(note["made_of"] == task.made_of for note in notes) else None


def _executor(address: str | None, jobs: int, engine: ExitStack) -> Executor:
    if address is None:
        return engine.enter_context(ThreadPoolExecutor(jobs))
    from distributed import Client

    client = engine.enter_context(Client(address))
    there: Executor = client.get_executor(pure=False)
    return engine.enter_context(there)


def _resolved(inputs: Iterable[str]) -> Iterator[str]:
    for path in map(os.path.abspath, inputs):
        if os.path.isfile(path) and not path.endswith(_PARQUET):
            with open(path, encoding="utf-8", errors="surrogateescape") as listed:
                lines = [line.strip() for line in listed if line.strip()]
            yield from _resolved(os.path.join(os.path.dirname(path), line) for line in lines)
        else:
            is_checkout = os.path.lexists(os.path.join(path, ".git"))
            files = [] if is_checkout else [file for file in _files(path) if file.endswith(_PARQUET)]
            yield from files or [path]


def _tasks(path: str, how: How) -> Iterator[Task]:
    digest = hashlib.sha256(json.dumps(asdict(how), default=sorted).encode())
    # All files of a checkout count, because a finding in one may depend on others.
    for file in _files(path) if os.path.isdir(path) else [path]:
        status = os.lstat(file) if os.path.lexists(file) else None
        digest.update(os.fsencode(f"\n{file}:{status and (status.st_size, status.st_mtime_ns)}"))
    for groups in _row_groups(path) if path.endswith(_PARQUET) else [None]:
        identity = hashlib.sha256(os.fsencode(f"{path}:{groups}")).hexdigest()[:16]
        word = re.sub(r"[^A-Za-z0-9._-]", "_", os.path.basename(path).removesuffix(_PARQUET))[:80]
        yield Task(f"{word}-{identity}", path, groups, digest.hexdigest(), how)


def _verify_columns(paths: Sequence[str], how: How) -> None:
    """Raise CommandError if no file has the columns, with the columns that exist. If some files have them, the other
    files are reported as failures later."""
    complaint = None
    for path in paths:
        try:
            complaint = column_complaint(pq.read_schema(path), how)
        except (OSError, pa.ArrowException):
            continue
        if complaint is None:
            return
    if complaint is not None:
        raise CommandError(f"--columns: {complaint}")


def _row_groups(path: str) -> Iterator[tuple[int, ...]]:
    try:
        described = pq.read_metadata(path)
    except (OSError, pa.ArrowException):
        yield (0,)  # Reading the shard will report the error.
        return
    sizes = [described.row_group(number).total_byte_size for number in range(described.num_row_groups)]
    step = max(1, _SHARD_BYTES * len(sizes) // max(1, sum(sizes)))
    yield from (tuple(range(first, min(first + step, len(sizes)))) for first in range(0, len(sizes), step))


def _files(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted({*folders} - {".git"})
        yield from (os.path.join(place, name) for name in sorted(names))


def _place(output: str, table: str, task: Task) -> str:
    return os.path.join(output, table, task.name + _PARQUET)
