"""Text to nodes with the offsets at which they stand; what cannot be parsed safely is said, not tried.

Python's own trees become nodes where they tell enough (`python_statements`): its parser is ten times as fast as
LibCST's, and here already, while to load LibCST takes longer than to read a script. LibCST reads the rest: what only a
newer Python knows, `match`, type parameters, and what is no Python.
"""

import ast
import warnings
from collections.abc import Callable, Sequence
from functools import partial

from optimlint.diagnostic import START
from optimlint.nesting import exhausts_python, unsafe_nesting
from optimlint.syntax import tree
from optimlint.syntax.layout import Layout, Parsed
from optimlint.syntax.outline import FunctionOutline, Outline, whole
from optimlint.syntax.python_statements import Function, Statements
from optimlint.syntax.tokens import CannotConvert, Tokens
from optimlint.text import Lines, Unparseable

_TELLS_TOO_LITTLE = (CannotConvert, LookupError)
"""What is raised where Python's tree does not fit to the tokens of the text."""


def parse(source: str, outline: Outline | None = None) -> Parsed | Unparseable:
    """The nodes of `source`, of which functions may lower their bodies later; a value that says where and why there are
    none. Raises for nothing; but a body that is asked for may raise CannotLower or RecursionError."""
    layout = Layout(source)
    made = _read(outline or whole(source), layout, lambda: 0)
    return made if isinstance(made, Unparseable) else Parsed(made, layout)


def parse_beside(layout: Layout, path: str, source: str, outline: Outline) -> tree.Module | Unparseable:
    """The nodes of another file, whose text joins those of `layout`; as `parse` otherwise."""
    return _read(outline, layout, lambda: layout.add(path, source))


def _read(outline: Outline, layout: Layout, place: Callable[[], int]) -> tree.Module | Unparseable:
    if (unsafe := unsafe_nesting(outline.skeleton)) is not None:
        return unsafe
    module = outline.module or _parsed(outline.skeleton)
    if module is not None:
        base = place()
        try:
            return _converted(outline, module, layout, base)
        except _TELLS_TOO_LITTLE:
            place = partial(int, base)
        except RecursionError:
            return Unparseable(START, "not parsed: nested too deeply")
    from optimlint.syntax.by_libcst import read_by_libcst  # libcst loads here, with the first source that needs it

    return read_by_libcst(outline, layout, place)


def _parsed(text: str) -> ast.Module | None:
    """Python's own tree; None where Python does not read the text."""
    if exhausts_python(text):
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _converted(outline: Outline, module: ast.Module, layout: Layout, base: int) -> tree.Module:
    if outline.module is None and outline.skeleton is not outline.text:  # What can be read of a broken text.
        text, starts, pieces = outline.skeleton, Lines(outline.skeleton).starts, [(0, len(outline.skeleton))]
    else:
        text, starts = layout.source, layout.line_starts(base)
        pieces = [(base + start, base + end) for start, end in outline.pieces]

    def apart(name: int, node: Function) -> partial[tree.Suite] | None:
        at = outline.functions.get(name - base)
        return None if at is None else partial(_body, outline.text, at, node, layout, base, starts)

    tokens = Tokens(text, pieces)
    made = Statements(text, starts, tokens, apart).module(module)
    layout.take_comments(tokens.comments)
    return made


def _body(
    source: str, at: FunctionOutline, node: Function, layout: Layout, base: int, starts: Sequence[int]
) -> tree.Suite:
    """The body of a function, from Python's tree of it."""
    text = source[at.start : at.end]
    is_safe = unsafe_nesting(f"if 1:\n{text}" if text[:1] in (" ", "\t") else text) is None
    if is_safe:
        try:
            tokens = Tokens(layout.source, [(base + at.body, base + at.end)])
            body = Statements(layout.source, starts, tokens, lambda *_: None).block(node.body)
            layout.take_comments(tokens.comments)
            return body
        except _TELLS_TOO_LITTLE:
            pass
    from optimlint.syntax.by_libcst import lower_body  # libcst loads here, with the first body that needs it

    return lower_body(source, at, layout, base)
