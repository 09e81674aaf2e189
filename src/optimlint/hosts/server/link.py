"""The server's connection to the process that analyzes sources."""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable

from optimlint.hosts.server.questions import HEAD, Answer, Findings, Optimizers, Question, Wish, not_checked

_ITEMS = 3
"""How many steps of one question may each take the whole time limit: the source is checked, fixes are tried, and a
worker may have to be replaced. If an answer takes longer, the process hangs in a place that the limit does not
cover."""


class Link:
    """Sends one question at a time. A process that dies or hangs is replaced for the next question."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    async def ask(self, question: Question, is_wanted: Callable[[], bool]) -> Answer | None:
        """The answer to a question; None if `is_wanted` is False when its turn comes. If the process fails or takes too
        long, the answer says so. The call must not be cancelled, since the next question would get its answer."""
        async with self._turn:
            if not is_wanted():
                return None
            try:
                async with asyncio.timeout(_ITEMS * self._timeout):
                    return await self._exchange(question)
            except TimeoutError:
                reason = "took too long"
            except (OSError, EOFError, pickle.PickleError) as error:
                reason = f"the process that reads files ended ({type(error).__name__})"
            await self.close()
            if question.wish is Wish.OPTIMIZERS:
                return Optimizers()
            return Findings((not_checked(question.source, reason),))

    async def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            if process.stdin is not None:
                process.stdin.close()
            await process.wait()

    async def _exchange(self, question: Question) -> Answer:
        process = self._process = self._process or await self._start()
        assert process.stdin and process.stdout
        asked = pickle.dumps(question)
        process.stdin.write(HEAD.pack(len(asked)) + asked)
        await process.stdin.drain()
        (size,) = HEAD.unpack(await process.stdout.readexactly(HEAD.size))
        answer = pickle.loads(await process.stdout.readexactly(size))
        assert isinstance(answer, Findings | Optimizers)
        return answer

    async def _start(self) -> Process:
        # It starts in the user's folder, whose modules must not shadow Python's own. So it gets -P and the import path
        # of this process.
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            f"from optimlint.hosts.server.analyst import main; main({self._timeout!r})"
        )
        return await asyncio.create_subprocess_exec(sys.executable, "-P", "-c", code, stdin=PIPE, stdout=PIPE)
