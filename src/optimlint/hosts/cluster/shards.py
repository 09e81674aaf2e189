"""Process one shard in a process of its own. Dask's workers have threads, so they cannot fork, but the pool that
survives a source that crashes the parser needs forking."""

import io
import json
import pickle
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import pyarrow as pa
import pyarrow.parquet as pq

from optimlint import __version__
from optimlint.diagnostic import Diagnostic
from optimlint.notebook.files import check_any_facts, read_any
from optimlint.trigger import suffix_of
from optimlint.workspace.configuration import Config
from optimlint.workspace.discover import SOURCES, Walk, discover
from optimlint.workspace.display import visible
from optimlint.workspace.engine import Plan, Result, failures_of, is_finding, no_progress, run, with_unparseable
from optimlint.workspace.finding_json import strict, to_json
from optimlint.workspace.outcome import Failure, FailureKind
from optimlint.workspace.places import place_in_words
from optimlint.workspace.reading import read_files, sift
from optimlint.workspace.settings import CommandLine, Settings
from optimlint.workspace.worker import Source
from optimlint.workspace.worker_pool import KINDS, Lost, Pool

NOTE = b"optimlint"
"""The metadata key of the output files under which they record, as JSON, what they were made from and the totals of
their shard."""
_FAILURE = "shard path row kind reason"
_FINDING = "shard path row cell line column end_line end_column rule code severity message fix"
_NUMBERS = "row cell line column end_line end_column"
_Part = tuple[int | None, Sequence[Result], Sequence[Failure]]
"""The results for one row, with its number, or for a whole checkout, with None."""


@dataclass(frozen=True, slots=True)
class How:
    """How sources are checked: the columns of path and content, one configuration for all, and the time limit for a
    source in seconds."""

    columns: tuple[str, str]
    config: Config
    timeout: float
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Task:
    """A shard: the row groups `groups` of a Parquet file, or a whole checkout if `groups` is None. `made_of` is a hash
    of the files' state and of how they are checked."""

    name: str
    path: str
    groups: tuple[int, ...] | None
    made_of: str
    how: How


def check_in_child(task: Task) -> tuple[bytes, bytes]:
    """The contents of the two output files of a shard: failures and findings. Raises RuntimeError if its process
    fails."""
    if task.how.version != __version__:
        raise RuntimeError(f"a worker has optimlint {__version__}, and not {task.how.version}")
    # -P, as for the language server, so that no module in the working folder shadows one of Python's own.
    command = [sys.executable, "-P", "-c", "from optimlint.hosts.cluster.shards import main; main()"]
    done = subprocess.run(command, input=pickle.dumps(task), capture_output=True, check=False)
    if done.returncode:
        told = done.stderr[-500:].decode(errors="replace").strip()
        raise RuntimeError(f"its process ended with {done.returncode} {told}")
    files: tuple[bytes, bytes] = pickle.loads(done.stdout)
    return files


def main() -> None:
    """The process's entry point: read a task from standard input, write the contents of its two files to standard
    output."""
    task: Task = pickle.load(sys.stdin.buffer)
    totals = Counter(looked_at=0, passed_over=0)
    failures, findings = list[dict[str, object]](), list[dict[str, object]]()
    for row, results, failed in (_checkout if task.groups is None else _rows)(task, totals):
        place = {"shard": task.name, "row": row}
        for one in (*failed, *(failure for result in results for failure in failures_of(result))):
            told = {"path": strict(one.path), "kind": one.kind.value, "reason": strict(_reason(one))}
            failures.append({**place, **told})
        findings += [{**place, **_columns(found)} for result in results for found in result.left if is_finding(found)]
    totals.update(failures=len(failures), findings=len(findings))
    note = json.dumps({"made_of": task.made_of, "totals": totals})
    pickle.dump((_file(_FAILURE, failures, note), _file(_FINDING, findings, note)), sys.stdout.buffer)


def _reason(failure: Failure) -> str:
    """The reason of a failure, with its position in the file."""
    return f"{failure.reason} ({place_in_words(failure.at)})" if failure.at else failure.reason


