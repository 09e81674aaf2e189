"""What fixes do to a file, as a unified diff that `patch` and `git apply` understand."""

import difflib
from collections.abc import Iterator

from optimlint.cli.report.style import Paint, Style
from optimlint.text import Decoded, Unparseable, decode, split_lines
from optimlint.workspace.display import visible

_NO_LINE_END = "\\ No newline at end of file\n"


def unified_diff(label: str, before: bytes, after: bytes, paint: Paint, *, is_notebook: bool) -> bytes:
    """The diff, in the encoding of the file."""
    old, new = _decoded(before, is_notebook=is_notebook), _decoded(after, is_notebook=is_notebook)
    lines = difflib.unified_diff(split_lines(old.text), split_lines(new.text), label, label)
    text = "".join(_rows(lines, paint))
    return text.encode(old.encoding, "backslashreplace")


def _rows(lines: Iterator[str], paint: Paint) -> Iterator[str]:
    for line in lines:
        content = line.rstrip("\r\n")
        end = line[len(content) :]
        style = {"+": Style.ADDED, "-": Style.REMOVED, "@": Style.HELP}.get(line[0])
        shown = _harmless(content if end != "\r" else line)
        yield (paint(shown, style) if style else shown) + (end if end.endswith("\n") else "\n")
        if not end:
            yield _NO_LINE_END


def _harmless(line: str) -> str:
    """The line as it is, unless a terminal or a log would obey something in it: then it is worth a broken patch."""
    plain = line.replace("\t", " ").replace("\f", " ")
    return line if visible(plain) == plain else visible(line)


def _decoded(content: bytes, *, is_notebook: bool) -> Decoded:
    decoded = Decoded(content.decode("utf-8", "backslashreplace"), "utf-8", b"")
    if is_notebook:
        return decoded
    python = decode(content)
    return decoded if isinstance(python, Unparseable) else python
