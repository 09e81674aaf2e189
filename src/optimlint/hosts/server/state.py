"""The server's state: open documents, pending questions and published findings."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass

from lsprotocol import types
from pygls.lsp.server import LanguageServer

import optimlint
from optimlint.diagnostic import Diagnostic
from optimlint.hosts.server.documents import Documents, Whole
from optimlint.hosts.server.hover import GroupsText
from optimlint.hosts.server.link import Link
from optimlint.hosts.server.messages import SOURCE, Reader, published
from optimlint.hosts.server.open_sources import as_file, filed
from optimlint.hosts.server.questions import Answer, Findings, Optimizers, Question, Wish
from optimlint.workspace.errors import CommandError
from optimlint.workspace.settings import CommandLine

_TIMES_AS_PATIENT = 4
"""After typing, the other documents are checked again after a pause this many times as long as for the edited
document."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question about an open document, with its pending or completed answer."""

    question: Question
    answer: "asyncio.Task[Answer | None]"


class Server(LanguageServer):
    """A language server with its open documents and the process that analyzes them."""

    def __init__(self, command_line: Callable[[], CommandLine], timeout: float, groups_text: GroupsText) -> None:
        cells = types.NotebookDocumentFilterWithCells(
            [types.NotebookCellLanguage("python")], types.NotebookDocumentFilterNotebookType("*")
        )
        super().__init__(
            SOURCE,
            optimlint.__version__,
            notebook_document_sync=types.NotebookDocumentSyncOptions([cells], save=True),
        )
        self.documents = Documents()
        self.reader = Reader()
        self.groups_text = groups_text
        self._command_line = command_line
        self._link = Link(timeout)
        self._generation = 0
        self._unsaved: set[str] = set()
        self._asked: dict[tuple[str, Wish], _Asked] = {}
        self._publishing: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, tuple[Whole, tuple[Diagnostic, ...]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._complaints: dict[str, str] = {}

    def publish(self, uri: str, pause: float = 0.0, *, is_news: bool = True) -> None:
        """Check an open document and publish its findings after `pause` seconds, unless it changes before. If `is_news`
        is False, unchanged findings are not published again."""
        whole = self.documents.whole(uri)
        if whole is None:
            return
        if (earlier := self._publishing.get(whole.uri)) is not None:
            earlier.cancel()
        self._publishing[whole.uri] = self._start(self._publish(whole.uri, pause, is_news=is_news))

    def publish_all(self) -> None:
        """Check all open documents again, because other files may have changed."""
        self._generation += 1
        for uri in self.documents:
            self.publish(uri)

    def note_change(self, uri: str, pause: float) -> None:
        """Check a document that was edited, and then the other open documents, because their findings may depend on
        it."""
        whole = self.documents.whole(uri)
        if whole is None:
            return
        self._unsaved.add(whole.uri)
        self.publish(uri, pause)
        for other in self.documents:
            if other != whole.uri:
                self.publish(other, _TIMES_AS_PATIENT * pause, is_news=False)

    def note_save(self, uri: str | None) -> None:
        """Check all open documents again after a file was saved. `uri` is the saved document, None for any other
        file."""
        self._unsaved.discard(uri or "")
        self.publish_all()

    def forget(self, uri: str) -> None:
        """Clear the findings of a document that is being closed."""
        whole = self.documents.whole(uri)
        if whole is None:
            return
        if (pending := self._publishing.pop(whole.uri, None)) is not None:
            pending.cancel()
        self._complaints.pop(whole.uri, None)
        self._unsaved.discard(whole.uri)
        self._told.pop(whole.uri, None)
        for wish in Wish:
            self._asked.pop((whole.uri, wish), None)
        for params in published(whole, (), self.reader):
            self.text_document_publish_diagnostics(params)

    async def findings(self, whole: Whole) -> Findings:
        """The findings in an open document in its current state."""
        answer = await self._answer(whole, Wish.FINDINGS)
        return answer if isinstance(answer, Findings) else Findings()

    async def optimizers(self, whole: Whole) -> Optimizers:
        """The optimizers in an open document in its current state."""
        answer = await self._answer(whole, Wish.OPTIMIZERS)
        return answer if isinstance(answer, Optimizers) else Optimizers()

    async def close(self) -> None:
        """End the process that analyzes sources."""
        await self._link.close()

    def _start(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # The event loop has only weak references to tasks.
        task.add_done_callback(self._tasks.discard)
        return task

    async def _publish(self, uri: str, pause: float, *, is_news: bool) -> None:
        await asyncio.sleep(pause)
        whole = self.documents.whole(uri)
        if whole is None:
            return
        found = await self.findings(whole)
        told = whole, found.diagnostics
        if self.documents.whole(uri) == whole and (is_news or self._told.get(uri) != told):
            self._told[uri] = told
            for params in published(whole, found.diagnostics, self.reader):
                self.text_document_publish_diagnostics(params)

    async def _answer(self, whole: Whole, wish: Wish) -> Answer | None:
        """The answer for an open document in its current state, requested only once; None if the document is
        excluded."""
        question = self._question(whole, wish)
        if question is None:
            return None
        key = whole.uri, wish
        asked = self._asked.get(key)
        if asked is None or asked.question != question:
            waiting = self._link.ask(question, lambda: self._is_current(key, question))
            asked = self._asked[key] = _Asked(question, asyncio.ensure_future(waiting))
        return await asyncio.shield(asked.answer)

    def _is_current(self, key: tuple[str, Wish], question: Question) -> bool:
        asked = self._asked.get(key)
        return asked is not None and asked.question == question

    def _question(self, whole: Whole, wish: Wish) -> Question | None:
        try:
            found = filed(whole, self._command_line)
        except CommandError as error:
            self._complain(whole.uri, str(error))
            return None
        self._complaints.pop(whole.uri, None)
        if found is None:
            return None
        unsaved = tuple(self._unsaved_besides(whole.uri))
        return Question(wish, found.source, self._generation, found.is_filed, unsaved if found.is_filed else ())

    def _unsaved_besides(self, uri: str) -> Iterator[tuple[str, bytes]]:
        """The other documents with unsaved changes, as files."""
        for other in sorted(self._unsaved - {uri}):
            whole = self.documents.whole(other)
            if whole is not None and (file := as_file(whole)) is not None:
                yield file

    def _complain(self, uri: str, complaint: str) -> None:
        """Show a configuration error, once for all open documents, until it is fixed."""
        if complaint not in self._complaints.values():
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"optimlint: {complaint}"))
        self._complaints[uri] = complaint
