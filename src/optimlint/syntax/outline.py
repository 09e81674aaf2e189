"""A quick outline of a source with Python's own parser: where its functions are, and whether any of it needs to be
interpreted.

LibCST parses about one megabyte per second, Python's parser ten times as much, and in a long file few functions concern
parameters. So a source is first lowered with its function bodies replaced by `...`, and a body is lowered when the
interpreter asks for it (`parse`). This module produces no findings.
"""

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Flag, auto
from operator import itemgetter
from types import MappingProxyType

from optimlint.loop_marks import may_forget_return
from optimlint.model_marks import (
    may_hide_weights,
    may_keep_weights,
    may_leave_schedulers,
    may_switch_nothing,
    may_test_wrapped,
)
from optimlint.nesting import exhausts_python
from optimlint.syntax.prechecks.group_marks import lists_twice, makes_groups, tells_parameters_apart
from optimlint.syntax.prechecks.hidden_weights import hides_weights
from optimlint.syntax.prechecks.idle_schedulers import leaves_schedulers
from optimlint.syntax.prechecks.iterators import reads_iterator_twice
from optimlint.syntax.prechecks.kept_weights import keeps_weights
from optimlint.syntax.prechecks.python_tree import children, walk
from optimlint.syntax.prechecks.training import may_train_wrong
from optimlint.syntax.prechecks.wrapped_names import asks_wrapped
from optimlint.text import Lines
from optimlint.trigger import NO_MARK, Mark, has_suppression, marks_of, trains, uses_optimizer

_SHORTEST = 60
"""Shorter bodies, in characters, are lowered at once."""
_HEAD = re.compile(r"[ \t\f]*(?:async\s+)?def\s+")
_LEFT_OUT = "..."


@dataclass(frozen=True, slots=True)
class FunctionOutline:
    """A function as offsets in its source: the line of its first decorator, its name, the first statement of its body,
    and its end."""

    start: int
    name: int
    body: int
    end: int

    def moved(self, distance: int) -> "FunctionOutline":
        """The same function in a text that begins elsewhere."""
        return FunctionOutline(*(one + distance for one in (self.start, self.name, self.body, self.end)))


class Subject(Flag):
    """What the possible findings of a source are about. The interpreter reads only what these need."""

    GROUPS = auto()
    """Parameters, groups and optimizers."""
    TRAINING = auto()
    """The order of training operations."""
    CLASSES = auto()
    """How model classes keep their weights and layers."""


ANYTHING = Subject.GROUPS | Subject.TRAINING | Subject.CLASSES


@dataclass(frozen=True, slots=True)
class Outline:
    """A source, and its text without the bodies that are lowered on demand.

    `functions` maps the offset of each such function's name to its outline. `cuts` maps offsets of `skeleton` back to
    the source: from an offset on, this many characters are missing in total.
    """

    text: str
    skeleton: str
    functions: Mapping[int, FunctionOutline] = field(default_factory=lambda: MappingProxyType({}))
    cuts: tuple[tuple[int, int], ...] = ()
    subjects: Subject = ANYTHING

    def offset_in_source(self, offset: int) -> int:
        """The source offset of an offset of `skeleton`."""
        if not self.cuts:
            return offset
        place = bisect_right(self.cuts, offset, key=itemgetter(0))
        return offset + (self.cuts[place - 1][1] if place else 0)


def whole(text: str) -> Outline:
    """An outline without cuts: all of the source is lowered at once."""
    return Outline(text, text)


