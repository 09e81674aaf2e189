"""Law 10: unrelated files change nothing. A file that is not imported has no effect on its neighbours."""

from collections import Counter

import pytest
from fixtures_support import Case, Seen, cases, look, look_at_folder
from results import found_in_text

from optimlint.notebook.files import check_any_facts, is_in_parts, read_any

CASES = cases()

Told = tuple[str, int, int, str, str]
"""A finding by file, cell, line, rule and message."""


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Seen]]:
    """The findings in each fixture, checked in one repository with copies of all others.

    Files that are checked alone are siblings in one folder, under names that cannot be imported. Small repositories
    have a folder each, so that imports are resolved in their own folder first.
    """
    root = tmp_path_factory.mktemp("together")
    homes = {}
    for case in CASES:
        for file, content in case.read().items():
            path = _home(case, file)
            homes[path] = (case.name, file)
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
    (root / ".git").mkdir()
    found: dict[str, list[Seen]] = {case.name: [] for case in CASES}
    for seen in look_at_folder(root):
        name, _ = homes[seen.place.file]
        found[name].append(seen)
    return found


@pytest.mark.long
def test_other_fixtures_beside_it_change_no_finding(together: dict[str, list[Seen]]) -> None:
    silenced: dict[str, Counter[Told]] = {}
    brought: dict[str, Counter[Told]] = {}
    for case in CASES:
        alone, found = Counter(_alone(case)), Counter(map(_told, together[case.name]))
        silenced |= {case.name: lost} if (lost := alone - found) else {}
        brought |= {case.name: more} if (more := found - alone) else {}
    assert not silenced, "silenced by files that it does not know"
    assert not brought, "brought by files that it does not know"


def _alone(case: Case) -> list[Told]:
    """The findings in a fixture that is checked alone."""
    files = case.read()
    if case.is_repository:
        return [(_home(case, file), *rest) for file, *rest in map(_told, look(case, files))]  # type: ignore[misc]
    ((file, content),) = files.items()
    # The command reads an exported notebook by cells, `check_source` as one text.
    in_parts = is_in_parts(content, file)
    found = check_any_facts(read_any(content, file), file) if in_parts else found_in_text(content, file)
    return [(_home(case, file), one.cell or 0, one.range.start.line, one.rule, one.message) for one in found]


def _told(seen: Seen) -> Told:
    return seen.place.file, seen.place.cell, seen.place.line, seen.rule, seen.message


def _home(case: Case, file: str) -> str:
    """The path of a fixture's file in the common repository."""
    own = case.name.replace("/", "--")
    return f"{own}/{file}" if case.is_repository else own
