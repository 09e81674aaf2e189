"""A fixed file to disk: whole or not at all, and never over what somebody else has written meanwhile."""

import os

from optimlint.cli.writing import replace_file


def overwrite(path: str, before: bytes, after: bytes) -> str | None:
    """Put `after` in place of `before` in the file at `path`, or return why that cannot be done.

    A link stays a link; the file that it leads to keeps its mode and, where that is allowed, its owner.
    """
    real = os.path.realpath(path)
    try:
        if not os.access(real, os.W_OK):
            return "it is read-only"
        if os.stat(real).st_nlink > 1:
            # The new file would have one of the names, and the old one the others, which may be another project's.
            return "it has several names (hard links), and a fix would reach one of them only"
        is_replaced = replace_file(real, after, lambda: _holds(real, before))
    except OSError as error:
        return error.strerror or str(error)
    return None if is_replaced else "it has changed since it was checked"


def _holds(path: str, content: bytes) -> bool:
    with open(path, "rb") as stream:
        return stream.read() == content
