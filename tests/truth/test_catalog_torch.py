"""The catalog's torch entries, against the torch that is installed here."""

import runpy
from pathlib import Path

import pytest

pytest.importorskip("torch")

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "catalog.py"))
INSTALLED = {str(entry["name"]): entry for entry in SCRIPT["torch_entries"]()}
SHIPPED = {
    str(entry["name"]): entry
    for entry in SCRIPT["load"]()
    if entry["kind"] == "optimizer" and str(entry["source"]).startswith("torch ")
}


def test_the_catalog_has_the_same_optimizers_as_torch() -> None:
    assert sorted(SHIPPED) == sorted(INSTALLED)


@pytest.mark.parametrize("name", sorted(INSTALLED))
def test_the_catalog_says_what_torch_does(name: str) -> None:
    installed = {field: value for field, value in INSTALLED[name].items() if value not in (None, "")}
    assert SHIPPED[name] == installed, "torch has changed: run scripts/catalog.py torch, and read the difference"
