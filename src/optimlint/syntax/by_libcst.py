"""Text to nodes by LibCST, which reads newer syntax than the Python that runs it, and takes ten times as long."""

from collections.abc import Callable
from functools import partial

import libcst as cst

from optimlint.diagnostic import START
from optimlint.nesting import unsafe_nesting
from optimlint.syntax import tree
from optimlint.syntax.explain import explained
from optimlint.syntax.indentation import without_tabs
from optimlint.syntax.layout import CannotLower, Layout, Parsed
from optimlint.syntax.lower import Lowered, UnknownSyntax, lower
from optimlint.syntax.outline import FunctionOutline, Outline, whole
from optimlint.text import Unparseable


def parse_by_libcst(source: str, outline: Outline) -> Parsed | Unparseable:
    """The nodes of a source by itself."""
    layout = Layout(source)
    made = read_by_libcst(outline, layout, lambda: 0)
    return made if isinstance(made, Unparseable) else Parsed(made, layout)


def read_by_libcst(outline: Outline, layout: Layout, place: Callable[[], int]) -> tree.Module | Unparseable:
    """The nodes of a text; `place` tells, where there are any, at which offset of `layout` it begins."""
    lowered = _lower(outline.skeleton)
    return lowered if isinstance(lowered, Unparseable) else _module(*lowered, outline, layout, place())


def _module(lowered: Lowered, even: Outline, outline: Outline, layout: Layout, base: int) -> tree.Module:
    """The nodes of a text that begins at `base`, at their places, with what lowers the bodies of its functions."""
    _place(lowered, even, layout, lambda offset: base + outline.offset_in_source(offset))
    if outline.functions:
        for node in lowered.nodes:
            if isinstance(node, tree.FunctionDef) and node.name.start - base in outline.functions:
                at = outline.functions[node.name.start - base]
                node.lowering = partial(lower_body, outline.text, at, layout, base)
    return lowered.module


def lower_body(source: str, at: FunctionOutline, layout: Layout, base: int) -> tree.Suite:
    """The body of a function, from its text alone. Its lines are not dedented, which would change strings in them, but
    stand in a block as they did."""
    text = source[at.start : at.end]
    head = "if 1:\n" if text[:1] in (" ", "\t") else ""
    lowered = _lower(head + text)
    if isinstance(lowered, Unparseable):
        raise CannotLower(lowered.reason)
    _place(*lowered, layout, lambda offset: base + max(at.start, at.start - len(head) + offset))
    for node in tree.walk(lowered[0].module):
        if isinstance(node, tree.FunctionDef):
            return node.body
    raise CannotLower("a function that is none")


def _lower(text: str) -> tuple[Lowered, Outline] | Unparseable:
    """The nodes of a text, and the text that was parsed in its place, where LibCST refuses its white space."""
    if (unsafe := unsafe_nesting(text)) is not None:
        return unsafe
    even = whole(text)
    lowered = _parsed(text)
    if isinstance(lowered, Exception) and (without := without_tabs(text)) is not None:
        even, lowered = without, _parsed(without.skeleton)
    match lowered:
        case RecursionError():
            return Unparseable(START, "not parsed: nested too deeply")
        case UnknownSyntax():
            reason = f"could not be checked: this version does not know LibCST's `{lowered}`"
            return Unparseable(START, reason, is_own_fault=True)
        case Exception():
            return explained(lowered, text)
    return lowered, even


def _parsed(text: str) -> Lowered | Exception:
    try:
        return lower(cst.parse_module(text), text)
    except Exception as error:  # noqa: BLE001  LibCST raises several kinds (ValueError for null bytes, for one).
        return error


def _place(lowered: Lowered, even: Outline, layout: Layout, offset_in_source: Callable[[int], int]) -> None:
    """Move the nodes from where they stand in what the tree writes to where they stand in the source."""
    written = None if lowered.written is None else _align(lowered.written, even.skeleton)
    last = len(even.skeleton)

    def place(offset: int) -> int:
        if written is not None:
            offset = written[min(offset, len(written) - 1)]
        return offset_in_source(even.offset_in_source(min(offset, last)))

    for node in lowered.nodes:
        node.start, node.end = place(node.start), place(node.end)
    layout.has_trusted_positions &= lowered.written is None or written is not None
    layout.take_comments((node.start, node.end) for node in lowered.comments)


def _align(written: str, text: str) -> list[int] | None:
    """For each offset in `written` the one in `text`, where LibCST dropped white space only; None where it did more."""
    to_text: list[int] = []
    place = 0
    for character in written:
        while place < len(text) and text[place] != character and text[place] in "\f\r\n \t\x00\ufeff":
            place += 1
        if place == len(text) or text[place] != character:
            return None
        to_text.append(place)
        place += 1
    if text[place:].strip():
        return None
    return [*to_text, place]
