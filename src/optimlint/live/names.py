"""Abbreviate lists of parameter names: `bert.encoder.layer.*.weight` for hundreds."""

import re
from collections.abc import Callable, Iterable

_MOST = 6
"""The most patterns that are shown."""
_NUMBER = re.compile(r"(?<![^.])\d+(?![^.])")


def patterns(names: Iterable[str], most: int = _MOST) -> tuple[tuple[str, int], ...]:
    """Patterns for the names, each with the number of names that it matches, in the order of the names. They are as
    specific as possible with at most `most` patterns; if even the most general ones are more, all of these are
    returned."""
    listed = list(names)
    if len(listed) <= most:
        return tuple((name, 1) for name in listed)
    counted: dict[str, int] = {}
    for shorten in _SHORTENINGS:
        counted = {}
        for name in listed:
            counted[shorten(name)] = counted.get(shorten(name), 0) + 1
        if len(counted) <= most:
            break
    return tuple(counted.items())


def listed(names: Iterable[str], most: int = _MOST) -> str:
    """The patterns as an enumeration: `encoder.layer.*.weight (72), head.weight`."""
    found = patterns(names, most)
    shown = [f"{pattern} ({count:,})" if count > 1 else pattern for pattern, count in found[:most]]
    rest = sum(count for _, count in found[most:])
    return ", ".join([*shown, f"and {rest:,} more"] if rest else shown)


def _numbers(name: str) -> str:
    return _NUMBER.sub("*", name)


def _ends(name: str) -> str:
    """The name up to the first number, and its last part."""
    parts = _numbers(name).split(".")
    head = parts[: parts.index("*")] if "*" in parts else parts[:-1]
    return ".".join([*head, "*", parts[-1]]) if len(parts) > len(head) + 1 else ".".join(parts)


def _heads(depth: int) -> Callable[[str], str]:
    def shorten(name: str) -> str:
        parts = name.split(".")
        return ".".join([*parts[:depth], "*", parts[-1]]) if len(parts) > depth + 1 else name

    return shorten


_SHORTENINGS: tuple[Callable[[str], str], ...] = (_numbers, _ends, _heads(2), _heads(1), _heads(0))
