"""Write files atomically, and never overwrite a file that has changed meanwhile."""

import contextlib
import os
import stat
import sys
from collections.abc import Callable

from optimlint.workspace.errors import CommandError
from optimlint.workspace.paths import shown


def replace_file(path: str, content: bytes, is_wanted: Callable[[], bool] = lambda: True) -> bool:
    """Write a file atomically: create a temporary file beside `path` and rename it, keeping owner, mode and attributes
    of an existing file. Returns False without writing if `is_wanted` says no at the last moment. `path` must not be a
    link. Raises OSError. Never leaves the temporary file behind."""
    status = os.stat(path) if os.path.exists(path) else None
    temporary = os.path.join(os.path.dirname(path), f".optimlint-{os.urandom(8).hex()}")
    # A new file gets its mode from the umask. A replacement stays private until it has the mode of the old file.
    mode = 0o666 if status is None else 0o600
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        if status is not None:
            _take_over(temporary, path, status)
        # Asked last, because an editor may save the file while we write.
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
    """Write `text` to the file at `path` atomically. Returns the reason if that fails.

    A link stays a link, and a file keeps its mode. Something other than a regular file, such as `/dev/stdout`, is
    written to directly.
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
    """Write a file that the run cannot do without. Raises CommandError if that fails."""
    reason = write_file(path, text)
    if reason is not None:
        raise CommandError(f"cannot write {shown(os.path.abspath(path), os.getcwd())}: {reason}")


def overwrite(path: str, before: bytes, after: bytes) -> str | None:
    """Replace the content `before` of a file by `after`. Returns the reason if that fails.

    A link stays a link. The file it points to keeps its mode and, if permitted, its owner.
    """
    real = os.path.realpath(path)
    try:
        if not os.access(real, os.W_OK):
            return "it is read-only"
        if os.stat(real).st_nlink > 1:
            # Replacing would detach this name from the others, which may belong to another project.
            return "it has several hard links, and a fix would reach only one of them"
        is_replaced = replace_file(real, after, lambda: _holds(real, before))
    except OSError as error:
        return error.strerror or str(error)
    return None if is_replaced else "it has changed since it was checked"


def _holds(path: str, content: bytes) -> bool:
    with open(path, "rb") as stream:
        return stream.read() == content


def _take_over(path: str, older: str, status: os.stat_result) -> None:
    """Copy owner, mode and attributes from `older` to `path`. The owner comes first, since changing it may change the
    mode."""
    with contextlib.suppress(OSError, AttributeError):
        os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))
    if sys.platform == "linux":  # Includes access control lists.
        with contextlib.suppress(OSError):
            for name in os.listxattr(older):
                os.setxattr(path, name, os.getxattr(older, name))
