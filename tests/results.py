"""What is found in a text, computed once for all tests of a run, whichever of its processes asks first.

That a check says the same each time, in any process, is a law with tests of its own; these do not ask here.
"""

import hashlib
import os
import pickle
from functools import cache
from pathlib import Path

from optimlint import Diagnostic, Options, check_notebook, check_source

FOLDER = "OPTIMLINT_TEST_RESULTS"
"""The variable that names the folder of the run; without one, each process remembers its own results."""


@cache
def found_in_text(content: bytes, path: str, *, reads_all: bool = False) -> tuple[Diagnostic, ...]:
    """What is found in a file or notebook that stands alone."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return _check(content, path, reads_all)
    kept = Path(folder, hashlib.sha256(repr((path, reads_all)).encode() + content).hexdigest())
    if kept.exists():
        found: tuple[Diagnostic, ...] = pickle.loads(kept.read_bytes())
        return found
    computed = _check(content, path, reads_all)
    written = kept.with_suffix(f".{os.getpid()}")
    written.write_bytes(pickle.dumps(computed))
    written.replace(kept)
    return computed


def _check(content: bytes, path: str, reads_all: bool) -> tuple[Diagnostic, ...]:
    checker = check_notebook if path.endswith(".ipynb") else check_source
    return tuple(checker(content, path, Options(reads_all=reads_all)))
