"""The examples of a rule's page: marked pieces of its fixtures, with optimlint's findings in them.

    # example: title      a piece with findings of the rule; the page shows their messages and the text after the fixes
    # near miss: title    a similar piece without findings

A mark on the first line of a file shows the whole file. Any other mark shows the code after it up to two blank lines.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optimlint import Applicability, Diagnostic, check_source, fix_source
from optimlint.rule import Rule

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from fixtures_support import FIXTURES, without_marks  # noqa: E402  (the tests are no package)


@dataclass(frozen=True, slots=True)
class Said:
    """A finding as the page shows it, with its line in the piece."""

    line: int
    message: str
    applicability: Applicability | None


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of a fixture, as in the file and as it is shown. `fixed` is the text after the fixes if they change
    it."""

    fixture: Path
    title: str
    is_near_miss: bool
    source: str
    code: str
    said: tuple[Said, ...]
    fixed: str | None


def section(rule: Rule) -> str:
    """The part of a rule's page from its fixtures; "" if none of them is marked."""
    found = examples(rule)
    bugs = [_bug(one) for one in found if not one.is_near_miss]
    misses = [f"### {_capital(one.title)}\n\n{_block(one.code)}" for one in found if one.is_near_miss]
    parts = [*_under("Examples", bugs), *_under("Not reported", misses)]
    return "\n".join(parts)


def examples(rule: Rule) -> list[Example]:
    """The marked pieces of the rule's fixtures, in the order of their files."""
    files = sorted((FIXTURES / rule.name).glob("*.py"))
    return [one for path in files if not path.stem.endswith(".fixed") for one in _of_file(path, rule)]


def _of_file(path: Path, rule: Rule) -> Iterator[Example]:
    """The pieces of one file. Each is checked alone with the file's imports, as if a reader had copied it."""
    source = path.read_text(encoding="utf-8")
    for mark in _MARK.finditer(source):
        is_whole, rest = mark.start() == 0, source[mark.end() :]
        piece = (rest if is_whole else _TWO_BLANK_LINES.split(rest, maxsplit=1)[0]).rstrip("\n") + "\n"
        code, head = without_marks(piece), "" if is_whole else "".join(_IMPORT.findall(source))
        found = [one for one in check_source(head + code, path.name) if one.rule == rule.name]
        fixed = fix_source(head + code, found, Applicability.UNSAFE).text.removeprefix(head)
        said = tuple(_said(one, head.count("\n")) for one in found)
        is_near_miss = mark["kind"] == "near miss"
        yield Example(path, mark["title"], is_near_miss, piece, code, said, fixed if fixed != code else None)


def _said(finding: Diagnostic, lines_above: int) -> Said:
    applicability = finding.fixes[0].applicability if finding.fixes else None
    return Said(finding.range.start.line - lines_above, finding.message, applicability)


def _bug(example: Example) -> str:
    """One example: the code, its findings, and the code after the fixes."""
    told = "\n".join(f"- Line {one.line}: {_sentence(one.message)}" for one in example.said)
    parts = [f"### {_capital(example.title)}", _block(example.code).rstrip(), told]
    if example.fixed is not None:
        safe = all(one.applicability is Applicability.SAFE for one in example.said)
        how = "After the fix, which is safe:" if safe else "After the fix, which a person should review:"
        parts += [how, _block(example.fixed).rstrip()]
    return "\n\n".join(parts) + "\n"


def _block(code: str) -> str:
    return f"```python\n{code}```\n"


def _under(heading: str, parts: list[str]) -> list[str]:
    return [f"## {heading}\n", *parts] if parts else []


def _sentence(message: str) -> str:
    return message if message.endswith((".", "?", "!")) else f"{message}."


def _capital(title: str) -> str:
    return title[0].upper() + title[1:]


_MARK = re.compile(r"^# (?P<kind>example|near miss): (?P<title>\S.*)\n", re.MULTILINE)
_IMPORT = re.compile(r"^(?:import|from) .*\n", re.MULTILINE)
_TWO_BLANK_LINES = re.compile(r"\n\n\n")
