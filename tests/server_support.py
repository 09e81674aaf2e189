"""The editor's side of the language server: pytest-lsp's client, connected to the streams of `optimlint server`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from cli_support import COMMAND, environment
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

MOST_SECONDS = 60.0
ANYWHERE = types.Range(types.Position(0, 0), types.Position(100_000, 0))

Result = TypeVar("Result")


class Editor:
    """An editor with an open folder. It records what the server sends."""

    def __init__(self, client: LanguageClient, folder: Path, encoding: str) -> None:
        self.client = client
        self.folder = folder
        self.encoding = encoding
        self.server = types.ServerCapabilities()
        self.told: dict[str, list[types.PublishDiagnosticsParams]] = {}
        self._versions: dict[str, int] = {}

    def uri(self, name: str) -> str:
        """The URI of a file in the folder."""
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, language: str = "python") -> str:
        """Open a file with this text, regardless of the disk, and return its URI."""
        uri = self.uri(name)
        self._versions[uri] = 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def open_notebook(self, name: str, cells: Sequence[tuple[types.NotebookCellKind, str]]) -> list[str]:
        """Open a notebook and return the URIs of its cells. Only code cells are sent, as editors do."""
        uris = [f"notebook-cell:/{name}#{number}" for number in range(len(cells))]
        code = types.NotebookCellKind.Code
        notebook = types.NotebookDocument(
            self.uri(name),
            "jupyter-notebook",
            1,
            [types.NotebookCell(kind, uri) for (kind, _), uri in zip(cells, uris, strict=True)],
        )
        texts = [
            types.TextDocumentItem(uri, "python", 1, text)
            for (kind, text), uri in zip(cells, uris, strict=True)
            if kind is code
        ]
        self.client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, texts))
        self._versions.update(dict.fromkeys(uris, 1))
        return uris

    def type(self, uri: str, *changes: types.TextDocumentContentChangeEvent) -> None:
        """Change a file."""
        self._versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(uri=uri, version=self._versions[uri])
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, changes))

    def replace(self, uri: str, text: str) -> None:
        """Replace the whole text of a file."""
        self.type(uri, types.TextDocumentContentChangeWholeDocument(text))

    def save(self, uri: str) -> None:
        """Notify the server that a file was saved."""
        document = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(document))

    async def findings(self, uri: str, version: int | None = None, count: int = 1) -> Sequence[types.Diagnostic]:
        """The diagnostics of a version, by default the newest, from the `count`-th time that any are published."""
        version = self._versions[uri] if version is None else version
        while True:
            said = [one for one in self.told.get(uri, ()) if one.version == version]
            if len(said) >= count:
                return said[-1].diagnostics
            await asyncio.sleep(0.01)

    async def actions(self, uri: str, *only: str, at: types.Range = ANYWHERE) -> Sequence[types.CodeAction]:
        """The code actions at a range."""
        context = types.CodeActionContext([], only=only or None)
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), at, context)
        actions = await self.client.text_document_code_action_async(params)
        return [action for action in actions or () if isinstance(action, types.CodeAction)]

    async def lenses(self, uri: str) -> list[tuple[int, str]]:
        """The code lenses above optimizers: the 0-based line and the text of each."""
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
        lenses = await self.client.text_document_code_lens_async(params)
        return [(one.range.start.line, one.command.title) for one in lenses or () if one.command]

    async def hover(self, uri: str, line: int, character: int) -> str | None:
        """The hover text at a position; line and column are 0-based."""
        params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        hover = await self.client.text_document_hover_async(params)
        if hover is None:
            return None
        assert isinstance(hover.contents, types.MarkupContent)
        return hover.contents.value

    def edited(self, text: str, uri: str, action: types.CodeAction) -> str:
        """A file's text after the edits of an action, applied as an editor does."""
        assert action.edit
        edits = (action.edit.changes or {}).get(uri, ())
        for change in action.edit.document_changes or ():
            if isinstance(change, types.TextDocumentEdit) and change.text_document.uri == uri:
                assert change.text_document.version == self._versions[uri]
                edits = [edit for edit in change.edits if isinstance(edit, types.TextEdit)]
        return edited(text, edits, self.encoding)


def edited(text: str, edits: Sequence[types.TextEdit], encoding: str = "utf-16") -> str:
    """`text` after edits. Unlike the server, it counts in bytes of the encoding."""
    codec, width = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    data = text.encode(codec)
    starts = [0]
    for index in range(0, len(data), width):
        if data[index : index + width] == "\n".encode(codec):
            starts.append(index + width)

    def offset(position: types.Position) -> int:
        return starts[position.line] + position.character * width if position.line < len(starts) else len(data)

    for edit in sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True):
        data = data[: offset(edit.range.start)] + edit.new_text.encode(codec) + data[offset(edit.range.end) :]
    return data.decode(codec)


@asynccontextmanager
async def editor(
    folder: Path, *arguments: str, encoding: str = "utf-16", capabilities: types.ClientCapabilities | None = None
) -> AsyncIterator[Editor]:
    """An editor with the capabilities of VS Code, or those given, with the server running."""
    client = LanguageClient(converter_factory=default_converter)
    one = Editor(client, folder, encoding)

    def tell(_: LanguageClient, params: types.PublishDiagnosticsParams) -> None:
        one.told.setdefault(params.uri, []).append(params)

    ignored = {types.CLIENT_REGISTER_CAPABILITY: lambda *_: None}
    features = {**DEFAULT_CLIENT_FEATURES, **ignored, types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: tell}
    register_lsp_features(client, features)
    await client.start_io(*COMMAND, "server", *arguments, cwd=folder, env=environment())
    params = types.InitializeParams(capabilities or able(encoding), root_uri=folder.as_uri())
    one.server = (await client.initialize_session(params)).capabilities
    yield one
    await client.shutdown_session()
    await client.stop()  # type: ignore[no-untyped-call]


def able(encoding: str = "utf-16") -> types.ClientCapabilities:
    """An editor with all capabilities that the server uses."""
    return types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        ),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=True, version_support=True, code_description_support=True
            ),
        ),
        general=types.GeneralClientCapabilities(position_encodings=[encoding]),
    )


def run(story: Callable[[], Coroutine[None, None, Result]]) -> Result:
    """Run a scenario with an editor, and return its result. Fails if it takes too long."""
    return asyncio.run(asyncio.wait_for(story(), MOST_SECONDS))
