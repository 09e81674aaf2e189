"""Read, check and fix any file by its suffix: Python or a script with cells, a notebook, or a page with code blocks."""

import codecs
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from optimlint.check import check_facts, in_its_file, read_facts
from optimlint.diagnostic import START, Applicability, Diagnostic, Range
from optimlint.facts import FileFacts
from optimlint.facts.limits import Limit
from optimlint.fix import fix_source
from optimlint.notebook.blocks import Block, range_to_file
from optimlint.notebook.check import NotebookFacts, check_notebook_facts, read_notebook
from optimlint.notebook.fix import fix_notebook
from optimlint.notebook.join import range_to_cell
from optimlint.notebook.markdown import blocks_of_markdown
from optimlint.notebook.page import BlockReader, PageFacts, check_page_facts, fix_page, read_page
from optimlint.notebook.restructured import blocks_of_restructured
from optimlint.notebook.script import cells_of_script, has_markers, is_notebook
from optimlint.options import Options
from optimlint.repository.repository import ALONE, Repository
from optimlint.text import Decoded, Unparseable, decode
from optimlint.trigger import NOTEBOOK, PAGES, may_matter, page_may_matter, suffix_of

_READERS: dict[str, BlockReader] = {
    ".markdown": blocks_of_markdown,
    ".md": blocks_of_markdown,
    ".qmd": blocks_of_markdown,
    ".rmd": blocks_of_markdown,
    ".rst": blocks_of_restructured,
}
"""The function that finds the code blocks of a page, by suffix."""

AnyFacts = FileFacts | NotebookFacts | PageFacts


@dataclass(frozen=True, slots=True)
class FixedFile:
    """The content of a file after fixes, and how many were applied."""

    content: bytes
    applied: int


def read_any(
    source: bytes, path: str, options: Options = Options(), repository: Repository = ALONE
) -> AnyFacts | Unparseable:
    """The facts of a file of the repository; empty if nothing in it can matter."""
    suffix = suffix_of(path)
    if suffix == NOTEBOOK:
        return read_notebook(source, options, path, repository)
    if suffix in PAGES:
        reads_page = partial(read_page, reader=_READERS[suffix], options=options, path=path, repository=repository)
        return _read_page(source, reads_page, options)
    return _read_python(source, path, options, repository)


def check_any_facts(facts: AnyFacts | Unparseable, path: str, options: Options = Options()) -> list[Diagnostic]:
    """The diagnostics of the chosen rules for these facts, without those that comments suppress."""
    match facts:
        case NotebookFacts():
            found = check_notebook_facts(facts, path, options)
        case PageFacts():
            found = check_page_facts(facts, path, options)
        case _:
            found = check_facts(facts, path, options)
    return [in_its_file(one) for one in found]


def fix_any(
    source: bytes, path: str, diagnostics: list[Diagnostic], applicability: Applicability = Applicability.SAFE
) -> FixedFile:
    """Apply the fixes that are safe enough. Raises UnicodeEncodeError if the file's encoding cannot represent the
    result."""
    suffix = suffix_of(path)
    if suffix == NOTEBOOK:
        fixed = fix_notebook(source, diagnostics, applicability)
        return FixedFile(fixed.text.encode("utf-8", "surrogateescape"), len(fixed.applied))
    decoded = _decode_page(source) if suffix in PAGES else decode(source)
    if isinstance(decoded, Unparseable):
        return FixedFile(source, 0)
    if suffix in PAGES:
        fixed = fix_page(decoded.text, diagnostics, applicability, _READERS[suffix])
    elif _is_script_of_cells(source, decoded.text):
        fixed = fix_page(decoded.text, diagnostics, applicability, cells_of_script)
    else:
        fixed = fix_source(decoded.text, diagnostics, applicability)
    return FixedFile(decoded.encode(fixed.text), len(fixed.applied))


