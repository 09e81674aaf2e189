"""Find the code blocks of reStructuredText pages, as Sphinx and its extensions read them."""

import re
from collections.abc import Iterator, Sequence

from optimlint.notebook.blocks import Block, Line, Role, blank, numbered, without_prompts

_DIRECTIVE = re.compile(
    r"(?P<indent>[ \t]*)(?:[-*+]|#\.|\d+\.)?[ \t]*\.\.[ \t]+(?:(?P<shown>code-block|code|sourcecode|highlight)"
    r"|(?P<example>ipython|testcode|testsetup|testcleanup|doctest|plot)|(?P<cell>jupyter-execute)|[\w:.+-]+)"
    r"::[ \t]*(?P<argument>\S*)"
)
_PYTHON = re.compile(r"|py(?:thon)?3?|ipython3?|pycon3?|default", re.IGNORECASE)
_OPTION = re.compile(r"[ \t]*:[\w-]+:(?![`\w])")
_LITERAL = re.compile(r"(?P<indent>[ \t]*)(?!\.\.[ \t]).*::[ \t]*$")
_PROMPTED = re.compile(r"(?P<indent>[ \t]*)>>> ")
_CALLS = re.compile(r"``([^`]*\w\([^`]*)``")


def blocks_of_restructured(text: str) -> tuple[Block, ...]:
    """The blocks of a page that may contain Python, in order."""
    return tuple(_Reader(numbered(text)).read())


class _Reader:
    """Reads a page line by line; `_place` is the next line, `_default` the language of blocks that name none."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._place = 0
        self._default = ""

    def read(self) -> Iterator[Block]:
        """The blocks, in order."""
        while self._place < len(self._lines):
            line = self._lines[self._place]
            self._place += 1
            if directive := _DIRECTIVE.match(line.code):
                yield from self._directive(directive)
            elif (literal := _LITERAL.match(line.code.rstrip("\r\n"))) is not None:
                yield from _shown(Role.UNNAMED, self._body(len(literal["indent"])))
            elif _PROMPTED.match(line.code):
                yield from _shown(Role.EXAMPLE, self._session(line))
            else:
                yield from _calls_in_prose(line)

    def _directive(self, directive: re.Match[str]) -> Iterator[Block]:
        """What a directive holds; the content of one that is not about code is read like the rest of the page."""
        if directive["shown"] == "highlight":
            self._default = directive["argument"]
        elif directive["shown"]:
            body = self._body(len(directive["indent"]), has_options=True)
            yield from _shown(Role.EXAMPLE, body) if self._is_python(directive["argument"]) else ()
        elif directive["example"]:
            yield from _shown(Role.EXAMPLE, self._body(len(directive["indent"]), has_options=True))
        elif directive["cell"]:
            yield from _shown(Role.CELL, self._body(len(directive["indent"]), has_options=True))

    def _is_python(self, language: str) -> bool:
        return _PYTHON.fullmatch(language or self._default) is not None

    def _body(self, indent: int, *, has_options: bool = False) -> list[Line]:
        """The lines that are further in than `indent`, and the blank ones between them."""
        body: list[Line] = []
        while self._place < len(self._lines):
            line = self._lines[self._place]
            if line.code.strip() and _indent(line) <= indent:
                break
            body.append(line)
            self._place += 1
        while body and not body[-1].code.strip():
            body.pop()
        options = 0
        while has_options and options < len(body) and _OPTION.match(body[options].code):
            options += 1
        return body[options:]

    def _session(self, first: Line) -> list[Line]:
        """An interactive session, which ends at a blank line."""
        session = [first]
        while self._place < len(self._lines) and self._lines[self._place].code.strip():
            session.append(self._lines[self._place])
            self._place += 1
        return session


def _indent(line: Line) -> int:
    return len(line.code) - len(line.code.lstrip(" \t"))


def _shown(role: Role, body: Sequence[Line]) -> Iterator[Block]:
    """The block without its common indentation."""
    indents = [_indent(line) for line in body if line.code.strip()]
    if not indents:
        return
    width = min(indents)
    lines = [
        Line(line.number, line.code[:width], line.code[width:]) if line.code.strip() else blank(line) for line in body
    ]
    lead = next(line.lead for line in lines if line.code.strip())
    prompted = without_prompts(lines)
    yield Block(role, tuple(lines), lead) if prompted is None else Block(role, prompted, None)


def _calls_in_prose(line: Line) -> Iterator[Block]:
    """Inline code with a call uses the names in it."""
    if calls := _CALLS.findall(line.code):
        yield Block(Role.MENTION, (Line(line.number, "", " ".join(calls)),))
