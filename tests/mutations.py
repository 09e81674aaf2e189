"""Files made from other files: cut, joined, indented, encoded differently, with tokens replaced or lines moved.

All randomness comes from a `Random` argument, so that a file can be reproduced.
"""

import ast
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from fixtures_support import FIXTURES

TOKEN = re.compile(r"\w+|[^\S\n]+|\n|'[^'\n]*'|\"[^\"\n]*\"|.", re.DOTALL)
_DRESSED = (
    "model", "params", "n", "groups", "no_decay", "optimizer", "named", "self", "AdamW", "torch", "append",
    "parameters", "named_parameters", "weight_decay", "requires_grad", "bias", "any", "param_groups", "p", "step",
)  # fmt: skip
_HEAD = "import torch\nfrom torch.optim import AdamW, SGD\n# optimlint:\n"


def mutate(text: str, random: Random, times: int = 3) -> str:
    """The text after some mutations of its lines and tokens."""
    for _ in range(random.randint(1, times)):
        text = random.choice(TEXT_MUTATIONS)(text, random)
    return text


def encoded(text: str, random: Random) -> bytes:
    """The text in some encoding, with a correct, a wrong or no coding cookie."""
    return random.choice(ENCODINGS)(text)


def as_notebook(text: str, random: Random) -> str:
    """The text as a notebook, cut into cells at some of its lines, with magics in between."""
    cells: list[dict[str, object]] = []
    lines = text.splitlines(keepends=True)
    while lines:
        size = random.randint(1, 12)
        source, lines = lines[:size], lines[size:]
        if random.random() < 0.2:
            source = [random.choice(["%%time\n", "!pip install torch\n", "%matplotlib inline\n", "x?\n"]), *source]
        kind = random.choice(["code"] * 9 + ["markdown"])
        cells.append(
            {"cell_type": kind, "metadata": {}, "source": source if random.random() < 0.5 else "".join(source)}
        )
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=random.choice([None, 1]), ensure_ascii=random.random() < 0.5)


def as_markdown(text: str, random: Random) -> str:
    """The text as the code blocks of a page."""
    lead = random.choice(["", "", "> ", "   "])
    info = random.choice(["python", "py", "{code-cell}", "{python}", "pycon", ""])
    blocks = random.choice([[text], re.split(r"\n(?=\S)", text)])
    page = "\n\nSome words.\n\n".join(f"```{info}\n{block}\n```" for block in blocks)
    return "".join(lead + line for line in page.splitlines(keepends=True))


def as_restructured(text: str, _random: Random) -> str:
    """The text as a code block of a reStructuredText page."""
    return "Some words::\n\n" + "".join(f"    {line}" for line in text.splitlines(keepends=True)) + "\n\nMore.\n"


def as_script_of_cells(text: str, random: Random) -> str:
    """The text as a script with cell markers and some cells of magics."""
    lines = text.splitlines(keepends=True)
    for _ in range(random.randint(1, 4)):
        lines.insert(
            random.randint(0, len(lines)), random.choice(["# %%\n", "# %%\n%matplotlib inline\n", "# In[3]:\n"])
        )
    return "".join(lines)


def dressed(text: str) -> str:
    """Generated Python with names from training code in place of `name_0` and so on, so that it is interpreted."""
    return _HEAD + re.sub(r"\bname_(\d+)\b", lambda match: _DRESSED[int(match[1]) % len(_DRESSED)], text)


@cache
def seeds() -> tuple[str, ...]:
    """The fixtures, cut into small programs: each statement with the imports and assignments above it."""
    return tuple(
        part for path in sorted(FIXTURES.rglob("*.py")) if not path.stem.endswith(".fixed") for part in _parts(path)
    )


