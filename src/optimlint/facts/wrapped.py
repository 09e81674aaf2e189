"""Tests of parameters' names that overlook what a wrapper puts in front of them."""

from dataclasses import dataclass

from optimlint.diagnostic import Range


@dataclass(frozen=True, slots=True)
class WrappedTest:
    """A test that compares how full names begin with `texts`, where `model` is wrapped and its names begin with
    `prefix`. `wrapped` is where it is wrapped; `bare` is a name that means the model without the wrapper, "" where
    there is none, and `receiver` what it takes the place of."""

    range: Range
    test: str
    texts: tuple[str, ...]
    prefix: str
    model: str
    wrapped: Range
    receiver: Range
    bare: str = ""
