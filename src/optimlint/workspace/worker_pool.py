"""A few worker processes for what may crash or never end: whatever a file does to its worker, the command goes on.

The standard pools give up altogether when a worker dies. Here each worker has one pipe and one item at a time, so that
the item that killed it is known, only that item is lost, and a new worker takes the next one.
"""

import contextlib
import faulthandler
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Never, TypeVar, cast

from optimlint.workspace.outcome import FailureKind

_TIME_TO_DIE = 1.0
"""Seconds in which a worker whose pipe has closed is expected to be gone."""

Item = TypeVar("Item")
Result = TypeVar("Result")


if sys.platform == "linux":
    # Forking is fast and, with the one thread that the command has, safe. Elsewhere it is neither.
    _CONTEXT = multiprocessing.get_context("fork")
else:
    _CONTEXT = multiprocessing.get_context("spawn")


class Loss(Enum):
    """How an item was lost."""

    DIED = "died"
    TOO_SLOW = "too slow"
    RAISED = "raised"


KINDS = {
    Loss.DIED: FailureKind.CRASHED,
    Loss.TOO_SLOW: FailureKind.TOO_SLOW,
    Loss.RAISED: FailureKind.BROKEN,
}
"""What each is called to users."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What there is of an item without a result: how it was lost, and what ended its worker or what was raised."""

    loss: Loss
    reason: str


@dataclass(slots=True)
class _Worker:
    """A process, the parent's end of its pipe, and the index and deadline of the item that it has, if any."""

    process: BaseProcess
    connection: "Connection[object, object]"
    index: int | None = None
    deadline: float = 0.0
    kind: object = None
    """What the item has in common with others that the worker should be given next."""


class Pool:
    """Up to `jobs` workers, started when there is something for them; an item may take `timeout` seconds.

    Each begins by calling `prepare`. Used as a context manager it leaves no process behind, however it is left.
    """

    def __init__(self, jobs: int, timeout: float, prepare: Callable[[], None] | None = None) -> None:
        self._prepare = prepare
        self._jobs = jobs
        self._timeout = timeout
        self._workers: list[_Worker] = []

    def __enter__(self) -> "Pool":
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            with contextlib.suppress(ValueError):  # Only the main thread may say what a signal does.
                signal.signal(number, _leave)
        return self

    def __exit__(self, *_: object) -> None:
        for worker in tuple(self._workers):
            self._end(worker)

    def map(
        self,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        most: int | None = None,
        kinds: Sequence[object] | None = None,
    ) -> Iterator[tuple[int, Result | Lost]]:
        """The results with the indexes of their items, as they come. `function` must be importable by its name; no
        worker is started for it where there are `most` already. Items of one of the `kinds`, where these are given, go
        to one worker as long as no other one has nothing to do."""
        jobs = self._jobs if most is None else min(self._jobs, most)
        waiting: dict[object, deque[int]] = {}
        for index in range(len(items)):
            waiting.setdefault(kinds[index] if kinds else None, deque()).append(index)
        while waiting or any(worker.index is not None for worker in self._workers):
            while waiting and (worker := self._idle_worker(jobs)):
                worker.kind = self._kind_for(worker, waiting)
                worker.index = waiting[worker.kind].popleft()
                if not waiting[worker.kind]:
                    del waiting[worker.kind]
                worker.deadline = time.monotonic() + self._timeout
                with contextlib.suppress(OSError):  # A worker that has died meanwhile shows when it is waited for.
                    worker.connection.send((function, items[worker.index]))
            for index, result in self._collect():
                yield index, cast(Result | Lost, result)

    def _kind_for(self, worker: _Worker, waiting: dict[object, deque[int]]) -> object:
        """What a worker should be given an item of: what it had, else what nobody has, else what is left most."""
        if worker.kind in waiting:
            return worker.kind
        taken = [other.kind for other in self._workers if other.index is not None]
        free = next((kind for kind in waiting if kind not in taken), None)
        return free if free is not None else max(waiting, key=lambda kind: len(waiting[kind]))

    def _idle_worker(self, jobs: int) -> _Worker | None:
        idle = next((worker for worker in self._workers if worker.index is None), None)
        if idle is None and len(self._workers) < jobs:
            idle = self._start()
            self._workers.append(idle)
        return idle

    def _start(self) -> _Worker:
        ours, theirs = _CONTEXT.Pipe()
        # A worker ends when its pipe does, so no other forked worker may hold the parent's end of it open.
        inherited = [ours, *(worker.connection for worker in self._workers)] if sys.platform == "linux" else []
        process = _CONTEXT.Process(target=_serve, args=(theirs, inherited, self._prepare), daemon=True)
        with _interruptions_held():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _collect(self) -> list[tuple[int, object]]:
        """The results that are there, waiting for the first one or for the first deadline."""
        busy = [(worker, worker.index) for worker in self._workers if worker.index is not None]
        patience = min(worker.deadline for worker, _ in busy) - time.monotonic()
        ready = wait([worker.connection for worker, _ in busy], max(0.0, patience))
        results: list[tuple[int, object]] = []
        for worker, index in busy:
            if worker.connection in ready:
                results.append((index, self._received(worker)))
            elif worker.deadline <= time.monotonic():
                self._end(worker)
                results.append((index, Lost(Loss.TOO_SLOW, f"took longer than {self._timeout:g} s")))
        return results

    def _received(self, worker: _Worker) -> object:
        try:
            result = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(_TIME_TO_DIE)
            reason = _cause_of_death(worker.process.exitcode)
            self._end(worker)
            return Lost(Loss.DIED, reason)
        worker.index = None
        return result

    def _end(self, worker: _Worker) -> None:
        """End a worker, whatever it is doing, and leave no zombie."""
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.kill()
        worker.process.join()
        worker.process.close()


@contextlib.contextmanager
def _interruptions_held() -> Iterator[None]:
    """An interruption waits: a worker that it met before its first line would tell of it. Workers stay deaf to it."""
    if sys.platform == "win32":
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _leave(number: int, _: object) -> Never:
    """Leave by way of every `finally`, so that no worker stays behind."""
    sys.exit(128 + number)


def _cause_of_death(exit_code: int | None) -> str:
    if exit_code is None or exit_code >= 0:
        return "its worker process ended"
    try:
        return f"its worker process was killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"its worker process was killed by signal {-exit_code}"


def _serve(
    connection: "Connection[object, object]",
    inherited: list["Connection[object, object]"],
    prepare: Callable[[], None] | None,
) -> None:
    """The life of a worker: items in, results out, until the pipe closes."""
    for other in inherited:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # An interruption is for the parent, which ends its workers.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # A crashing parser writes to standard error, and so does Python where it was asked to. The parent has the words for
    # it; standard output is the report's.
    faulthandler.disable()
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:  # Else the number may by now be that of the pipe.
            os.dup2(silence, stream.fileno())
    # Trees are many objects that live as long as their item: to look for cycles among them takes a third of the time.
    gc.disable()
    if prepare is not None:
        prepare()
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.send(_answer(connection.recv()))
            gc.collect(0)


def _answer(request: object) -> object:
    function, item = cast(tuple[Callable[[object], object], object], request)
    try:
        return function(item)
    except BaseException as error:  # noqa: BLE001  A panic of the parser is no Exception.
        return Lost(Loss.RAISED, f"{type(error).__name__}: {error}")
