"""Check a notebook: its code cells as one source, and each Python file that they write as another."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from optimlint.check import check_facts, in_its_file, read_facts
from optimlint.diagnostic import START, Diagnostic
from optimlint.facts import FileFacts
from optimlint.facts.elsewhere import Changed, Elsewhere
from optimlint.facts.models import Exposed
from optimlint.notebook.copies import Copies, error_in_copies, in_copies, without_copies
from optimlint.notebook.file import CodeCell, read_file
from optimlint.notebook.join import Origin, Section, error_to_cell, error_to_source, join, to_cells
from optimlint.notebook.magics import CellKind, Plain, plain_python
from optimlint.notebook.written import Cells
from optimlint.options import Options
from optimlint.repository.repository import ALONE, Repository
from optimlint.text import Unparseable
from optimlint.trigger import may_matter, notebook_may_matter


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """The facts of one source in a notebook, and the origins of its lines."""

    facts: FileFacts
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class NotebookFacts:
    """Everything known about one notebook. `lost` are parts that could not be read at all; partly read sources say so
    in their facts. `passed_over` are cells that need not be Python and are not."""

    sources: tuple[SourceFacts, ...] = ()
    lost: tuple[Unparseable, ...] = ()
    copies: Copies = ()
    passed_over: tuple[int, ...] = ()

    @property
    def unread(self) -> tuple[Unparseable, ...]:
        """All errors of what could not be read, with their cells."""
        in_sources = (
            one
            for source in self.sources
            for error in source.facts.unread
            for one in error_in_copies(error_to_cell(error, source.origins), self.copies)
        )
        return (*self.lost, *in_sources)


def check_notebook(
    source: str | bytes,
    path: str = "<notebook>",
    options: Options = Options(),
    repository: Repository = ALONE,
) -> list[Diagnostic]:
    """All diagnostics of one notebook, in order. `range.cell` is the 1-based number among all cells.

    Like `check_source` it never raises. An invalid notebook gives one `unparseable` diagnostic without a cell. A cell
    that cannot be parsed gives one in that cell, and the other cells are still checked. A notebook of another language
    has no diagnostics.
    """
    facts = read_notebook(source, options, path, repository)
    return [in_its_file(one) for one in check_notebook_facts(facts, path, options)]


def read_notebook(
    source: str | bytes, options: Options = Options(), path: str = "", repository: Repository = ALONE
) -> NotebookFacts | Unparseable:
    """The facts of one notebook, the file `path` of the repository. Empty if nothing in it can matter."""
    raw = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    if not options.reads_all and not notebook_may_matter(raw):
        return NotebookFacts()
    file = read_file(source)
    if isinstance(file, Unparseable):
        return file
    if not file.is_python:
        return NotebookFacts()
    return read_sections(_sections(file.cells), options, path, repository)


def check_cells(
    cells: Sequence[str],
    path: str = "<session>",
    options: Options = Options(),
    repository: Repository = ALONE,
) -> list[Diagnostic]:
    """All diagnostics of a session, given its cells in execution order. `range.cell` counts from 1."""
    sections = [Section(number, plain_python(cell)) for number, cell in enumerate(cells, 1)]
    return check_notebook_facts(read_sections(sections, options, path, repository), path, options)


def read_sections(
    sections: Iterable[Section | Unparseable],
    options: Options,
    path: str = "",
    repository: Repository = ALONE,
    *,
    is_importable: bool = True,
) -> NotebookFacts:
    """The facts of sections that run one after the other, and of the files that they write. `is_importable` says
    whether other files can import names from them."""
    read = partial(read_facts, options=options, path=path, repository=repository)
    reader = _Reader(read, options, is_importable=is_importable)
    reader.read(sections)
    return NotebookFacts(tuple(reader.sources), tuple(reader.lost), reader.copies, tuple(reader.passed_over))


def check_notebook_facts(
    notebook: NotebookFacts | Unparseable, path: str, options: Options = Options()
) -> list[Diagnostic]:
    """The diagnostics of the chosen rules for these facts, without those that comments suppress."""
    if isinstance(notebook, Unparseable):
        return check_facts(notebook, path, options)
    found = [diagnostic for error in notebook.lost for diagnostic in check_facts(error, path, options)]
    for source in notebook.sources:
        for diagnostic in check_facts(source.facts, path, options):
            found += in_copies(to_cells(diagnostic, source.origins), notebook.copies)
    return sorted(found, key=lambda diagnostic: (diagnostic.range.order, diagnostic.code))


def _is_written_or_run(section: Section) -> bool:
    return section.plain.kind is not CellKind.OTHER


def _sections(cells: Iterable[CodeCell]) -> Iterable[Section | Unparseable]:
    for cell in cells:
        if cell.is_python and cell.pieces is None:
            reason = "cannot be read: its source is neither a string nor a list of strings"
            yield Unparseable(replace(START, cell=cell.number), reason)
        elif cell.is_python:
            yield Section(cell.number, plain_python(cell.text))


Fault = tuple[int, Unparseable]
"""A cell, and its syntax error."""


class _Reader:
    """Collects the sources of a notebook, and what could not be read."""

    def __init__(self, read: Callable[..., FileFacts | Unparseable], options: Options, *, is_importable: bool) -> None:
        self._read = read
        self._is_importable = is_importable
        self._options = options
        self.sources: list[SourceFacts] = []
        self.lost: list[Unparseable] = []
        self.copies: Copies = ()
        self.passed_over: list[int] = []
        self._cells = Cells(())

    def read(self, given: Iterable[Section | Unparseable]) -> None:
        """Read the cells as one source, and then each file that they write."""
        sections: list[Section] = []
        files: dict[str, list[Section]] = {}
        parts = tuple(given)
        self._cells = Cells(one.plain.text for one in parts if isinstance(one, Section) and _is_written_or_run(one))
        for section in parts:
            match section:
                case Unparseable():
                    self.lost.append(section)
                case Section(plain=Plain(kind=CellKind.FILE)):
                    self._write(section, files)
                case Section(plain=Plain(kind=CellKind.PYTHON | CellKind.PERHAPS)):
                    sections.append(section)
        self._read_cells(sections)
        for written in files.values():
            self._read_file(written)

    def _write(self, section: Section, files: dict[str, list[Section]]) -> None:
        """Add a section to the file that it writes. If it overwrites the file, read the previous version first."""
        name = section.plain.file
        if name in files and not section.plain.is_appended:
            self._read_file(files[name])
            del files[name]
        files.setdefault(name, []).append(section)

    def _read_file(self, parts: list[Section]) -> None:
        joined = join(parts)
        facts = self._read(joined.text)
        if isinstance(facts, Unparseable):
            self.lost.append(error_to_cell(facts, joined.origins))
            return
        self.sources.append(SourceFacts(self._told(facts, parts[0].plain.file), joined.origins))

    def _told(self, facts: FileFacts, file: str = "") -> FileFacts:
        """The facts, with uses by the cells added for a file that one of them writes. Names in blocks of a page cannot
        be imported."""
        if self._is_importable and not file:
            return facts
        others = facts.elsewhere
        return replace(facts, elsewhere=Changed(others, partial(self._is_used, file, others)))

    def _is_used(self, file: str, others: Elsewhere, exposed: Exposed) -> bool:
        is_taken = bool(file) and bool(self._cells.taken_from(file, (exposed,)))
        return is_taken or (self._is_importable and others.is_used(exposed))

    def _read_cells(self, sections: list[Section]) -> None:
        """Read the cells as one source. A cell that does not parse does not affect the others. Cells are parsed one by
        one only if the whole does not parse, or if a cell might parse only together with the next one."""
        sections, self.copies = without_copies(sections)
        joined = join(sections)
        if not self._options.reads_all and not may_matter(joined.text.encode("utf-8", "surrogatepass")):
            return
        doubtful = {section.cell for section in sections if _is_doubtful(section)}
        faults: list[Fault] = []
        if doubtful:
            sections = self._mend(sections, doubtful, faults)
            joined = join(sections)
        facts = self._read(joined.text, needs_whole=True)
        if isinstance(facts, Unparseable) and not facts.is_own_fault:
            joined = join(self._mend(sections, {section.cell for section in sections} - doubtful, faults))
            facts = self._read(joined.text)
        if isinstance(facts, Unparseable):
            self.lost += error_in_copies(error_to_cell(facts, joined.origins), self.copies)
            self.lost += [replace(error, range=replace(error.range, cell=cell)) for cell, error in faults]
            return
        unread = (error_to_source(error, cell, joined.origins) for cell, error in faults)
        facts = replace(facts, unread=(*facts.unread, *unread))
        self.sources.append(SourceFacts(self._told(facts), joined.origins))

    def _mend(self, sections: list[Section], asked: set[int], faults: list[Fault]) -> list[Section]:
        """The sections, with stand-ins for what does not parse in the cells `asked`. The errors are added to
        `faults`."""
        kept = []
        for section in sections:
            error = _syntax_error(section.plain.text) if section.cell in asked else None
            if error is None:
                kept.append(section)
            elif section.plain.kind is CellKind.PERHAPS:
                self.passed_over.append(section.cell)
                kept.append(section.as_unread())
            else:
                faults.append((section.cell, error))
                part = _readable_part(section.plain.text, error)
                kept.append(section.as_unread() if part is None else section.as_read(part))
        return kept


def _is_doubtful(section: Section) -> bool:
    return section.plain.kind is CellKind.PERHAPS or not section.plain.is_whole


def _readable_part(text: str, error: Unparseable) -> str | None:
    from optimlint.interpret import readable_part

    return readable_part(text, error)


def _syntax_error(text: str) -> Unparseable | None:
    from optimlint.interpret import find_syntax_error  # libcst loads here, with the first notebook that can matter

    return find_syntax_error(text)
