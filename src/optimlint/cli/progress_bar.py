"""A progress bar on standard error, shown only in a terminal and only if the run takes long."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from optimlint.cli.terminal import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 1.0
"""Seconds before the bar appears."""


class Bar:
    """Shows how many of `total` files are done. It has no thread, so that workers can be forked safely."""

    def __init__(self, total: int, *, is_wanted: bool) -> None:
        self._total = total
        self._done = 0
        self._is_wanted = is_wanted and is_terminal(sys.stderr)
        self._begin = time.monotonic()
        self._bar: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar[0].stop()

    def advance(self, done: int) -> None:
        """Count `done` more files as done."""
        self._done += done
        if not self._is_wanted or time.monotonic() - self._begin < PATIENCE:
            return
        if self._bar is None:
            self._bar = self._start()
        progress, task = self._bar
        progress.update(task, completed=self._done)
        progress.refresh()

    def _start(self) -> "tuple[Progress, TaskID]":
        from rich.console import Console
        from rich.progress import Progress

        progress = Progress(console=Console(stderr=True), transient=True, auto_refresh=False)
        progress.start()
        return progress, progress.add_task("Checking", total=self._total)
