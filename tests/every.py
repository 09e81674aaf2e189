"""One test for many small cases, since a test item per case takes longer than the case itself."""

import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

Case = TypeVar("Case")


def for_each(cases: Iterable[Case], name: Callable[[Case], str] = str) -> Callable[[Callable[[Case], None]], object]:
    """Turn a test of one case into a test of all cases. It continues after failures and reports each with the case's
    name."""
    listed = list(cases)

    def decorate(test: Callable[[Case], None]) -> Callable[[], None]:
        def test_all() -> None:
            assert listed, "there are no cases"
            failures = []
            for case in listed:
                try:
                    test(case)
                except Exception as error:  # noqa: BLE001  The other cases are tried even if one raises.
                    where = traceback.extract_tb(error.__traceback__)[-1]
                    failures.append(f"{name(case)}: line {where.lineno}: {type(error).__name__}: {error}")
            assert not failures, f"{len(failures)} of {len(listed)}:\n" + "\n".join(failures)

        test_all.__name__, test_all.__doc__, test_all.__module__ = test.__name__, test.__doc__, test.__module__
        return test_all

    return decorate