def _checkout(task: Task, totals: Counter[str]) -> Iterator[_Part]:
    """The results for a checkout, checked as the command does."""
    walk = Walk(Settings(CommandLine(task.path, config=task.how.config)))
    found = discover([task.path], walk)
    reading = read_files(found.files)
    sources = [Source(path, content, walk.settings.options(path)) for path, content in reading.contents.items()]
    results, lost = run(sources, Plan(walk, 1, task.how.timeout, None, no_progress))
    totals["looked_at"] += reading.looked_at
    yield None, results, [*found.failures, *reading.failures, *lost]


def _rows(task: Task, totals: Counter[str]) -> Iterator[_Part]:
    """The results for the rows of a Parquet file, each checked on its own."""
    with Pool(1, task.how.timeout) as pool:
        for group in task.groups or ():
            try:
                file = pq.ParquetFile(task.path)
                if complaint := column_complaint(file.schema_arrow, task.how):
                    yield None, (), [Failure(task.path, FailureKind.NOT_READABLE, complaint)]
                    return
                numbers = count(sum(file.metadata.row_group(before).num_rows for before in range(group)))
                for batch in file.iter_batches(256, [group], list(task.how.columns), use_threads=False):
                    yield from _batch(batch, numbers, task, pool, totals)
            except (OSError, pa.ArrowException, KeyError) as error:
                yield None, (), [Failure(task.path, FailureKind.NOT_READABLE, f"row group {group}: {error}")]


def column_complaint(schema: pa.Schema, how: How) -> str | None:
    """An error message that names missing and available columns; None if no column is missing."""
    missing = [name for name in how.columns if name not in schema.names]
    if not missing:
        return None
    there = ", ".join(visible(name) for name in schema.names)
    return f"there is no column {' and no column '.join(map(visible, missing))}; the columns are: {there}"


def _batch(
    batch: pa.RecordBatch, numbers: Iterator[int], task: Task, pool: Pool, totals: Counter[str]
) -> Iterator[_Part]:
    settings = Settings(CommandLine(task.how.config.folder, config=task.how.config))
    paths, contents = (batch.column(name).cast(pa.large_binary()).to_pylist() for name in task.how.columns)
    is_text = "binary" not in str(batch.column(task.how.columns[1]).type)
    matter: list[tuple[int, Source]] = []
    for path, content, row in zip(paths, contents, numbers, strict=False):
        name = (path or b"").decode("utf-8", "backslashreplace")
        if suffix_of(name) not in SOURCES | {""}:
            totals["passed_over"] += 1
            continue
        reading = sift([(name, Failure(name, FailureKind.NOT_READABLE, "null") if content is None else content)])
        totals["looked_at"] += reading.looked_at
        yield row, (), reading.failures
        options = settings.options(f"{task.how.config.folder}/{name}")
        sources = (Source(name, _written(raw, is_text), options) for raw in reading.contents.values())
        matter += [(row, with_unparseable(source)) for source in sources]
    for index, found in pool.map(_check_alone, [source for _, source in matter]):
        row, source = matter[index]
        if isinstance(found, Lost):
            yield row, (), [Failure(source.path, KINDS[found.loss], found.reason)]
        else:
            yield row, [Result(source, found, source.content, found)], ()


def _check_alone(source: Source) -> tuple[Diagnostic, ...]:
    facts = read_any(source.content, source.path, source.options)
    return tuple(check_any_facts(facts, source.path, source.options))


def _written(content: bytes, is_text: bool) -> bytes:
    """The content in the encoding that it declares, because it will be decoded with that. Corpora store text as
    UTF-8."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode().encode(encoding) if is_text and not encoding.startswith("utf-8") else content
    except (SyntaxError, LookupError, UnicodeError):
        return content


def _columns(found: Diagnostic) -> dict[str, object]:
    said, start, end = to_json(found), found.range.start, found.range.end
    assert isinstance(said, dict)
    told = {"path": strict(found.path), "rule": found.rule, "fix": json.dumps(said["fix"]) if found.fixes else None}
    place = {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}
    return {**told, **place, **{key: said[key] for key in ("cell", "code", "severity", "message")}}


def _file(columns: str, rows: list[dict[str, object]], note: str) -> bytes:
    types = {name: pa.int64() if name in _NUMBERS.split() else pa.string() for name in columns.split()}
    written = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, pa.schema(types.items(), {NOTE: note})), written)
    return bytes(written.getvalue())
