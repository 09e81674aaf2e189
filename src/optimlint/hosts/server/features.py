"""Assemble the server: connect the editor's messages to handlers that send findings and actions."""

import contextlib
from collections.abc import Callable
from functools import partial

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from optimlint.hosts.server.actions import KINDS, Scene, code_actions
from optimlint.hosts.server.hover import GroupsText, markdown, optimizer_page, suppression_page
from optimlint.hosts.server.lenses import lenses
from optimlint.hosts.server.messages import reader
from optimlint.hosts.server.state import Server
from optimlint.workspace.configuration import FILE_NAMES
from optimlint.workspace.settings import CommandLine

_PAUSE = 0.2
"""A text is checked after this many seconds without typing."""


def make_server(
    command_line: Callable[[], CommandLine], timeout: float, groups_text: GroupsText, *, has_lenses: bool
) -> Server:
    """A server without a connection. `command_line` is called anew for each check, `groups_text` formats the groups of
    an optimizer for hovers, and `has_lenses` enables code lenses."""
    server = Server(command_line, timeout, groups_text)
    # pygls also keeps the texts, but treats form feeds and similar characters as line ends, unlike editors. After one
    # of them, its copy differs from the editor's and changes fail. So these handlers replace its own.
    for method, handler in (
        (types.TEXT_DOCUMENT_DID_OPEN, _open),
        (types.TEXT_DOCUMENT_DID_CHANGE, _change),
        (types.TEXT_DOCUMENT_DID_CLOSE, _close),
        (types.NOTEBOOK_DOCUMENT_DID_OPEN, _open_notebook),
        (types.NOTEBOOK_DOCUMENT_DID_CHANGE, _change_notebook),
        (types.NOTEBOOK_DOCUMENT_DID_CLOSE, _close_notebook),
    ):
        server.protocol.fm.add_builtin_feature(method, partial(handler, server))
    server.feature(types.INITIALIZE)(_initialize)
    server.feature(types.INITIALIZED)(_initialized)
    server.feature(types.SHUTDOWN)(_shutdown)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(_save)
    server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)(_save)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_save)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(KINDS))(_code_actions)
    server.feature(types.TEXT_DOCUMENT_HOVER)(_hover)
    if has_lenses:
        server.feature(types.TEXT_DOCUMENT_CODE_LENS)(_code_lenses)
    return server


def _initialize(ls: Server, params: types.InitializeParams) -> None:
    encoding = ls.workspace.position_encoding or types.PositionEncodingKind.Utf16
    ls.reader = reader(params.capabilities, encoding)
    ls.documents.encoding = encoding


async def _initialized(ls: Server, _: types.InitializedParams) -> None:
    """Ask the editor to report changes of configuration files, if it can. Otherwise they take effect at the next change
    or save."""
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if not (watching and watching.dynamic_registration):
        return
    watchers = [types.FileSystemWatcher(f"**/{name}") for name in FILE_NAMES]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    registration = types.Registration("optimlint-configuration", method, options)
    with contextlib.suppress(JsonRpcException):
        await ls.client_register_capability_async(types.RegistrationParams([registration]))


async def _shutdown(ls: Server, _: None) -> None:
    await ls.close()


def _open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    ls.documents.open(params)
    ls.publish(params.text_document.uri)


def _change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    ls.documents.change(params)
    ls.note_change(params.text_document.uri, _PAUSE)


def _close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    ls.forget(params.text_document.uri)
    ls.documents.close(params)


def _open_notebook(ls: Server, params: types.DidOpenNotebookDocumentParams) -> None:
    ls.documents.open_notebook(params)
    ls.publish(params.notebook_document.uri)


def _change_notebook(ls: Server, params: types.DidChangeNotebookDocumentParams) -> None:
    ls.documents.change_notebook(params)
    ls.note_change(params.notebook_document.uri, _PAUSE)


def _close_notebook(ls: Server, params: types.DidCloseNotebookDocumentParams) -> None:
    ls.forget(params.notebook_document.uri)
    ls.documents.close_notebook(params)


def _save(
    ls: Server,
    params: types.DidSaveTextDocumentParams | types.DidSaveNotebookDocumentParams | types.DidChangeWatchedFilesParams,
) -> None:
    """Check everything again, because findings in one file may depend on another."""
    match params:
        case types.DidSaveTextDocumentParams(text_document=saved):
            ls.note_save(saved.uri)
        case types.DidSaveNotebookDocumentParams(notebook_document=notebook):
            ls.note_save(notebook.uri)
        case _:
            ls.note_save(None)


async def _code_actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    whole = ls.documents.whole(params.text_document.uri)
    if whole is None:
        return []
    return code_actions(Scene(whole, await ls.findings(whole), ls.reader), params)


async def _code_lenses(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    uri = params.text_document.uri
    whole = ls.documents.whole(uri)
    if whole is None:
        return []
    return lenses((await ls.optimizers(whole)).optimizers, whole, whole.cell_of(uri), ls.reader)


async def _hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    uri = params.text_document.uri
    whole = ls.documents.whole(uri)
    if whole is None:
        return None
    cell = whole.cell_of(uri)
    places = ls.reader.places(whole.part(cell))
    place = places.from_editor(params.position)
    text = suppression_page(places.line(place.line), place.column)
    if text is None:
        text = optimizer_page((await ls.optimizers(whole)).optimizers, place, cell, ls.groups_text)
    return markdown(text) if text else None
