"""What the hooks of frameworks give back."""

from dataclasses import dataclass

from optimlint.diagnostic import Edit, Range


@dataclass(frozen=True, slots=True)
class Unreturned:
    """A hook that makes optimizers for a framework and returns nothing. `range` is its name, `owner` the class,
    `optimizers` are where they are made; `returning` is what returns the last one of them, where that is plain."""

    range: Range
    name: str
    owner: str
    optimizers: tuple[Range, ...]
    returning: Edit | None = None
