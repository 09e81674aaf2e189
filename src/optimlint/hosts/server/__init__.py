"""The language server: what optimlint finds in the text as it is typed, for any editor that speaks the protocol.

It needs pygls, which the extra `optimlint[lsp]` brings. The command `optimlint server` starts it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimlint.hosts.server.hover import GroupsText
    from optimlint.workspace.settings import CommandLine


def serve(
    command_line: "Callable[[], CommandLine]", timeout: float, groups_text: "GroupsText", *, has_lenses: bool
) -> None:
    """Serve the editor at standard input and output until it leaves; a source may take `timeout` seconds,
    `groups_text` sets what is shown of an optimizer, and `has_lenses` whether a line above it is."""
    from optimlint.hosts.server.features import make_server

    make_server(command_line, timeout, groups_text, has_lenses=has_lenses).start_io()
