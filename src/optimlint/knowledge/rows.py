"""A row of the table in `calls`; `summaries` explains its texts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the table, as written.

    `match` is a qualified name (`itertools.chain`, `builtins.print`, a method such as `torch.nn.Module.to`) or, after
    `*.`, a shell pattern for the last part of any name (`*.prepare`). `model` names the function that computes the
    result if it depends on what the values hold. `example` is a call with names as arguments, for tests and readers.
    """

    match: str
    returns: str = ""
    reads: str = ""
    shows: str = ""
    escapes: str = ""
    model: str = ""
    example: str = ""
