"""Stand-ins for code that cannot be parsed.

Unparsed code may do anything with the names in it. Its stand-in is a call of an unknown function with these names as
arguments. The names then count as used, and no rule reports them as unused.
"""

import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from optimlint.text import split_lines

_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")

_CHANGED = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*(?:\.\s*(?:append|extend|insert|update|add_param_group)\b|\[|[+|]=)")
"""Operations that may add to a name that holds a list of groups, a group or an optimizer."""

_MOST_CHANGES = 300
"""The most changes that a stand-in makes, because each is interpreted like other code."""

_PIECE = re.compile(
    r"\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*'"
    r"|(?P<comment>\#[^\r\n]*)|[^#\"'\r\n]+|.|\n",
    re.DOTALL,
)
"""A string, a comment, or code without either. An unterminated string is read as code."""

_CODE = re.compile(r"[^\r\n]")


def call_with(words: Iterable[str]) -> str:
    """A call of an unknown function with these names as arguments."""
    return f"get_ipython({', '.join(dict.fromkeys(word for word in words if not keyword.iskeyword(word)))})"


@dataclass(frozen=True, slots=True)
class Block:
    """An open block: its indentation, and whether it is a function body."""

    indent: str
    is_body: bool


def stand_in(text: str, blocks: Sequence[Block] = ()) -> str:
    """A stand-in for `text`, which runs from the start of a statement to the end of its source.

    It uses the names in `text`, adds unknown elements to those that `text` adds to, and freezes what `text` may freeze.
    Comments keep their lines and columns, since they may be suppressions, and a comment after code stays after code.
    `blocks` are the blocks that are open where `text` begins, innermost first; their functions return unknown values.
    """
    use = call_with(_WORD.findall(text))
    changes = "".join(f"; {change}" for change in islice(_changes(text), _MOST_CHANGES))
    old = split_lines(text)
    first, *others = split_lines(_without_code(text))
    # All of it is put in one pair of brackets, inside which indentation is free.
    lines = ["(", first[1:], *map(_behind_code, others, old[1:])]
    end = "" if old[-1].endswith(("\n", "\r")) else "\n"
    below = "".join(_line(block, use, changes) for block in blocks)
    return f"{''.join(lines)}{end}{use}){changes}\n{below}{use}{changes}\n"


def _line(block: Block, use: str, changes: str) -> str:
    """A line in a block that uses and changes the names."""
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
    """The text with everything but comments and line ends replaced by spaces."""
    return "".join(match[0] if match["comment"] else _CODE.sub(" ", match[0]) for match in _PIECE.finditer(text))


def _behind_code(line: str, old: str) -> str:
    """A line whose comment follows a tuple item, if it followed code; without the comment if there is no room."""
    place = line.find("#")
    if place < 0 or not old[:place].strip():
        return line
    return f"{'0,'.ljust(place)}{line[place:]}" if place > 1 else _CODE.sub(" ", line)
