"""Annotated fixtures: the findings that their marks expect, the actual findings, and the text after fixes.

A fixture is code with comments that describe the expected findings:

    # want: rule-name "regular expression" (safe)    a finding starts at this line
    # gap: rule-name                                 a finding should, but is known to be missed
    # see: rule-name                                 a finding of that rule names this line as evidence

The expression is searched for in the message. The word in brackets is the applicability of the preferred fix, or `none`
for no fix. Both may be omitted. A line may have several marks. A mark on a line of its own refers to the next line of
code. Every line without a mark is a near miss: nothing may be found there.

A piece of a fixture that is shown on the rule's page has `# example: title` or `# near miss: title` above it; see
scripts/rule_examples.py.

`fixtures/<rule>/<situation>.py` and `.ipynb` are checked alone. A folder `fixtures/<rule>/<situation>/` is a small
repository, checked by the command. `<file>.fixed.py` next to a file is the text after all fixes.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cli_support import optimlint
from results import found_in_text

from optimlint import Applicability, Diagnostic, Fixed, fix_notebook, fix_source

FIXTURES = Path(__file__).parent.parent / "fixtures"

Files = dict[str, bytes]
"""The contents of a case's files, by path relative to the case."""

_MARK = re.compile(
    r"""\#\ (?P<kind>want|gap|see):\ (?P<rule>[a-z][a-z-]*)
        (?:\ "(?P<pattern>(?:[^"\\]|\\.)*)")?
        (?:\ \((?P<fix>safe|unsafe|display|none)\))?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A single file, or a folder that is a small repository."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(FIXTURES).as_posix()

    @property
    def rule(self) -> str:
        """The rule that its folder is named after."""
        return self.path.relative_to(FIXTURES).parts[0]

    @property
    def is_repository(self) -> bool:
        return self.path.is_dir()

    def read(self) -> Files:
        if not self.is_repository:
            return {self.path.name: self.path.read_bytes()}
        return {path.relative_to(self.path).as_posix(): path.read_bytes() for path in _sources(self.path.rglob("*"))}

    def golden(self, file: str) -> Path:
        """The path of the expected text of `file` after all fixes. It exists if they change the file."""
        path = self.path / file if self.is_repository else self.path
        return path.with_suffix(f".fixed{path.suffix}")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file, or of a notebook's cell (1-based among all cells)."""

    file: str
    cell: int
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{f'cell {self.cell}:' if self.cell else ''}{self.line}"


@dataclass(frozen=True, slots=True)
class Mark:
    """The expected finding at one line."""

    kind: str
    rule: str
    pattern: str
    fix: str
    place: Place


@dataclass(frozen=True, slots=True)
class Seen:
    """An actual finding at one line, in the terms of a mark."""

    place: Place
    rule: str
    message: str
    fix: str
    related: tuple[Place, ...] = ()


def cases() -> list[Case]:
    """Every fixture."""
    return [
        Case(path) for folder in _folders(FIXTURES) for path in sorted([*_sources(folder.iterdir()), *_folders(folder)])
    ]


def marks(files: Files) -> list[Mark]:
    """The marks of all files, in order."""
    return [mark for file, content in files.items() for mark in _marks_of(file, content)]


def without_marks(text: str) -> str:
    """The code without marks, and without the lines that contain only marks."""
    lines = ((line, _MARK.split(line, maxsplit=1)[0].rstrip()) for line in text.splitlines())
    return "".join(
        f"{kept if _MARK.search(line) else line}\n" for line, kept in lines if kept or not _MARK.search(line)
    )


def look(case: Case, files: Files) -> list[Seen]:
    """The findings in the case if its files have these contents."""
    if case.is_repository:
        with tempfile.TemporaryDirectory() as folder:
            _write(Path(folder), files)
            return _run(Path(folder))
    ((file, content),) = files.items()
    return [_seen(file, diagnostic) for diagnostic in found_in_text(content, file)]


def look_at_folder(folder: Path) -> list[Seen]:
    """The command's findings in a folder that is a repository of its own. Unreadable files are included."""
    return _run(folder, accepted=frozenset({0, 1, 2}))


def repair(case: Case, files: Files) -> Files:
    """The files after every fix that a user can request, repeated until nothing is left to fix."""
    if case.is_repository:
        with tempfile.TemporaryDirectory() as folder:
            _write(Path(folder), files)
            _run(Path(folder), "--fix", "--unsafe-fixes")
            return {file: (Path(folder) / file).read_bytes() for file in files}
    ((file, content),) = files.items()
    fixed = fix_once(file, content)
    while fixed.applied:
        content = fixed.text.encode()
        fixed = fix_once(file, content)
    return {file: content}


def fix_once(file: str, content: bytes) -> Fixed:
    """Fix a file that is checked alone, in one round."""
    found = list(found_in_text(content, file))
    if file.endswith(".ipynb"):
        return fix_notebook(content, found, Applicability.UNSAFE)
    return fix_source(content.decode(), found, Applicability.UNSAFE)


def disagreements(wanted: list[Mark], seen: list[Seen]) -> list[str]:
    """The differences between marks and findings, one sentence each; empty if there are none."""
    return [*_missing(wanted, seen), *_unwanted(wanted, seen)]


def _missing(wanted: list[Mark], seen: list[Seen]) -> Iterator[str]:
    left = list(seen)
    for mark in wanted:
        here = [one for one in left if one.rule == mark.rule and one.place == mark.place]
        match mark.kind:
            case "gap" if here:
                yield f"{mark.place}: {mark.rule} is found now: make the gap a want"
            case "want" if not here:
                yield f"{mark.place}: {mark.rule} is not found"
            case "want":
                left.remove(here[0])
                yield from _differences(mark, here[0])
            case "see" if not any(mark.place in one.related for one in seen if one.rule == mark.rule):
                yield f"{mark.place}: no {mark.rule} names this line as evidence"


def _differences(mark: Mark, seen: Seen) -> Iterator[str]:
    if not re.search(mark.pattern, seen.message):
        yield f"{mark.place}: {mark.rule} says {seen.message!r}, not {mark.pattern!r}"
    if mark.fix and mark.fix != seen.fix:
        yield f"{mark.place}: the fix of {mark.rule} is {seen.fix}, not {mark.fix}"


def _unwanted(wanted: list[Mark], seen: list[Seen]) -> Iterator[str]:
    left = [(mark.rule, mark.place) for mark in wanted if mark.kind in {"want", "gap"}]
    for one in seen:
        if (one.rule, one.place) in left:
            left.remove((one.rule, one.place))
        else:
            yield f"{one.place}: {one.rule} is not wanted: {one.message}"


def _folders(folder: Path) -> Iterator[Path]:
    """The folders in `folder`, without those that tools create."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith((".", "__")):
            yield path


def _sources(paths: Iterable[Path]) -> Iterator[Path]:
    """The fixtures among `paths`: code that is not the expected text after fixes."""
    for path in sorted(paths):
        if path.suffix in {".py", ".ipynb"} and not path.stem.endswith(".fixed"):
            yield path


def _marks_of(file: str, content: bytes) -> Iterator[Mark]:
    for cell, text in _texts(file, content):
        lines = text.splitlines()
        for number, line in enumerate(lines, start=1):
            stands_alone = _MARK.match(line.lstrip())
            place = Place(file, cell, _next_code(lines, number) if stands_alone else number)
            for found in _MARK.finditer(line):
                pattern = (found["pattern"] or "").replace('\\"', '"')
                yield Mark(found["kind"], found["rule"], pattern, found["fix"] or "", place)


def _texts(file: str, content: bytes) -> Iterator[tuple[int, str]]:
    """The texts that may contain marks: the file, or each code cell of a notebook with its number."""
    if not file.endswith(".ipynb"):
        yield 0, content.decode()
        return
    for number, cell in enumerate(json.loads(content)["cells"], start=1):
        if cell["cell_type"] == "code":
            source = cell["source"]
            yield number, source if isinstance(source, str) else "".join(source)


def _next_code(lines: list[str], number: int) -> int:
    """The number of the first line of code after line `number`."""
    behind = enumerate(lines[number:], start=number + 1)
    return next((at for at, line in behind if line.strip() and not line.lstrip().startswith("#")), number)


def _seen(file: str, diagnostic: Diagnostic) -> Seen:
    return Seen(
        Place(file, diagnostic.cell or 0, diagnostic.range.start.line),
        diagnostic.rule,
        diagnostic.message,
        diagnostic.fixes[0].applicability.name.lower() if diagnostic.fixes else "none",
        tuple(Place(file, related.range.cell or 0, related.range.start.line) for related in diagnostic.related),
    )


def _write(folder: Path, files: Files) -> None:
    """Create a repository with these files."""
    (folder / ".git").mkdir()
    for file, content in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _run(folder: Path, *options: str, accepted: frozenset[int] = frozenset({0, 1})) -> list[Seen]:
    """The command's findings in `folder`, a repository of its own."""
    done = optimlint(folder, ["check", "--isolated", "--output-format", "json", *options, "."])
    assert done.stdout and done.returncode in accepted, done.stderr.decode()
    return [_seen_by_command(folder, one) for one in json.loads(done.stdout)]


def _seen_by_command(folder: Path, one: dict[str, object]) -> Seen:
    fix, related = one["fix"], one["related"]
    assert isinstance(related, list)
    return Seen(
        _place(folder, one),
        str(one["name"]),
        str(one["message"]),
        str(fix["applicability"]) if isinstance(fix, dict) else "none",
        tuple(_place(folder, place) for place in related),
    )


def _place(folder: Path, one: dict[str, object]) -> Place:
    location, cell = one["location"], one["cell"]
    assert isinstance(location, dict)
    file = Path(str(one["filename"])).resolve().relative_to(folder.resolve()).as_posix()
    return Place(file, cell if isinstance(cell, int) else 0, location["row"])
