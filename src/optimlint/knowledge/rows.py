"""A row of the table `calls`; `summaries` says what its texts mean."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the table, as it is written.

    `match` is a qualified name (`itertools.chain`, `builtins.print`, a method of a class, as `torch.nn.Module.to`) or,
    behind `*.`, a shell pattern for the last part of any name (`*.prepare`). `model` names the code that answers where
    the result depends on what the values hold. `example` is a call whose arguments are names, for the tests and the
    reader.
    """

    match: str
    returns: str = ""
    reads: str = ""
    shows: str = ""
    escapes: str = ""
    model: str = ""
    example: str = ""
