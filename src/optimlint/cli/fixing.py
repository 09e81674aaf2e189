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
        with open(real, "rb") as stream:
            if stream.read() != before:
                return "it has changed since it was checked"
        replace_file(real, after)
    except OSError as error:
        return error.strerror or str(error)
    return None
