"""Callbacks that check the optimizers when training begins. The library of a callback is imported only when the
callback is created."""

import sys
import warnings
from collections.abc import Callable, Collection, Iterable
from functools import partial
from importlib import import_module
from typing import Any, Protocol  # Any: the base class of a callback is known only at run time.

from optimlint.live.look import Models, Optimizers, report
from optimlint.live.values import Problem, ProblemKind
from optimlint.live.view import Report

_LIGHTNING = ("lightning.pytorch", "pytorch_lightning")
"""The two packages of Lightning. A trainer accepts only callbacks of its own package."""


class ProblemsFound(AssertionError):
    """Raised by a callback with `fails=True` if it finds problems."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class _LightningTrainer(Protocol):
    optimizers: Optimizers
    is_global_zero: bool


class _TrainerState(Protocol):
    is_world_process_zero: bool


class _Check:
    """The common base of the callbacks: makes a report when training begins, and warns or fails. Each library calls the
    hook that it knows."""

    def __init__(self, ignore: Collection[ProblemKind], fails: bool) -> None:
        self.report: Report | None = None
        self._ignore = frozenset(ignore)
        self._fails = fails

    def on_train_start(self, trainer: _LightningTrainer, pl_module: Models) -> None:
        """Lightning's hook: it has created the optimizers and placed the model by now."""
        self._look(trainer.optimizers, pl_module, warns=trainer.is_global_zero)

    def on_train_begin(
        self,
        args: object,
        state: _TrainerState,
        control: object,
        model: Models | None = None,
        optimizer: Optimizers | None = None,
        **others: object,
    ) -> None:
        """The Trainer's hook: it has created its optimizer by now."""
        if model is not None and optimizer is not None:
            self._look(optimizer, model, warns=state.is_world_process_zero)

    def _look(self, optimizers: Optimizers, model: Models, *, warns: bool) -> None:
        """Make the report. On failure every process raises, so that none waits for another; only one process warns."""
        self.report = report(optimizers, model)
        found = [one for one in self.report.problems if one.kind not in self._ignore]
        if found and self._fails:
            raise ProblemsFound(found)
        if warns:
            for problem in found:
                warnings.warn(f"optimlint: {problem}", stacklevel=2)


def LightningCheck(*, ignore: Iterable[ProblemKind | str] = (), fails: bool = False) -> Any:  # noqa: ANN401
    """A callback for Lightning's trainer: `Trainer(callbacks=[live.LightningCheck()])`.

    It warns about each problem when training begins, or raises `ProblemsFound` if `fails` is set. Problems of the kinds
    in `ignore` are skipped. Its attribute `report` is the report, None before training begins.
    """
    names = [name for name in _LIGHTNING if name in sys.modules] or [_first_installed(_LIGHTNING)]
    bases = [import_module(name).Callback for name in names]
    return _made(LightningCheck, (_Check, *bases), ignore, fails)


def TrainerCheck(*, ignore: Iterable[ProblemKind | str] = (ProblemKind.SAME_SETTINGS,), fails: bool = False) -> Any:  # noqa: ANN401
    """A callback for the Trainer of transformers: `Trainer(..., callbacks=[live.TrainerCheck()])`.

    It works like `LightningCheck`. The Trainer always makes two groups, which have the same settings if no weight decay
    is set, so that problem is ignored by default.
    """
    return _made(TrainerCheck, (_Check, import_module("transformers").TrainerCallback), ignore, fails)


def _made(
    maker: Callable[..., object], bases: tuple[type, ...], ignore: Iterable[ProblemKind | str], fails: bool
) -> object:
    """A callback of a class that is created here. It is pickled as a call of `maker`, so that another process creates
    the class again."""
    kinds = frozenset(map(ProblemKind, ignore))
    again = (partial(maker, ignore=kinds, fails=fails), ())
    return type(maker.__name__, bases, {"__reduce__": lambda _: again})(kinds, fails)


def _first_installed(names: Collection[str]) -> str:
    from importlib.util import find_spec

    for name in names:
        if find_spec(name.partition(".")[0]) is not None:
            return name
    raise ImportError(f"neither {' nor '.join(names)} is installed")
