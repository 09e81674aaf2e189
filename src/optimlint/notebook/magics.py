"""Translate IPython syntax to plain Python line by line, keeping the columns of unchanged code.

IPython recognizes its syntax only where a statement may start, outside strings, brackets and continued lines. A small
scanner tracks these, and each IPython line is replaced by one that parses: `pass`, or a call of `get_ipython`, an
unknown function, with the names in the line as arguments.
"""

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from optimlint.notebook.scan import LineScan
from optimlint.text import split_lines
from optimlint.unread import call_with


class CellKind(Enum):
    """What a code cell contains, after IPython's cell magics are interpreted."""

    PYTHON = "python"
    PERHAPS = "perhaps"
    """After an unknown cell magic: Python if it parses."""
    FILE = "file"
    """A Python file that the cell writes."""
    OTHER = "other"
    """Another language, or code that does not run."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A code cell as plain Python with as many lines.

    `indents` holds the indentation that each line lost; () if none did. For kind FILE, `file` is the file that the cell
    writes, and `is_appended` whether it appends. `is_whole` is False if a string, bracket or line continuation is still
    open at the end and would swallow the next cell.
    """

    kind: CellKind
    text: str
    indents: tuple[str, ...] = ()
    file: str = ""
    is_appended: bool = False
    is_whole: bool = True


def plain_python(cell: str) -> Plain:
    """Translate the source of a code cell to plain Python."""
    lines, indents = _without_common_indent(split_lines(cell))
    header = _read_header(lines)
    body = lines[len(header.lines) :]
    match header.kind:
        case CellKind.OTHER:
            return Plain(header.kind, "".join(_with_end(line, "") for line in lines))
        case CellKind.FILE:
            blank = (_with_end(line, "") for line in header.lines)
            return Plain(header.kind, "".join([*blank, *body]), (), header.file, header.is_appended)
    scan = LineScan()
    return Plain(header.kind, "".join([*header.lines, *_plain_lines(body, scan)]), indents, is_whole=scan.is_at_start)


def unknown_use(text: str) -> str:
    """A line that may do anything with the names in `text`, which is not Python."""
    return call_with(_WORD.findall(text))


_PYTHON_BODY = re.compile(
    r"capture|debug|ipytest|local|memit|mprun|optimlint|prun|px|pyinstrument|python3?|run_pytest|scalene|time|timeit"
)
_OTHER_BODY = re.compile(
    r"!|R|SVG|bash|bigquery|cmd|cpp|css|cu|cuda|cython|file|html|HTML|javascript|js|julia|latex|markdown|mermaid|perl"
    r"|powershell|pypy|python2|ruby|script|sh|shell|skip|sql|svg|sx|system|writefile|yaml"
)
_CELL_MAGIC = re.compile(r"%%[ \t]*(?P<name>!|[^\W\d]\w*)[ \t]*(?P<rest>.*)")
_PYTHON_SCRIPT = re.compile(r"python3?(?:\.\d+)?\b")
_WRITTEN_FILE = re.compile(r"(?P<append>(?:-a|--append)[ \t]+)?(?P<quote>['\"]?)(?P<file>.*?\.pyi?)(?P=quote)[ \t]*")

_STATEMENT_MAGIC = re.compile(
    r"%{1,2}(?:time|timeit|prun|memit|mprun|lprun|px)[ \t]+(?:-[DTfilmnprs][ \t]*\S+[ \t]+|-\w+[ \t]+)*(?=\S)"
)
"""A magic with options that runs the Python statement after it."""

_COMPOUND = re.compile(r"(?:async|class|def|for|if|match|try|while|with)\b|@")
_ASSIGNED = re.compile(r"""(?P<target>[^\W\d](?:[^=#!%"']|"[^"]*"|'[^']*')*=[ \t]*)(?:!|%[ \t]*[^\W\d])""")
"""The result of a magic is assigned: `files = !ls`, `taken["all"] = %time f()`; but not `print("loss = %f" % loss)`."""
_HELP = re.compile(r"""(?:[^#'"]|"[^"]*"|'[^']*')*[\w\])*]\?{1,2}[ \t]*(?:\#.*)?""")
_AUTOCALL = re.compile(r"[,;/][ \t]*[^\W\d]")
_AUTOMAGIC = re.compile(
    r"(?:cat|cd|conda|cp|env|git|less|ll|load_ext|ls|mamba|man|matplotlib|mkdir|more|mv|pip|reload_ext|rm|rmdir|run"
    r"|time|timeit|wget)[ \t]+"
    r"(?!(?:and|as|else|for|if|in|is|not|or)\b|[-+*/%@&|^<>!]+[ \t]|[=,:;()\[\]#]|(?:[-+*/%@&|^]|//|\*\*|<<|>>)=|$)"
)
"""A magic without `%`, followed by text that cannot, or hardly can, follow a name in Python."""

