"""One test of many small cases: an item of its own for each costs more than the case itself."""

import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

Case = TypeVar("Case")


def for_each(cases: Iterable[Case], name: Callable[[Case], str] = str) -> Callable[[Callable[[Case], None]], object]:
    """Turn a test of one case into one test of all, which goes on at a failure and tells each by its case's name."""
    listed = list(cases)

    def decorate(test: Callable[[Case], None]) -> Callable[[], None]:
        def test_all() -> None:
            assert listed, "there are no cases"
            failures = []
            for case in listed:
                try:
                    test(case)
                except Exception as error:  # noqa: BLE001  Whatever is wrong with one case, the others are tried, too.
                    where = traceback.extract_tb(error.__traceback__)[-1]
                    failures.append(f"{name(case)}: line {where.lineno}: {type(error).__name__}: {error}")
            assert not failures, f"{len(failures)} of {len(listed)}:\n" + "\n".join(failures)

        test_all.__name__, test_all.__doc__, test_all.__module__ = test.__name__, test.__doc__, test.__module__
        return test_all

    return decorate
