"""The language server: shows findings in the text as it is typed, in any editor that supports the protocol.

It needs pygls, which the extra `optimlint[lsp]` installs. The command `optimlint server` starts it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimlint.hosts.server.hover import GroupsText
    from optimlint.workspace.settings import CommandLine


def serve(
    command_line: "Callable[[], CommandLine]", timeout: float, groups_text: "GroupsText", *, has_lenses: bool
) -> None:
    """Serve the editor on standard input and output until it disconnects. `timeout` is the time limit for a source in
    seconds, `groups_text` formats the groups of an optimizer for hovers, and `has_lenses` enables code lenses."""
    from optimlint.hosts.server.features import make_server

    make_server(command_line, timeout, groups_text, has_lenses=has_lenses).start_io()
