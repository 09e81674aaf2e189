"""What becomes of one shard, in a process of its own: engines have threads, which forbids forking, and the pool that
outlives whatever a source does to its parser forks."""

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
"""The key under which the output's files say, as JSON, what they were made from, and the totals of their shard."""
_FAILURE = "shard path row kind reason"
_FINDING = "shard path row cell line column end_line end_column rule code severity message fix"
_NUMBERS = "row cell line column end_line end_column"
_Part = tuple[int | None, Sequence[Result], Sequence[Failure]]
"""What came of a row, whose number it begins with, or of all of a checkout."""


@dataclass(frozen=True, slots=True)
class How:
    """How sources are checked: the columns of path and content, the one configuration, the seconds for a source."""

    columns: tuple[str, str]
    config: Config
    timeout: float
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Task:
    """A shard: a checkout, or `groups` of rows of a Parquet file, None for a checkout. `made_of` changes whenever its
    files do, or how they are checked."""

    name: str
    path: str
    groups: tuple[int, ...] | None
    made_of: str
    how: How


def check_in_child(task: Task) -> tuple[bytes, bytes]:
    """The files of the shard's failures and of its findings. Raises where its process does not live to tell."""
    if task.how.version != __version__:
        raise RuntimeError(f"a worker has optimlint {__version__}, and not {task.how.version}")
    # As for the language server, no module in the folder it starts in may take the place of Python's own: hence -P.
    command = [sys.executable, "-P", "-c", "from optimlint.hosts.cluster.shards import main; main()"]
    done = subprocess.run(command, input=pickle.dumps(task), capture_output=True, check=False)
    if done.returncode:
        told = done.stderr[-500:].decode(errors="replace").strip()
        raise RuntimeError(f"its process ended with {done.returncode} {told}")
    files: tuple[bytes, bytes] = pickle.loads(done.stdout)
    return files


def main() -> None:
    """The process: a task from standard input, the content of its two files to standard output."""
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
    """Why something could not be checked, and where in its file."""
    return f"{failure.reason} ({place_in_words(failure.at)})" if failure.at else failure.reason


def _checkout(task: Task, totals: Counter[str]) -> Iterator[_Part]:
    """A checkout, as the command checks it."""
    walk = Walk(Settings(CommandLine(task.path, config=task.how.config)))
    found = discover([task.path], walk)
    reading = read_files(found.files)
    sources = [Source(path, content, walk.settings.options(path)) for path, content in reading.contents.items()]
    results, lost = run(sources, Plan(walk, 1, task.how.timeout, None, no_progress))
    totals["looked_at"] += reading.looked_at
    yield None, results, [*found.failures, *reading.failures, *lost]


def _rows(task: Task, totals: Counter[str]) -> Iterator[_Part]:
    """The rows of a Parquet file, each of which stands alone."""
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
    """Which columns a file lacks, and which it has; None where it has those that are needed."""
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
    """The content in the encoding that it declares, by which it is going to be read; corpora hold text as UTF-8."""
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
