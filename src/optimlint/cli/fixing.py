"""A fixed file to disk: whole or not at all, and never over what somebody else has written meanwhile."""

import contextlib
import os
import stat
import tempfile


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
        _replace(real, after)
    except OSError as error:
        return error.strerror or str(error)
    return None


def _replace(path: str, content: bytes) -> None:
    """Write a file beside the one at `path` and let it take its place in one step."""
    descriptor, temporary = tempfile.mkstemp(prefix=".optimlint-", dir=os.path.dirname(path))
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        _take_over(temporary, os.stat(path))
        os.replace(temporary, path)
    except BaseException:  # Also an interruption leaves nothing behind.
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _take_over(path: str, status: os.stat_result) -> None:
    """Give the file at `path` another one's owner and mode; the owner first, since changing it may change the mode."""
    with contextlib.suppress(OSError, AttributeError):
        os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))