def _parts(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return [text]
    shared = [node for node in body if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    if len(shared) > len(body) / 2:
        return [text]
    lines = text.splitlines(keepends=True)
    apart = [node for node in body if node not in shared]
    return ["".join(_code(lines, one) for one in body if one in shared or one is kept) for kept in apart]


def _code(lines: list[str], node: ast.stmt) -> str:
    start = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return "".join(lines[start - 1 : node.end_lineno])


def _cut(text: str, random: Random) -> str:
    start = random.randint(0, len(text))
    return random.choice([text[:start], text[start:], text[:start] + text[start + random.randint(1, 30) :]])


def _join(text: str, random: Random) -> str:
    other = random.choice(seeds())
    return random.choice([text + other, other + "\n" + text, _spliced(text, other, random)])


def _spliced(text: str, other: str, random: Random) -> str:
    lines, others = text.splitlines(keepends=True), other.splitlines(keepends=True)
    start = random.randint(0, len(others))
    place = random.randint(0, len(lines))
    return "".join([*lines[:place], *others[start : start + random.randint(1, 6)], *lines[place:]])


def _indent(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    start = random.randint(0, len(lines))
    end = random.choice([len(lines), min(len(lines), start + random.randint(1, 8))])
    lead = random.choice(["    ", "\t", " ", "  \t"])
    head = random.choice(
        ["", "if x:\n", "def f(model):\n", "class A:\n", "while True:\n", "for epoch in epochs:\n", "try:\n"]
    )
    return "".join([*lines[:start], head, *(lead + line for line in lines[start:end]), *lines[end:]])


def _dedent(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    start = random.randint(0, len(lines))
    return "".join([*lines[:start], *(line.removeprefix("    ") for line in lines[start:])])


def _swap_tokens(text: str, random: Random) -> str:
    tokens = TOKEN.findall(text)
    places = [place for place, token in enumerate(tokens) if token.strip()]
    if len(places) > 1:
        one, other = random.sample(places, 2)
        tokens[one], tokens[other] = tokens[other], tokens[one]
    return "".join(tokens)


def _replace_token(text: str, random: Random) -> str:
    """Replace a token by another of its kind, which keeps most programs valid."""
    tokens = TOKEN.findall(text)
    words = [place for place, token in enumerate(tokens) if token[:1].isalpha() or token[:1] in "'\""]
    if words:
        place = random.choice(words)
        kind = [tokens[other] for other in words if (tokens[other][0] in "'\"") == (tokens[place][0] in "'\"")]
        tokens[place] = random.choice(kind)
    return "".join(tokens)


def _drop_token(text: str, random: Random) -> str:
    tokens = TOKEN.findall(text)
    if tokens:
        del tokens[random.randrange(len(tokens))]
    return "".join(tokens)


def _insert(text: str, random: Random) -> str:
    place = random.randint(0, len(text))
    return text[:place] + random.choice(FRAGMENTS) + text[place:]


def _move_line(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        line = lines.pop(random.randrange(len(lines)))
        lines.insert(random.randint(0, len(lines)), line)
    return "".join(lines)


def _drop_line(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[random.randrange(len(lines))]
    return "".join(lines)


def _double_line(text: str, random: Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        place = random.randrange(len(lines))
        lines.insert(place, lines[place])
    return "".join(lines)


def _on_one_line(text: str, random: Random) -> str:
    """Join two lines, or split one."""
    ends = [match.start() for match in re.finditer("\n", text)]
    if not ends:
        return text
    place = random.choice(ends)
    return text[:place] + random.choice(["; ", " ", " \\\n", ""]) + text[place + 1 :].lstrip(" ")


def _with_odd_ends(text: str, random: Random) -> str:
    return text.replace("\n", random.choice(["\r\n", "\r", "\n\f", "\n\n", " \n", "  # optimlint: ignore\n"]))


FRAGMENTS = (
    "(", ")", "[", "]", "{", "}", ":", ",", "=", "+=", ":=", "*", "**", "@", "\\", "\\\n", "'", '"', '"""', "#", ";",
    ".", "\n", "\n    ", "\t", "\r", "\f", "\0", "\ufeff", "\u2028", "é", "\U0001f600", "$", "`", "!", "%", "?",
    "...", "->", " if x else y", " for n, p in named", " and ", " or ", "not ", "lambda p: ", "await ", "async ",
    "yield ", "return ", "del groups\n", "global groups\n", "pass\n", "break\n", "raise\n", "print ", "exec ",
    "type X = int\n", "[T: int = str]", "match x:\n    case 1: pass\n", "*rest", "None", "0.0", "1e999", "0777",
    "0x", "model.parameters()", "list(", "groups", "AdamW(model.parameters())", "groups.append(", '{"params": p}',
    "weight_decay=0.0", "any(nd in n for nd in no_decay)", "# optimlint: ignore[OPT001]", "# noqa", "# noqa: OPT001",
    "# optimlint: ignore-file\n", "from x import *\n",
)  # fmt: skip

TEXT_MUTATIONS: tuple[Callable[[str, Random], str], ...] = (
    _cut, _join, _indent, _dedent, _swap_tokens, _replace_token, _replace_token, _drop_token, _insert, _move_line,
    _drop_line, _double_line, _on_one_line, _with_odd_ends,
)  # fmt: skip

SHAPES: dict[str, Callable[[str, Random], str]] = {
    "train.py": lambda text, random: text,
    "cells.py": as_script_of_cells,
    "train.ipynb": as_notebook,
    "page.md": as_markdown,
    "page.qmd": as_markdown,
    "page.rst": as_restructured,
}
"""The file formats that a program can be put in, by a path of that format."""

ENCODINGS: tuple[Callable[[str], bytes], ...] = (
    lambda text: text.encode("utf-8", "surrogatepass"),
    lambda text: b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass"),
    lambda text: b"# coding: latin-1\n" + text.encode("latin-1", "replace"),
    lambda text: b"# coding: latin-1\n# \xe4\n" + text.encode("utf-8", "surrogatepass"),
    lambda text: b"# coding: utf-8\n# \xe4\n" + text.encode("utf-8", "surrogatepass"),
    lambda text: b"# coding: cp1252\n# \x80\n" + text.encode("cp1252", "replace"),
    lambda text: b"# coding: no-such\n" + text.encode("utf-8", "surrogatepass"),
    lambda text: b"# coding: rot13\n" + text.encode("utf-8", "surrogatepass"),
    lambda text: b"# coding: utf-7\n" + text.encode("utf-7", "replace"),
    lambda text: text.encode("utf-16", "surrogatepass"),
    lambda text: text.encode("shift-jis", "replace"),
)
