"""The process that analyzes sources for the language server.

The server has threads, so it cannot fork, and it must answer the editor whatever a source does. It therefore delegates
to this single-threaded process, which can use the command's worker pool: a source that crashes the parser or takes too
long affects only itself. Questions come on standard input, answers go to standard output.
"""

import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import BinaryIO, TypeVar

from optimlint.hosts.server.offers import SourceFindings, offer
from optimlint.hosts.server.questions import HEAD, Answer, Findings, Optimizers, Question, Unsaved, Wish, not_checked
from optimlint.repository.repository import ALONE, Repository
from optimlint.workspace.optimizer_groups import Seen, look_in
from optimlint.workspace.reading import LARGEST_PARSED, sift
from optimlint.workspace.repositories import Ground, Repositories
from optimlint.workspace.worker import Examined, examine_in
from optimlint.workspace.worker_pool import Lost, Pool

_MOST_KEPT = 4
"""How many states of the repositories are cached. Typing in a few documents in turn leads to one state for each."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def main(timeout: float) -> None:
    """Answer questions until standard input ends. `timeout` is the time limit for a source in seconds."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # Printed text must not get between the answers.
    with Pool(1, timeout) as pool:
        analyst = _Analyst(pool)
        while (question := _read(questions)) is not None:
            answer = pickle.dumps(analyst.answer(question))
            answers.write(HEAD.pack(len(answer)) + answer)
            answers.flush()


def _read(stream: BinaryIO) -> Question | None:
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    question = pickle.loads(stream.read(*HEAD.unpack(head)))
    assert isinstance(question, Question)
    return question


class _Analyst:
    """Answers questions with the worker pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def answer(self, question: Question) -> Answer:
        """The answer to a question."""
        return self._findings(question) if question.wish is Wish.FINDINGS else self._optimizers(question)

    def _findings(self, question: Question) -> Findings:
        source = question.source
        reading = sift([(source.path, source.content)])
        for failure in reading.failures:
            return Findings((not_checked(source, failure.reason),))
        if not reading.contents:
            return Findings()
        examined = self._run(_examine, question)
        if isinstance(examined, Lost):
            return Findings((not_checked(source, examined.reason),))
        # Findings in another file are reported when that file is open.
        found = tuple(one for one in examined.diagnostics if one.path == source.path)
        offered = self._run(offer, SourceFindings(source, found)) if found else Findings()
        # If computing the fixes fails, the findings are still reported.
        without_fixes = tuple(replace(one, fixes=()) for one in found)
        return Findings(without_fixes) if isinstance(offered, Lost) else offered

    def _optimizers(self, question: Question) -> Optimizers:
        content = question.source.content
        if len(content) > LARGEST_PARSED or not (b"optim" in content or b"param" in content):
            return Optimizers()
        seen = self._run(_look, question)
        return Optimizers(seen.optimizers) if isinstance(seen, Seen) else Optimizers()

    def _run(self, function: Callable[[Item], Result], item: Item) -> Result | Lost:
        return dict(self._pool.map(function, [item]))[0]


def _examine(question: Question) -> Examined:
    """The findings of the question's source; runs in a worker."""
    return examine_in(question.source, _around(question))


def _look(question: Question) -> Seen:
    """The optimizers of the question's source; runs in a worker."""
    return look_in(question.source, _around(question))


def _around(question: Question) -> Repository:
    """The repository of the question's source. A source that was never saved belongs to none."""
    if not question.is_filed:
        return ALONE
    return _repositories(question.generation, question.unsaved).around(question.source.path)


@lru_cache(_MOST_KEPT)
def _repositories(_: int, unsaved: Unsaved) -> Repositories:
    """The repositories in the state of this generation, with these unsaved files."""
    return Repositories(Ground(unsaved=unsaved))
