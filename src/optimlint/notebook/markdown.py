"""Find the code blocks of Markdown, Quarto and MyST pages.

Executed pages are notebooks: their `{python}` or `{code-cell}` blocks run in order, and so do the Python blocks of a
page paired with a notebook by jupytext. In other pages the blocks are examples.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from optimlint.notebook.blocks import Block, Line, Role, blank, numbered, without_prompts

if TYPE_CHECKING:
    from markdown_it.token import Token

_EXECUTED = re.compile(r"\{(?P<language>[\w+-]+)[^}]*\}[ \t]*(?P<argument>[\w+-]*)")
_SHOWN = re.compile(r"\{code(?:-block)?\}[ \t]*(?P<directive>[\w+-]*)|\{?[ \t]*\.?(?P<plain>[\w+-]*)")
_PYTHON = re.compile(r"py(?:thon)?3?|ipython3?|pycon|doctest", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?P<content>.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_JUPYTEXT = re.compile(r"^[ \t]*jupytext:", re.MULTILINE)
_OPTION = re.compile(r":[\w-]+:|\s*$")
_CALL = re.compile(r"\w\(")


def blocks_of_markdown(text: str) -> tuple[Block, ...]:
    """The blocks of a page that may contain Python, in order. Needs markdown-it-py, which comes with rich."""
    from markdown_it import MarkdownIt  # Only pages that matter are worth the import.

    lines = numbered(text)
    front = _FRONT_MATTER.match(text.removeprefix("\ufeff"))
    first = front.group().count("\n") + 1 if front else 0
    tokens = [token for token in MarkdownIt("commonmark").parse(text) if token.map and token.map[0] >= first]
    is_paired = front is not None and _JUPYTEXT.search(front["content"]) is not None
    is_notebook = is_paired or any(_is_cell(token) for token in tokens)
    return tuple(block for token in tokens for block in _read(token, lines, is_notebook, is_paired))


def _is_cell(token: "Token") -> bool:
    """Whether the block is executed when the page is built."""
    match = _EXECUTED.match(token.info) if token.type == "fence" else None
    if match is None:
        return False
    if match["language"] in {"code-cell", "jupyter-execute"}:
        return not match["argument"] or _PYTHON.fullmatch(match["argument"]) is not None
    return match["language"] in {"python", "python3", "py"}


def _read(token: "Token", lines: Sequence[Line], is_notebook: bool, is_paired: bool) -> Iterator[Block]:
    """The blocks of a token that may contain Python."""
    if token.type == "inline" and not is_notebook:
        yield from _calls_in_prose(token, lines)
    elif token.type == "code_block":
        yield from _block(Role.MENTION if is_notebook else Role.UNNAMED, token, lines, is_fenced=False)
    elif token.type == "fence" and _is_cell(token):
        yield from _block(Role.CELL, token, lines)
    elif token.type == "fence" and (language := _language(token)) is not None:
        if is_paired and language:
            role = Role.CELL
        elif is_notebook:
            role = Role.MENTION
        else:
            role = Role.EXAMPLE if language else Role.UNNAMED
        yield from _block(role, token, lines)


def _language(token: "Token") -> str | None:
    """The language of a displayed block, "" if none is named; None if it is not Python."""
    match = _SHOWN.match(token.info.strip())
    language = (match["directive"] or match["plain"] or "") if match else ""
    return language if not language or _PYTHON.fullmatch(language) else None


def _block(role: Role, token: "Token", lines: Sequence[Line], *, is_fenced: bool = True) -> Iterator[Block]:
    """The block, each line split into the page's prefix and the code. If they cannot be separated, as when a tab is
    partly indentation, the names in it only count as used."""
    start = (token.map or [0])[0] + (1 if is_fenced else 0)
    content = token.content.split("\n")[:-1]
    taken = [_line(line, code) for line, code in zip(lines[start : start + len(content)], content, strict=False)]
    kept = [line for line in taken if line is not None]
    if not kept:
        return
    if role is Role.MENTION or len(kept) < len(content):
        yield Block(Role.MENTION, (Line(kept[0].number, kept[0].lead, token.content),))
        return
    kept = _without_options(kept) if role is Role.CELL else kept
    lead = next((line.lead for line in kept if line.code.strip()), "")
    prompted = without_prompts(kept)
    yield Block(role, tuple(kept), lead) if prompted is None else Block(role, prompted, None)


def _line(line: Line, code: str) -> Line | None:
    """The line of the page, split so that `code` is at its end; None if it is not."""
    written = line.code.rstrip("\r\n")
    if not written.endswith(code):
        return None
    at = len(written) - len(code)
    return Line(line.number, line.code[:at], line.code[at:])


def _without_options(lines: list[Line]) -> list[Line]:
    """The lines of a cell with MyST options at its top blanked: `:tags: [hide-input]`, or YAML between dashes."""
    top = 0
    if lines[0].code.rstrip() == "---":
        top = next((place for place, line in enumerate(lines) if place and line.code.rstrip() == "---"), 0) + 1
    while top < len(lines) and _OPTION.match(lines[top].code):
        top += 1
    return [*map(blank, lines[:top]), *lines[top:]]


def _calls_in_prose(token: "Token", lines: Sequence[Line]) -> Iterator[Block]:
    """Inline code with a call: ``Then write `AdamW(groups)` `` is a use of `groups`."""
    calls = [child.content for child in token.children or () if child.type == "code_inline"]
    calls = [call for call in calls if _CALL.search(call)]
    if calls and token.map:
        yield Block(Role.MENTION, (Line(lines[token.map[0]].number, "", " ".join(calls)),))
