"""The catalog's data as values. Importing this module reads the file, once."""

import json
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict

from optimlint.facts.catalog import CallableKind, Given, KnownCallable, Optimizer


class _Entry(TypedDict):
    """One line of the file; its `about` says what the fields mean. What is not known is left out."""

    name: str
    aliases: NotRequired[str]
    kind: str
    params: NotRequired[str]
    position: NotRequired[int]
    source: str
    decay: NotRequired[float]
    has_decay: NotRequired[bool]
    keys: NotRequired[str]
    parameters: NotRequired[str]
    lr: NotRequired[float]
    takes: NotRequired[str]


_ENTRIES: list[_Entry] = json.loads(Path(__file__).with_name("optimizers_catalog.json").read_text("utf-8"))["entries"]
_BY_NAME = {name: entry for entry in _ENTRIES for name in (entry["name"], *entry.get("aliases", "").split())}


@cache
def optimizer(qualified_name: str) -> Optimizer | None:
    """The optimizer class of that import path."""
    entry = _BY_NAME.get(qualified_name)
    if entry is None or entry["kind"] != "optimizer":
        return None
    keys = entry.get("keys")
    return Optimizer(
        entry["name"],
        params_name=entry.get("params", "params"),
        params_position=entry.get("position", 0),
        default_decay=entry.get("decay"),
        group_keys=None if keys is None else frozenset(keys.split()),
        source=entry["source"],
        has_weight_decay=entry.get("has_decay"),
        parameters=tuple(entry.get("parameters", "").split()),
        default_lr=entry.get("lr"),
    )


@cache
def known_callable(qualified_name: str) -> KnownCallable | None:
    """What is known under that import path and is no optimizer class."""
    entry = _BY_NAME.get(qualified_name)
    if entry is None or entry["kind"] == "optimizer":
        return None
    return KnownCallable(
        entry["name"],
        kind=CallableKind(entry["kind"]),
        given=Given(entry.get("takes", Given.ANYTHING.value)),
        argument=entry.get("params"),
        position=entry.get("position"),
        source=entry["source"],
    )


@cache
def all_keys() -> frozenset[str]:
    """The group keys that at least one known optimizer reads."""
    return frozenset(key for entry in _ENTRIES for key in entry.get("keys", "").split())