def sources_of(facts: AnyFacts) -> Iterator[tuple[FileFacts, Callable[[Range], Range]]]:
    """The Python sources of a file, each with a function that maps its ranges to the file."""
    match facts:
        case FileFacts():
            yield facts, lambda place: place
        case NotebookFacts(sources):
            for source in sources:
                yield source.facts, partial(range_to_cell, origins=source.origins)
        case PageFacts(notebook, blocks):
            for part, to_cell in sources_of(notebook):
                yield part, partial(_through_cells, to_cell, blocks)


def examples_passed_over(facts: AnyFacts | Unparseable) -> int:
    """The number of a page's examples that are not valid Python on their own, for example because of output or
    ellipses."""
    return facts.passed_over if isinstance(facts, PageFacts) else 0


def limits_of(facts: AnyFacts | Unparseable) -> tuple[tuple[Limit, int], ...]:
    """How much was left unread past each limit, in all parts of a file."""
    found: Counter[Limit] = Counter()
    match facts:
        case FileFacts():
            found.update(dict(facts.limits))
        case PageFacts(notebook=NotebookFacts() as notebook) | (NotebookFacts() as notebook):
            for source in notebook.sources:
                found.update(dict(source.facts.limits))
    return tuple((limit, found[limit]) for limit in Limit if found[limit])


def is_in_parts(source: bytes, path: str) -> bool:
    """Whether the file has parts other than notebook cells, so that one that does not parse is skipped alone."""
    suffix = suffix_of(path)
    return suffix in PAGES or (suffix != NOTEBOOK and _has_cells(source))


def _through_cells(to_cell: Callable[[Range], Range], blocks: Sequence[Block], place: Range) -> Range:
    return range_to_file(to_cell(place), blocks)


def _read_page(
    source: bytes, reads_page: Callable[[str], PageFacts], options: Options
) -> PageFacts | FileFacts | Unparseable:
    if not options.reads_all and not page_may_matter(source):
        return FileFacts()
    page = _decode_page(source)
    if isinstance(page, Unparseable):
        return page
    try:
        return reads_page(page.text)
    except ModuleNotFoundError:
        return Unparseable(START, "pages need markdown-it-py: pip install 'optimlint[markdown]'")


def _read_python(
    source: bytes, path: str, options: Options, repository: Repository
) -> FileFacts | PageFacts | Unparseable:
    """The facts of a Python file. A script with cells is read cell by cell only if it is not a valid module as a
    whole."""
    reads_cells = partial(read_page, reader=cells_of_script, options=options, path=path, repository=repository)
    if is_notebook(source):
        return _read_cells(source, reads_cells) if options.reads_all or may_matter(source) else FileFacts()
    has_cells = has_markers(source)
    facts = read_facts(source, options, needs_whole=has_cells, path=path, repository=repository)
    is_broken = isinstance(facts, Unparseable) and not facts.is_own_fault
    return _read_cells(source, reads_cells) if is_broken and has_cells else facts


def _read_cells(source: bytes, reads_cells: Callable[[str], PageFacts]) -> PageFacts | Unparseable:
    decoded = decode(source)
    return decoded if isinstance(decoded, Unparseable) else reads_cells(decoded.text)


def _has_cells(source: bytes) -> bool:
    return has_markers(source) or is_notebook(source)


def _is_script_of_cells(source: bytes, text: str) -> bool:
    """Whether the file must be divided into cells to be read."""
    if is_notebook(source):
        return True
    from optimlint.interpret import find_syntax_error  # libcst loads here, with the first script that can matter

    return has_markers(source) and find_syntax_error(text) is not None


def _decode_page(source: bytes) -> Decoded | Unparseable:
    """Decode a page as UTF-8. A coding cookie in it would belong to one of its examples."""
    mark = codecs.BOM_UTF8 if source.startswith(codecs.BOM_UTF8) else b""
    try:
        return Decoded(source[len(mark) :].decode("utf-8"), "utf-8", mark)
    except UnicodeDecodeError as error:
        return Unparseable(START, f"cannot be decoded as utf-8: {error.reason}")