def outline_of(text: str) -> Outline | None:
    """The outline of a source; None if nothing in it can lead to a finding. A source is left whole if Python's parser
    rejects it, or if it has suppressions, since each comment must be seen."""
    encoded = _encoded(text)
    if has_suppression(encoded) or exhausts_python(text):
        return whole(text)
    try:
        with warnings.catch_warnings(action="ignore"):
            module = ast.parse(text)
        functions = _functions_of(module, Lines(text), text)
        subjects = _subjects(module, functions, text, encoded)
        return replace(_without_bodies(text, (at for _, at in functions)), subjects=subjects) if subjects else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return whole(text)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a module that form whole statements, as offsets, with the names that they bind or change and the
    functions in them. `is_star` marks a star import; `is_run` statements that do more than define and import."""

    start: int
    end: int
    names: frozenset[str]
    is_star: bool = False
    is_run: bool = False
    functions: tuple[FunctionOutline, ...] = ()

    def outline(self, text: str) -> Outline:
        """The outline of this part alone, given the text of its module."""
        functions = (one.moved(-self.start) for one in self.functions)
        return _without_bodies(text[self.start : self.end], functions)


def parts_of(text: str) -> tuple[Part, ...]:
    """The top-level statements of a module, so that those that bind a name can be lowered alone. Empty if Python's
    parser rejects the text."""
    try:
        if exhausts_python(text):
            return ()
        with warnings.catch_warnings(action="ignore"):
            module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    lines = Lines(text)
    found: list[Part] = []
    try:
        for node in module.body:
            part = _part(node, lines, text)
            if found and part.start < found[-1].end:  # Two statements on one line are read together.
                part = _joined(found.pop(), part)
            found.append(part)
    except ValueError:
        return ()
    return tuple(found)


def _part(node: ast.stmt, lines: Lines, text: str) -> Part:
    names, is_star = _bound_names(node)
    return Part(
        lines.line_start(_first_line(node)),
        lines.line_end(node.end_lineno or node.lineno),
        names,
        is_star,
        is_run=not isinstance(node, _DEFINITIONS),
        functions=tuple(at for _, at in _functions_of(node, lines, text)),
    )


def _joined(first: Part, second: Part) -> Part:
    return Part(
        first.start,
        second.end,
        first.names | second.names,
        first.is_star or second.is_star,
        first.is_run or second.is_run,
        first.functions + second.functions,
    )


def _bound_names(statement: ast.stmt) -> tuple[frozenset[str], bool]:
    """The names that a statement binds or changes outside function and class bodies, and whether it is a star
    import."""
    names: set[str] = set()
    is_star = False
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
                continue
            case ast.Import() | ast.ImportFrom():
                names.update(one.asname or one.name.split(".")[0] for one in node.names)
                is_star |= any(one.name == "*" for one in node.names)
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.Attribute(value=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name)):
                # A method call may mutate the object, and so may an assignment to an attribute or item.
                if isinstance(node.ctx, ast.Store) or isinstance(statement, ast.Expr):
                    names.add(name)
            case _:
                pass
        pending += children(node)
    return frozenset(names), is_star


_Function = tuple[ast.FunctionDef | ast.AsyncFunctionDef, FunctionOutline]


def _functions_of(root: ast.Module | ast.stmt, lines: Lines, text: str) -> list[_Function]:
    """The functions of a module or a statement and of its classes, in order. Nested functions are part of the enclosing
    one. Raises ValueError if the text of a function does not begin like one."""
    found: list[_Function] = []
    pending: list[ast.AST] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((node, _outline(node, lines, text)))
        elif not isinstance(node, ast.expr):
            pending += children(node)
    return sorted(found, key=lambda one: one[1].start)


def _outline(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: Lines, text: str) -> FunctionOutline:
    start = lines.line_start(_first_line(node))
    head = _HEAD.match(text, lines.line_start(node.lineno) + node.col_offset)
    if head is None:
        raise ValueError("a function that begins as none")
    body = lines.line_start(_first_line(node.body[0])) + node.body[0].col_offset
    return FunctionOutline(start, head.end(), body, lines.line_end(node.end_lineno or node.lineno))


def _first_line(node: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    decorators = getattr(node, "decorator_list", ())
    return decorators[0].lineno if decorators else node.lineno


def _subjects(module: ast.Module, functions: list[_Function], text: str, encoded: bytes) -> Subject:
    """What a finding in some function, or in the code outside functions, may be about; nothing if there can be none."""
    found = Subject(0)
    marks = _marks(module, functions, text, encoded)
    if trains(encoded) and (may_train_wrong(module, text) or Mark.ITERATOR in marks):
        found |= Subject.TRAINING  # An iterator may be exhausted when gradients are clipped.
    if marks != NO_MARK or _may_set_wrong(module, encoded):
        found |= Subject.GROUPS
    if may_keep_weights(encoded) and keeps_weights(module):
        found |= Subject.GROUPS | Subject.TRAINING
    if may_hide_weights(encoded) and hides_weights(module, _codes(functions, text)):
        found |= Subject.CLASSES
    return found


def _marks(module: ast.Module, functions: list[_Function], text: str, encoded: bytes) -> Mark:
    """The marks of all functions and of the code outside functions."""
    outside = _encoded("\n".join(_between(text, [at for _, at in functions])))
    marks = marks_of(outside, encoded)
    found = _sure(marks, _outside(module), module) if marks else marks
    for node, at in functions:
        own = marks_of(_encoded(text[at.start : at.end]), encoded)
        if undecided := _undecided(own, found):
            found |= _sure(undecided, walk(node), module)
    if Mark.GROUPS not in found and not uses_optimizer(encoded):
        found &= ~Mark.TESTS
    return found


def _undecided(marks: Mark, found: Mark) -> Mark:
    """The marks of a piece of code that may add something to those found in other pieces."""
    if Mark.GROUPS in found:
        marks &= ~(Mark.KEY | Mark.TWICE)
    if Mark.TESTS in found:
        marks &= ~Mark.NAME
    return marks & ~found


def _sure(marks: Mark, nodes: Sequence[ast.AST], module: ast.Module) -> Mark:
    """The marks of a piece of code, where its nodes do not refute them."""
    if Mark.ITERATOR in marks and not reads_iterator_twice(nodes, module):
        marks &= ~Mark.ITERATOR
    if (Mark.KEY in marks and makes_groups(nodes)) or (Mark.TWICE in marks and lists_twice(nodes)):
        marks |= Mark.GROUPS
    if Mark.NAME in marks and tells_parameters_apart(nodes):
        marks |= Mark.TESTS
    return marks & ~(Mark.KEY | Mark.TWICE | Mark.NAME)


def _may_set_wrong(module: ast.Module, encoded: bytes) -> bool:
    """Whether a finding may be about optimizers that are not returned, `requires_grad`, names of wrapped models, or
    schedulers."""
    return (
        may_forget_return(encoded)
        or may_switch_nothing(encoded)
        or (may_test_wrapped(encoded) and asks_wrapped(module))
        or (may_leave_schedulers(encoded) and leaves_schedulers(module))
    )


def _codes(functions: list[_Function], text: str) -> dict[ast.FunctionDef | ast.AsyncFunctionDef, str]:
    """The texts of functions."""
    return {node: text[at.start : at.end] for node, at in functions}


def _between(text: str, functions: list[FunctionOutline]) -> Iterator[str]:
    end = 0
    for function in functions:
        yield text[end : function.start]
        end = function.end
    yield text[end:]


def _outside(module: ast.Module) -> list[ast.AST]:
    """The nodes outside functions."""
    found: list[ast.AST] = []
    pending: list[ast.AST] = [module]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pending += [*node.decorator_list, node.args]
            continue
        found.append(node)
        pending += children(node)
    return found


def _without_bodies(text: str, functions: Iterable[FunctionOutline]) -> Outline:
    pieces: list[str] = []
    cuts: list[tuple[int, int]] = []
    left_out: dict[int, FunctionOutline] = {}
    written = missing = end = 0
    for at in functions:
        if not _is_apart(at, text):
            continue
        pieces += [text[end : at.body], _LEFT_OUT]
        written += at.body - end + len(_LEFT_OUT)
        missing += at.end - at.body - len(_LEFT_OUT)
        cuts.append((written, missing))
        left_out[at.name] = at
        end = at.end
    pieces.append(text[end:])
    return Outline(text, "".join(pieces), left_out, tuple(cuts))


def _is_apart(at: FunctionOutline, text: str) -> bool:
    """Whether the body is long enough to be cut and begins on a line of its own."""
    line_start = max(text.rfind("\n", 0, at.body), text.rfind("\r", 0, at.body)) + 1
    before = text[line_start : at.body]
    return at.end - at.body >= _SHORTEST and not before.strip(" \t") and text[at.body] not in " \t\f"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
