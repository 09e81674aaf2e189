"""A real editor's side of the language server: pytest-lsp's client at the standard streams of `optimlint server`."""

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
    """An editor with a folder open. It remembers what it is told."""

    def __init__(self, client: LanguageClient, folder: Path, encoding: str) -> None:
        self.client = client
        self.folder = folder
        self.encoding = encoding
        self.server = types.ServerCapabilities()
        self.told: dict[str, list[types.PublishDiagnosticsParams]] = {}
        self._versions: dict[str, int] = {}

    def uri(self, name: str) -> str:
        """The address of a file in the folder."""
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, language: str = "python") -> str:
        """Open a file with this text, whatever is on the disk, and return its address."""
        uri = self.uri(name)
        self._versions[uri] = 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def open_notebook(self, name: str, cells: Sequence[tuple[types.NotebookCellKind, str]]) -> list[str]:
        """Open a notebook and return the addresses of its cells; only those of code are sent, as editors do."""
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
        """Put another text in the place of a file's whole text."""
        self.type(uri, types.TextDocumentContentChangeWholeDocument(text))

    def save(self, uri: str) -> None:
        """Tell that a file was saved."""
        document = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(document))

    async def findings(self, uri: str, version: int | None = None, count: int = 1) -> Sequence[types.Diagnostic]:
        """What was said of a version, the newest one if not given: the `count`-th time that something was."""
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
        """The lines above optimizers: each with the number of its line, from 0, and its text."""
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
        lenses = await self.client.text_document_code_lens_async(params)
        return [(one.range.start.line, one.command.title) for one in lenses or () if one.command]

    async def hover(self, uri: str, line: int, character: int) -> str | None:
        """What is shown beside the mouse at a place, both numbers from 0."""
        params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        hover = await self.client.text_document_hover_async(params)
        if hover is None:
            return None
        assert isinstance(hover.contents, types.MarkupContent)
        return hover.contents.value

    def edited(self, text: str, uri: str, action: types.CodeAction) -> str:
        """A file's text after the edits of an action, done as an editor does them."""
        assert action.edit
        edits = (action.edit.changes or {}).get(uri, ())
        for change in action.edit.document_changes or ():
            if isinstance(change, types.TextDocumentEdit) and change.text_document.uri == uri:
                assert change.text_document.version == self._versions[uri]
                edits = [edit for edit in change.edits if isinstance(edit, types.TextEdit)]
        return edited(text, edits, self.encoding)


def edited(text: str, edits: Sequence[types.TextEdit], encoding: str = "utf-16") -> str:
    """`text` after edits. It counts in the bytes of the encoding, unlike the server."""
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
    """An editor that can do what VS Code can, unless said otherwise, with the server running."""
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
    """An editor that can do all that the server makes use of."""
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
    """What comes of a story that an editor lives through, which must not last for ever."""
    return asyncio.run(asyncio.wait_for(story(), MOST_SECONDS))
