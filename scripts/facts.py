"""Prints the facts about a file that rules read, each with its line.

    python scripts/facts.py FILE[:LINE]

With a line, only the facts at that line are printed, as mypy's `reveal_type` prints a type. The file is read as part of
its repository; a fact about another file begins with the name of that file.
"""

import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path

from optimlint.check import read_facts
from optimlint.diagnostic import Range
from optimlint.facts import FileFacts
from optimlint.options import Options
from optimlint.workspace.repositories import around

_LEFT_OUT = frozenset({"elsewhere", "comments", "comments_elsewhere"})
"""Fields that hold no facts about the code."""


def main(argument: str) -> int:
    """Print the facts. Returns 1 if the file cannot be read."""
    name, _, line = argument.rpartition(":")
    path = Path(name if name and line.isdigit() else argument).resolve()
    wanted = int(line) if name and line.isdigit() else None
    repository = around(str(path))
    found = read_facts(path.read_bytes(), Options(reads_all=True), path=str(path), repository=repository)
    if not isinstance(found, FileFacts):
        print(f"{path}: {found.reason}", file=sys.stderr)
        return 1
    for place, text in sorted(_facts(found), key=lambda fact: (_order(fact[0]), fact[1])):
        if wanted is None or (place is not None and not place.path and place.start.line <= wanted <= place.end.line):
            print(f"{_shown(place)}{text}")
    return 0


def _facts(found: FileFacts) -> Iterator[tuple[Range | None, str]]:
    """Each fact with its range, or None if it is about the whole file."""
    for field in fields(found):
        values = getattr(found, field.name)
        if field.name in _LEFT_OUT or not values:
            continue
        for value in values if isinstance(values, tuple | frozenset) else (values,):
            yield getattr(value, "range", None), f"{field.name}: {_text(value)}"


def _text(value: object) -> str:
    """A fact in one line, without ranges and empty fields."""
    match value:
        case Enum():
            return value.value if isinstance(value.value, str) else value.name.lower()
        case tuple() | frozenset():
            parts = [_text(one) for one in value if not isinstance(one, Range)]
            return f"[{', '.join(sorted(parts) if isinstance(value, frozenset) else parts)}]"
        case _ if is_dataclass(value) and not isinstance(value, type):
            told = (
                f"{field.name}={_text(getattr(value, field.name))}"
                for field in fields(value)
                if _tells(getattr(value, field.name))
            )
            return f"{type(value).__name__}({', '.join(told)})"
        case _:
            return repr(value)


def _tells(value: object) -> bool:
    return value not in (None, "", (), frozenset(), False) and not isinstance(value, Range)


def _order(place: Range | None) -> tuple[str, int, int]:
    return ("", 0, 0) if place is None else (place.path, place.start.line, place.start.column)


def _shown(place: Range | None) -> str:
    if place is None:
        return ""
    file = f"{Path(place.path).name}:" if place.path else ""
    return f"{file}{place.start.line}:{place.start.column}: "


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
