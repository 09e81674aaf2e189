"""Read files, and keep those that pass the byte scan, so that most go no further."""

import os
import stat
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimlint.trigger import NOTEBOOK, file_may_matter, file_uses_optimizer, suffix_of
from optimlint.workspace.outcome import Failure, FailureKind

LARGEST_READ = 200_000_000
"""The largest file that is read, in bytes. A notebook may contain that much output."""

LARGEST_PARSED = 10_000_000
"""The largest Python source that is parsed, in bytes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The contents of the files that could matter, by path; what could not be read; how many files were looked at.

    `whole` is what came from standard input, to be handed on even where it cannot matter. `files` are all the paths,
    also of what could not matter; `taking` are those of which only another file can show that they matter.
    `notebooks` are those that cannot matter by themselves and use an optimizer.
    """

    contents: dict[str, bytes]
    failures: tuple[Failure, ...]
    looked_at: int
    whole: bytes = b""
    files: tuple[str, ...] = ()
    taking: frozenset[str] = frozenset()
    notebooks: tuple[str, ...] = ()


WORTH_SHARING = 1_000
"""The number of files that justifies reading in several processes. Starting a forked worker takes as long as reading a
hundred files."""

_SLOWEST_SHARE = 3_600.0
"""Seconds that a worker may take for its share; a network folder may be slow."""


def read_files(files: Sequence[str], jobs: int = 1) -> Reading:
    """Read the files in up to `jobs` processes, and keep those that could matter."""
    if jobs < 2 or len(files) < WORTH_SHARING or sys.platform != "linux":
        return _read_share(files)
    from optimlint.workspace.worker_pool import Lost, Pool

    shares = shares_of(files, -(-len(files) // (4 * jobs)))
    with Pool(jobs, _SLOWEST_SHARE) as pool:
        read = dict(pool.map(_read_share, shares))
    # A share that a worker failed on is read in this process, where the error will show.
    parts = [
        _read_share(share) if isinstance(part := read[index], Lost) else part for index, share in enumerate(shares)
    ]
    contents = {path: content for part in parts for path, content in part.contents.items()}
    failures = tuple(failure for part in parts for failure in part.failures)
    notebooks = tuple(path for part in parts for path in part.notebooks)
    return Reading(contents, failures, sum(part.looked_at for part in parts), notebooks=notebooks)


def shares_of(files: Sequence[str], size: int) -> list[Sequence[str]]:
    """Split the files, in order, into shares of `size`."""
    return [files[start : start + size] for start in range(0, len(files), size)]


def _read_share(files: Sequence[str]) -> Reading:
    """Read one share of the files in this process."""
    return sift((file, read_file(file)) for file in files)


def sift(contents: Iterable[tuple[str, bytes | Failure]]) -> Reading:
    """Keep the contents that could matter."""
    kept: dict[str, bytes] = {}
    failures: list[Failure] = []
    notebooks: list[str] = []
    looked_at = 0
    for file, content in contents:
        if isinstance(content, Failure):
            failures.append(content)
        elif not file_may_matter(content, file):
            looked_at += 1
            if suffix_of(file) == NOTEBOOK and file_uses_optimizer(content, file):
                notebooks.append(file)
        elif len(content) > LARGEST_PARSED and suffix_of(file) != NOTEBOOK:
            failures.append(_too_large(file, LARGEST_PARSED))
        else:
            kept[file] = content
            looked_at += 1
    return Reading(kept, tuple(failures), looked_at, notebooks=tuple(notebooks))


def read_file(file: str) -> bytes | Failure:
    """The content of a regular file, or the failure. Never blocks on a pipe or reads a device."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb", buffering=0) as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return Failure(file, FailureKind.NOT_READABLE, "not a regular file")
            if status.st_size > LARGEST_READ:
                return _too_large(file, LARGEST_READ)
            return stream.read() or b""
    except OSError as error:
        return Failure(file, FailureKind.NOT_READABLE, error.strerror or str(error))


def _too_large(file: str, limit: int) -> Failure:
    return Failure(file, FailureKind.TOO_LARGE, f"larger than {limit // 1_000_000} MB")
