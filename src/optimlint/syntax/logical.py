"""Where statements begin. Uses Python's tokenizer, which also works on text that does not parse to its end."""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimlint.text import Lines
from optimlint.unread import Block

_LONE_RETURN = re.compile(r"\r(?!\n)")
_NO_CODE = frozenset(
    {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
)
_OPENS_WHOLE = frozenset({"class", "try"})
"""Keywords whose block is wrong without its end: a class would lack members, a `try` its `except`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A logical line and the statement that it begins: 1-based line, indentation, offset and first word. `begin` is the
    offset of its first decorator, or its own. `blocks` are the enclosing blocks, innermost first. `whole` is the
    outermost enclosing statement that must not be cut, if any."""

    line: int
    indent: str
    offset: int
    word: str
    begin: int
    blocks: tuple[Block, ...]
    whole: "Statement | None"


def statements(text: str) -> Iterator[Statement]:
    """The logical lines of `text`, up to the first tokenizer error."""
    if _LONE_RETURN.search(text):  # The tokenizer does not treat it as a line end.
        return
    lines = Lines(text)
    around: list[tuple[Block, Statement | None]] = []
    last: Statement | None = None
    is_start = True
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.INDENT:
                around.append(_opened(token.string, last))
            elif token.type == tokenize.DEDENT:
                around.pop()
            elif token.type == tokenize.NEWLINE:
                if last is not None:
                    yield last
                is_start = True
            elif is_start and token.type not in _NO_CODE:
                is_start = False
                offset = lines.line_start(token.start[0]) + token.start[1]
                blocks = tuple(block for block, _ in reversed(around))
                begin = last.begin if last is not None and last.word == "@" else offset
                whole = around[-1][1] if around else None
                indent = text[offset - token.start[1] : offset]
                last = Statement(token.start[0], indent, offset, token.string, begin, blocks, whole)
            elif last is not None and last.word == "async":
                last = replace(last, word=token.string)
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass
    if last is not None and not is_start:
        yield last


def _opened(indent: str, by: Statement | None) -> tuple[Block, Statement | None]:
    """The block that a statement opens, and the outermost enclosing statement that must not be cut."""
    if by is None:
        return Block(indent, False), None
    return Block(indent, by.word == "def"), by.whole or (by if by.word in _OPENS_WHOLE else None)
