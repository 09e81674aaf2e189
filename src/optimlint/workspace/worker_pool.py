"""Worker processes for code that may crash or hang. Whatever a file does to its worker, the command goes on.

The standard pools break when a worker dies. Here each worker has its own pipe and one item at a time, so that the item
that killed a worker is known, only that item is lost, and a new worker takes over.
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
"""Seconds to wait for a worker to exit after its pipe has closed."""

Item = TypeVar("Item")
Result = TypeVar("Result")


if sys.platform == "linux":
    # Forking is fast, and safe because the command has only one thread. Elsewhere it is neither.
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
"""The failure kind reported for each loss."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The outcome of an item without a result: how it was lost, and what ended its worker or was raised."""

    loss: Loss
    reason: str


@dataclass(slots=True)
class _Worker:
    """A process, our end of its pipe, and the index and deadline of its current item, if any."""

    process: BaseProcess
    connection: "Connection[object, object]"
    index: int | None = None
    deadline: float = 0.0
    kind: object = None
    """The kind of the current item. The worker should get items of the same kind next."""


class Pool:
    """Up to `jobs` workers, started on demand. An item may take `timeout` seconds.

    Each worker calls `prepare` first. As a context manager it leaves no process behind, however it is left.
    """

    def __init__(self, jobs: int, timeout: float, prepare: Callable[[], None] | None = None) -> None:
        self._prepare = prepare
        self._jobs = jobs
        self._timeout = timeout
        self._workers: list[_Worker] = []

    def __enter__(self) -> "Pool":
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            with contextlib.suppress(ValueError):  # Only the main thread may set signal handlers.
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
        """Yield the results with the indexes of their items, as they arrive. `function` must be importable by name. At
        most `most` workers are started. With `kinds`, items of one kind go to the same worker as long as no other
        worker is idle."""
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
        """The kind of item to give a worker: its previous kind, else one that no worker has, else the most frequent."""
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
        # A worker exits when its pipe closes, so no other forked worker may keep our end of it open.
        inherited = [ours, *(worker.connection for worker in self._workers)] if sys.platform == "linux" else []
        process = _CONTEXT.Process(target=_serve, args=(theirs, inherited, self._prepare), daemon=True)
        with _interruptions_held():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _collect(self) -> list[tuple[int, object]]:
        """Wait for the first result or deadline, and return the results that are available."""
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
        """Kill a worker, whatever it is doing, and reap the process."""
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.kill()
        worker.process.join()
        worker.process.close()


@contextlib.contextmanager
def _interruptions_held() -> Iterator[None]:
    """Block interrupts while a worker starts: one that arrived before its first line would print a traceback. Workers
    ignore them."""
    if sys.platform == "win32":
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _leave(number: int, _: object) -> Never:
    """Exit through every `finally`, so that no worker stays behind."""
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
    """The main loop of a worker: read items, write results, until the pipe closes."""
    for other in inherited:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent handles interrupts and ends its workers.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # A crashing parser writes to standard error, and so may Python's fault handler. The parent reports the crash, and
    # standard output belongs to the report.
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
    except BaseException as error:  # noqa: BLE001  A panic of the parser is not an Exception.
        return Lost(Loss.RAISED, f"{type(error).__name__}: {error}")
