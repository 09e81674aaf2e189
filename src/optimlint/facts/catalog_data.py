"""The catalog's data as values. Importing this module reads the file, once."""

import json
from functools import cache
from pathlib import Path

from optimlint.facts.catalog import CallableKind, Given, KnownCallable, Optimizer

_Entry = dict[str, str | float]
"""One line of the file; its `about` says what the fields mean. What is not known is left out."""

_ENTRIES: list[_Entry] = json.loads(Path(__file__).with_name("optimizers_catalog.json").read_text("utf-8"))["entries"]
_BY_NAME = {name: entry for entry in _ENTRIES for name in (str(entry["name"]), *str(entry.get("aliases", "")).split())}


@cache
def optimizer(qualified_name: str) -> Optimizer | None:
    """The optimizer class of that import path."""
    entry = _BY_NAME.get(qualified_name)
    if entry is None or entry["kind"] != "optimizer":
        return None
    return Optimizer(
        str(entry["name"]),
        params_name=str(entry["params"]),
        params_position=int(entry["position"]),
        default_decay=_number(entry, "decay"),
        group_keys=frozenset(_words(entry, "keys")) or None,
        source=str(entry["source"]),
        has_weight_decay=bool(entry["has_decay"]) if "has_decay" in entry else None,
        parameters=_words(entry, "parameters"),
        default_lr=_number(entry, "lr"),
    )


@cache
def known_callable(qualified_name: str) -> KnownCallable | None:
    """What is known under that import path and is no optimizer class."""
    entry = _BY_NAME.get(qualified_name)
    if entry is None or entry["kind"] == "optimizer":
        return None
    return KnownCallable(
        str(entry["name"]),
        kind=CallableKind(entry["kind"]),
        given=Given(entry.get("takes", Given.ANYTHING.value)),
        argument=str(entry["params"]) if "params" in entry else None,
        position=int(entry["position"]) if "position" in entry else None,
        source=str(entry["source"]),
    )


def _words(entry: _Entry, field: str) -> tuple[str, ...]:
    return tuple(str(entry.get(field, "")).split())


def _number(entry: _Entry, field: str) -> float | None:
    value = entry.get(field)
    return None if isinstance(value, str) else value
