"""Code that stands in the place of code that cannot be read.

What cannot be read may do anything with the names in it. So a call of a function of which nothing is known is given
these names: then they count as used, and no rule calls them unused.
"""

import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from optimlint.text import split_lines

_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")

_CHANGED = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*(?:\.\s*(?:append|extend|insert|update|add_param_group)\b|\[|[+|]=)")
"""What is done to a name that may hold a list of groups, a group or an optimizer, so that it holds more then."""

_MOST_CHANGES = 300
"""Changes that a stand-in makes at most: each is read as any other code is."""

_PIECE = re.compile(
    r"\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*'"
    r"|(?P<comment>\#[^\r\n]*)|[^#\"'\r\n]+|.|\n",
    re.DOTALL,
)
"""A string, a comment, or code in which neither begins. A string that never ends is read as code."""

_CODE = re.compile(r"[^\r\n]")


def call_with(words: Iterable[str]) -> str:
    """A call of which nobody knows what it does with these names."""
    return f"get_ipython({', '.join(dict.fromkeys(word for word in words if not keyword.iskeyword(word)))})"


@dataclass(frozen=True, slots=True)
class Block:
    """A block that is open: the white space before its lines, and whether it is the body of a function."""

    indent: str
    is_body: bool


def stand_in(text: str, blocks: Sequence[Block] = ()) -> str:
    """A stand-in for `text`, which begins with a statement and goes to the end of its source.

    It uses the names in `text`, adds what nobody knows to those to which `text` adds something, and freezes what it may
    freeze. It keeps the comments at their lines and columns, since these may be suppressions; a comment behind code
    stays behind code. `blocks` are those that are open where `text` begins, the innermost first. Of what their
    functions return nothing is known.
    """
    use = call_with(_WORD.findall(text))
    changes = "".join(f"; {change}" for change in islice(_changes(text), _MOST_CHANGES))
    old = split_lines(text)
    first, *others = split_lines(_without_code(text))
    # One pair of brackets around all of it: lines in brackets may be indented in any way.
    lines = ["(", first[1:], *map(_behind_code, others, old[1:])]
    end = "" if old[-1].endswith(("\n", "\r")) else "\n"
    below = "".join(_line(block, use, changes) for block in blocks)
    return f"{''.join(lines)}{end}{use}){changes}\n{below}{use}{changes}\n"


def _line(block: Block, use: str, changes: str) -> str:
    """A line of a block that does what may be done to the names."""
    return f"{block.indent}{use}{changes}{f'; return {use}' if block.is_body else ''}\n"


def _changes(text: str) -> Iterator[str]:
    for name in dict.fromkeys(_CHANGED.findall(text)):
        if not keyword.iskeyword(name):
            yield f"{name}.extend({call_with([])})"
            yield f"{name}.add_param_group({call_with([])})"
    if "requires_grad" in text:
        for name in dict.fromkeys(_WORD.findall(text)):
            if not keyword.iskeyword(name):
                yield f"{name}.requires_grad_(False)"


def _without_code(text: str) -> str:
    """The text with blanks in place of all that is neither a comment nor a line end."""
    return "".join(match[0] if match["comment"] else _CODE.sub(" ", match[0]) for match in _PIECE.finditer(text))


def _behind_code(line: str, old: str) -> str:
    """A line with its comment behind an item of a tuple, if it was behind code; without it where there is no room."""
    place = line.find("#")
    if place < 0 or not old[:place].strip():
        return line
    return f"{'0,'.ljust(place)}{line[place:]}" if place > 1 else _CODE.sub(" ", line)
