"""Files to disk, whole or not at all."""

import contextlib
import os
import stat
import sys
from collections.abc import Callable


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