_WORD = re.compile(r"(?<![\w.\-/\\%!])[^\W\d]\w*")
_EXPANDED = re.compile(r"\{[^{}]*\}|\$[^\W\d]\w*")


def _without_common_indent(lines: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The lines without the indentation of the first one, since pasted code is often indented."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return lines, ()
    indents = tuple(indent if line.startswith(indent) else "" for line in lines)
    return [line.removeprefix(indent) for line in lines], indents


@dataclass(frozen=True, slots=True)
class _Header:
    """The start of a cell down to its last cell magic, as Python, and what these magics say about the rest."""

    lines: tuple[str, ...] = ()
    kind: CellKind = CellKind.PYTHON
    file: str = ""
    is_appended: bool = False


def _read_header(lines: list[str]) -> _Header:
    """Read the cell magics at the top. One with a Python body may be followed by another."""
    header = _Header()
    for number, line in enumerate(lines):
        if (match := _CELL_MAGIC.match(line)) is not None:
            above = (*header.lines, *lines[len(header.lines) : number])
            header = _below(header, match, (*above, _with_end(line, _escape(line.rstrip()))))
            if header.kind in {CellKind.FILE, CellKind.OTHER}:
                break
        elif line.strip() and not line.startswith("#"):
            break
    return header


def _below(header: _Header, magic: re.Match[str], lines: tuple[str, ...]) -> _Header:
    """The header extended by one cell magic."""
    name, rest = magic["name"], magic["rest"]
    if name in {"writefile", "file"} and (written := _WRITTEN_FILE.fullmatch(rest)):
        return _Header(lines, CellKind.FILE, written["file"], written["append"] is not None)
    if _PYTHON_BODY.fullmatch(name) or (name == "script" and _PYTHON_SCRIPT.match(rest)):
        return _Header(lines, header.kind)
    return _Header(lines, CellKind.OTHER if _OTHER_BODY.fullmatch(name) else CellKind.PERHAPS)


def _plain_lines(lines: list[str], scan: LineScan) -> Iterator[str]:
    """The lines with IPython lines replaced. `scan` tracks where a statement may start."""
    is_run_on = False
    for line in lines:
        code = line.rstrip("\r\n")
        if is_run_on:
            is_run_on = code.endswith("\\")
            yield _with_end(line, "")
            continue
        plain = _plain_statement(code) if scan.is_at_start else None
        is_run_on = plain is not None and code.endswith("\\") and not plain.endswith("\\")
        scan.read(code if plain is None else plain)
        yield line if plain is None else _with_end(line, plain)


def _with_end(line: str, plain: str) -> str:
    """`plain` with the line end of `line`."""
    return plain + line[len(line.rstrip("\r\n")) :]


def _plain_statement(line: str) -> str | None:
    """An IPython line as plain Python; None for a Python line. The line is where a statement may start."""
    code = line.lstrip(" \t")
    indent = line[: len(line) - len(code)]
    if code.startswith(("%", "!")):
        return indent + _escape(code)
    if code.startswith("?") or _HELP.fullmatch(code):
        return indent + "pass"
    if _AUTOCALL.match(code) or _AUTOMAGIC.match(code):
        return indent + unknown_use(code)
    if assigned := _ASSIGNED.match(code):
        target = assigned["target"]
        return indent + target + _escaped_value(code[len(target) :])
    return None


def _escape(code: str) -> str:
    """A magic or shell command as plain Python. A magic that runs a statement becomes that statement, at its place,
    unless it is compound: then only its names are used, because it cannot follow other code on a line."""
    magic = _STATEMENT_MAGIC.match(code)
    if magic and not _COMPOUND.match(code, magic.end()):
        return "0;".ljust(magic.end()) + code[magic.end() :]
    return call_with(names) if (names := _names(code)) else "pass"


def _escaped_value(code: str) -> str:
    """Like `_escape`, if the result is assigned."""
    magic = _STATEMENT_MAGIC.match(code)
    return " " * magic.end() + code[magic.end() :] if magic else call_with(_names(code))


def _names(code: str) -> list[str]:
    """The names that a magic or shell command may read. A shell command reads only those that are expanded in it."""
    read = " ".join(_EXPANDED.findall(code)) if code.startswith("!") else code
    return [word for word in _WORD.findall(read) if not keyword.iskeyword(word)]
