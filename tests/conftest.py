"""Settings for a whole run: the folder in which its processes share results, and the order of the tests."""

import os
import shutil
import tempfile

import pytest
from results import FOLDER


def pytest_configure(config: pytest.Config) -> None:
    if FOLDER not in os.environ:
        config.stash[_OWN] = os.environ[FOLDER] = tempfile.mkdtemp(prefix="optimlint-tests-")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start long tests first, so that no process waits for one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_unconfigure(config: pytest.Config) -> None:
    if (folder := config.stash.get(_OWN, None)) is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(FOLDER, None)


_OWN = pytest.StashKey[str]()
"""The folder, in the process that created it. Workers get its name."""
