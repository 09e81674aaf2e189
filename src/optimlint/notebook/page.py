"""Text files with embedded Python: pages with code blocks, and scripts with cells in IPython syntax.

Blocks are read like notebook cells, and findings get line numbers of the file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optimlint.diagnostic import Applicability, Diagnostic
from optimlint.fix import Fixed, apply_fixes, is_still_parseable, splice
from optimlint.notebook.blocks import Block, Role, error_to_file, section, to_file
from optimlint.notebook.check import NotebookFacts, check_notebook_facts, read_sections
from optimlint.options import Options
from optimlint.repository.repository import ALONE, Repository
from optimlint.rules import ABOUT_THE_END
from optimlint.text import Unparseable

BlockReader = Callable[[str], tuple[Block, ...]]
"""Finds the code blocks of a text."""

_BETWEEN = frozenset({"exhausted-parameters", "overwritten-optimizer", "uncalled-group-builder"})
"""Rules about the effect of one statement on another. Two examples may be alternatives."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Everything known about one text file with Python in it: the facts of its blocks as cells, and the blocks."""

    notebook: NotebookFacts
    blocks: tuple[Block, ...]

    @property
    def unread(self) -> tuple[Unparseable, ...]:
        """The errors of what could not be read."""
        return tuple(error_to_file(error, self.blocks) for error in self.notebook.unread)

    @property
    def passed_over(self) -> int:
        """The number of examples that are not valid Python on their own and were skipped."""
        return sum(self.blocks[number - 1].role is Role.EXAMPLE for number in self.notebook.passed_over)


def read_page(
    text: str, reader: BlockReader, options: Options, path: str = "", repository: Repository = ALONE
) -> PageFacts:
    """The facts of a text file, the file `path` of the repository."""
    blocks = reader(text)
    sections = [section(number, block) for number, block in enumerate(blocks, 1)]
    return PageFacts(read_sections(sections, options, path, repository, is_importable=False), blocks)


def check_page_facts(page: PageFacts, path: str, options: Options = Options()) -> list[Diagnostic]:
    """The diagnostics of the chosen rules for these facts, without those that comments suppress."""
    found = check_notebook_facts(page.notebook, path, options)
    kept = [to_file(one, page.blocks) for one in found if _can_be_said(one, page.blocks)]
    return sorted(kept, key=lambda diagnostic: (diagnostic.range.order, diagnostic.code))


def fix_page(text: str, diagnostics: list[Diagnostic], applicability: Applicability, reader: BlockReader) -> Fixed:
    """Apply the fixes that are safe enough and leave each block parseable."""
    return apply_fixes(text, diagnostics, applicability, splice, lambda old, new: _is_sound(reader(old), reader(new)))


def _can_be_said(diagnostic: Diagnostic, blocks: Sequence[Block]) -> bool:
    """Whether to report a finding in examples, which are not a whole program. An example is judged together with those
    before it, not with those after it."""
    if diagnostic.cell is None or blocks[diagnostic.cell - 1].role is Role.CELL:
        return True
    others = {one.range.cell or 0 for one in diagnostic.related} - {diagnostic.cell}
    # Examples end where the reader is to continue.
    is_about_the_end = any(diagnostic.rule == rule.name for rule in ABOUT_THE_END)
    if is_about_the_end or (others and diagnostic.rule in _BETWEEN):
        return False
    return all(other < diagnostic.cell for other in others)


def _is_sound(before: Sequence[Block], after: Sequence[Block]) -> bool:
    """Whether the file still has the same blocks and every edited block still parses."""
    if [block.role for block in before] != [block.role for block in after]:
        return False
    edited = ((old, new) for old, new in zip(before, after, strict=True) if old.text != new.text)
    return all(is_still_parseable(section(1, old).plain.text, section(1, new).plain.text) for old, new in edited)
