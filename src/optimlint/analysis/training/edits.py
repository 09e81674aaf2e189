"""Edits that insert or remove statements of a training loop."""

from optimlint.diagnostic import Edit, Position
from optimlint.facts.training import Statement


def insert_before(statement: Statement, line: str) -> Edit:
    """Insert a line above a statement."""
    start = statement.range.start
    return Edit(statement.range.part(start, start), f"{line}\n{statement.indentation}")


def insert_behind(statement: Statement, line: str) -> Edit:
    """Insert a line below a statement."""
    return Edit(statement.line_end, f"\n{statement.indentation}{line}")


def removal(statement: Statement) -> Edit:
    """Remove a statement with its lines."""
    first, last = statement.range.start.line, statement.line_end.start.line
    return Edit(statement.range.part(Position(first, 1), Position(last + 1, 1)), "")
