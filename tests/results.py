"""The findings in a text, computed once for all tests of a run, in whichever process asks first.

Other tests check that a check gives equal output each time and in any process. They do not use this cache.
"""

import hashlib
import os
import pickle
from functools import cache
from pathlib import Path

from optimlint import Diagnostic, Options, check_notebook, check_source

FOLDER = "OPTIMLINT_TEST_RESULTS"
"""The variable with the run's folder. Without it, each process only caches its own results."""


@cache
def found_in_text(content: bytes, path: str, *, reads_all: bool = False) -> tuple[Diagnostic, ...]:
    """The findings in a file or notebook that is checked alone."""
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
