"""Framework hooks that do not return what they should."""

from dataclasses import dataclass

from optimlint.diagnostic import Edit, Range


@dataclass(frozen=True, slots=True)
class Unreturned:
    """A hook that creates optimizers for a framework but returns nothing. `range` is its name, `owner` its class, and
    `optimizers` are the constructions. `returning` is an edit that returns the last optimizer, None if there is no
    simple one."""

    range: Range
    name: str
    owner: str
    optimizers: tuple[Range, ...]
    returning: Edit | None = None
