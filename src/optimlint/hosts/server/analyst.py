"""The process that reads sources for the server.

The server has threads, which forbids forking, and must answer its editor whatever a source does. So it asks this
process, which has one thread and may keep the pool of workers that the command has: a source that crashes the parser
or takes too long costs itself only. Questions come on standard input, and answers leave on standard output.
"""

import os
import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, TypeVar

from optimlint.cli.discover import Walk
from optimlint.cli.look import Seen, look, look_again
from optimlint.cli.pool import Lost, Pool
from optimlint.cli.project import Repositories
from optimlint.cli.reading import LARGEST_PARSED, sift
from optimlint.cli.settings import CommandLine, Settings
from optimlint.cli.work import Answered, Asking, examine, judge
from optimlint.facts.project import Project
from optimlint.hosts.server.offers import Found, offer
from optimlint.hosts.server.questions import HEAD, Answer, Findings, Optimizers, Question, Wish, not_checked

Item = TypeVar("Item")
Result = TypeVar("Result")


def main(timeout: float) -> None:
    """Answer until nobody can ask any more; a source may take `timeout` seconds."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # Nothing that is printed may come between the answers.
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
    """Answers questions, and remembers what the repositories said while they stay as they are."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._walk = Walk(Settings(CommandLine(os.getcwd())))
        self._generation = -1
        self._repositories = Repositories((), self._walk, pool)

    def answer(self, question: Question) -> Answer:
        """What is to be told of the question's source."""
        if question.generation != self._generation:
            self._generation = question.generation
            self._repositories = Repositories((), self._walk, self._pool)
        return self._findings(question) if question.wish is Wish.FINDINGS else self._optimizers(question)

    def _findings(self, question: Question) -> Findings:
        source = question.source
        reading = sift([(source.path, source.content)])
        for failure in reading.failures:
            return Findings((not_checked(source, failure.reason),))
        if not reading.contents:
            return Findings()
        examined = self._run(examine, source)
        while isinstance(examined, Asking):
            examined = self._run(judge, self._answered(question, examined))
        if isinstance(examined, Lost):
            return Findings((not_checked(source, examined.reason),))
        found = examined.diagnostics
        offered = self._run(offer, Found(source, found)) if found else Findings()
        # What is found is told also where nobody could say what to do about it.
        without_fixes = tuple(replace(one, fixes=()) for one in found)
        return Findings(without_fixes) if isinstance(offered, Lost) else offered

    def _optimizers(self, question: Question) -> Optimizers:
        content = question.source.content
        if len(content) > LARGEST_PARSED or not (b"optim" in content or b"param" in content):
            return Optimizers()
        seen: Seen | Asking | Lost = self._run(look, question.source)
        if isinstance(seen, Asking):
            seen = self._run(look_again, self._answered(question, seen))
        return Optimizers(seen.optimizers) if isinstance(seen, Seen) else Optimizers()

    def _answered(self, question: Question, asking: Asking) -> Answered:
        """The facts with what the repository says; what it says of a source that is in none is nothing."""
        source = question.source
        answers = self._repositories.answer({source.path: asking.questions}) if question.is_filed else {}
        return Answered(source, asking.facts, asking.questions, answers.get(source.path, Project()))

    def _run(self, function: Callable[[Item], Result], item: Item) -> Result | Lost:
        return dict(self._pool.map(function, [item]))[0]
