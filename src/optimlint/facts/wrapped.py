"""Tests of parameter names that ignore the prefix of a wrapped model."""

from dataclasses import dataclass

from optimlint.diagnostic import Range


@dataclass(frozen=True, slots=True)
class WrappedTest:
    """A test whether full names begin with `texts`, although `model` is wrapped and its names begin with `prefix`.
    `wrapped` is the place of the wrapping. `bare` is a name for the model without the wrapper, "" if there is none,
    which can replace the code at `receiver`."""

    range: Range
    test: str
    texts: tuple[str, ...]
    prefix: str
    model: str
    wrapped: Range
    receiver: Range
    bare: str = ""
