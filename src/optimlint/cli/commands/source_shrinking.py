"""Shrink and anonymize a source that makes optimlint fail, for a report without private code."""

import builtins
import io
import keyword
import re
import time
import tokenize
from collections.abc import Callable

from optimlint.knowledge.optimizer_words import says_optimizer
from optimlint.text import split_lines

Test = Callable[[str], bool]
"""Whether a text still fails in the same way."""

_TELLING = re.compile(r"bias|norm|gamma|beta|weight|param|decay|^lr$|module|requires_grad", re.IGNORECASE)
"""Words that rules look for and that reveal nothing about the code's origin. Without them most failures disappear."""

_PUBLIC = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "self", "cls", "torch", "nn", "append", "items"}
)


def shrink(text: str, still_breaks: Test, seconds: float) -> str:
    """Remove as many lines as possible while the text still fails, within about `seconds`."""
    deadline = time.monotonic() + seconds
    lines = split_lines(text)
    size = max(1, len(lines) // 2)
    while True:
        start, has_shrunk = 0, False
        while start < len(lines) and time.monotonic() < deadline:
            fewer = lines[:start] + lines[start + size :]
            if fewer and still_breaks("".join(fewer)):
                lines, has_shrunk = fewer, True
            else:
                start += size
        if time.monotonic() >= deadline or (size == 1 and not has_shrunk):
            return "".join(lines)
        size = max(1, size // 2)


def anonymous(text: str) -> str | None:
    """The text with names replaced by `a1`, `a2`, …, strings by `"s1"`, …, and comments removed. Words that rules look
    for stay. None if the text cannot be tokenized."""
    names: dict[str, str] = {}
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    replaced = []
    for token in tokens:
        match token.type:
            case tokenize.NAME:
                replaced.append((token, _name(token.string, names)))
            case tokenize.STRING:
                replaced.append((token, _string(token.string, names)))
            case tokenize.COMMENT:
                replaced.append((token, ""))
            case _:
                continue
    return _spliced(text, replaced)


def _name(name: str, names: dict[str, str]) -> str:
    if name in _PUBLIC or _is_telling(name):
        return name
    return names.setdefault(name, f"a{len(names) + 1}")


def _is_telling(name: str) -> bool:
    return says_optimizer(name) or _TELLING.search(name) is not None


def _string(code: str, names: dict[str, str]) -> str:
    """A string that is one telling word stays; any other is replaced like a name."""
    text = code.strip("\"'")
    if text and re.fullmatch(r"[\w.]+", text) and _is_telling(text):
        return code
    return f'"{_name(text, names)}"' if text else '""'


def _spliced(text: str, replaced: list[tuple[tokenize.TokenInfo, str]]) -> str:
    lines = split_lines(text)
    for token, new in reversed(replaced):
        (first, start), (last, end) = token.start, token.end
        lines[first - 1 : last] = [lines[first - 1][:start] + new + lines[last - 1][end:]]
    return "".join(lines)
