"""Files to disk: whole or not at all, and a fixed file never over what somebody else has written meanwhile."""

import contextlib
import os
import stat
import sys
from collections.abc import Callable

from optimlint.workspace.errors import CommandError
from optimlint.workspace.paths import shown


def replace_file(path: str, content: bytes, is_wanted: Callable[[], bool] = lambda: True) -> bool:
    """Write a file beside the one at `path` and let it take its place in one step, with the owner, mode and attributes
    of a file that is there already, and say whether it did: not where it is no longer wanted. `path` is no link.
    Raises OSError. Whatever happens, it leaves nothing behind."""
    status = os.stat(path) if os.path.exists(path) else None
    temporary = os.path.join(os.path.dirname(path), f".optimlint-{os.urandom(8).hex()}")
    # A new file is made as the user's umask says. One in the place of another lets nobody in before it has its mode.
    mode = 0o666 if status is None else 0o600
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        if status is not None:
            _take_over(temporary, path, status)
        # Asked last, since writing may take a while and an editor may save in it.
        if is_wanted():
            os.replace(temporary, path)
            return True
        os.unlink(temporary)
        return False
    except BaseException:  # Also an interruption leaves nothing behind.
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def write_file(path: str, text: str) -> str | None:
    """Put `text` into the file at `path`, in one step, so that no reader ever meets half of it; or return why that
    cannot be done.

    A link stays a link, and a file keeps its mode. What is no regular file, such as `/dev/stdout`, is written to.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as stream:
                stream.write(data)
        else:
            replace_file(os.path.realpath(path), data)
    except OSError as error:
        return error.strerror or str(error)
    return None


def must_write(path: str, text: str) -> None:
    """The same of a file that the run is nothing without. Raises CommandError where it cannot be written."""
    reason = write_file(path, text)
    if reason is not None:
        raise CommandError(f"cannot write {shown(os.path.abspath(path), os.getcwd())}: {reason}")


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


def _take_over(path: str, older: str, status: os.stat_result) -> None:
    """Give the file at `path` the owner, mode and attributes of the one at `older`; the owner first, since changing it
    may change the mode."""
    with contextlib.suppress(OSError, AttributeError):
        os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))
    if sys.platform == "linux":  # Access control lists are attributes, too.
        with contextlib.suppress(OSError):
            for name in os.listxattr(older):
                os.setxattr(path, name, os.getxattr(older, name))
