"""Text files with Python in them: pages with code blocks, and scripts of cells in IPython's dialect.

The blocks of a file are read as the cells of a notebook are; what is found in them is told by the lines of the file.
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
"""What finds the blocks in a text."""

_BETWEEN = frozenset({"exhausted-parameters", "overwritten-optimizer", "uncalled-group-builder"})
"""Rules about what one statement does, or leaves undone, to another. Two examples may be two ways to do the same."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Everything known of one text file with Python in it: what is known of its blocks as cells, and the blocks."""

    notebook: NotebookFacts
    blocks: tuple[Block, ...]

    @property
    def unread(self) -> tuple[Unparseable, ...]:
        """What of the file could not be read."""
        return tuple(error_to_file(error, self.blocks) for error in self.notebook.unread)

    @property
    def passed_over(self) -> int:
        """How many examples are no Python by themselves, and so were not read."""
        return sum(self.blocks[number - 1].role is Role.EXAMPLE for number in self.notebook.passed_over)


def read_page(
    text: str, reader: BlockReader, options: Options, path: str = "", repository: Repository = ALONE
) -> PageFacts:
    """The facts of a text file, the file `path` of the repository."""
    blocks = reader(text)
    sections = [section(number, block) for number, block in enumerate(blocks, 1)]
    return PageFacts(read_sections(sections, options, path, repository, is_importable=False), blocks)


def check_page_facts(page: PageFacts, path: str, options: Options = Options()) -> list[Diagnostic]:
    """What the chosen rules say of the facts, less what the comments of the blocks suppress."""
    found = check_notebook_facts(page.notebook, path, options)
    kept = [to_file(one, page.blocks) for one in found if _can_be_said(one, page.blocks)]
    return sorted(kept, key=lambda diagnostic: (diagnostic.range.order, diagnostic.code))


def fix_page(text: str, diagnostics: list[Diagnostic], applicability: Applicability, reader: BlockReader) -> Fixed:
    """The text with the fixes that are trusted enough and leave each block as readable as it was."""
    return apply_fixes(text, diagnostics, applicability, splice, lambda old, new: _is_sound(reader(old), reader(new)))


def _can_be_said(diagnostic: Diagnostic, blocks: Sequence[Block]) -> bool:
    """Whether a finding holds although it may be one in examples, which are no whole program. What an example shows is
    seen in the light of those above it, and not of those that follow."""
    if diagnostic.cell is None or blocks[diagnostic.cell - 1].role is Role.CELL:
        return True
    others = {one.range.cell or 0 for one in diagnostic.related} - {diagnostic.cell}
    # Examples stop where the reader is to go on.
    is_about_the_end = any(diagnostic.rule == rule.name for rule in ABOUT_THE_END)
    if is_about_the_end or (others and diagnostic.rule in _BETWEEN):
        return False
    return all(other < diagnostic.cell for other in others)


def _is_sound(before: Sequence[Block], after: Sequence[Block]) -> bool:
    """Whether the file has still the same blocks, and each that was edited still parses."""
    if [block.role for block in before] != [block.role for block in after]:
        return False
    edited = ((old, new) for old, new in zip(before, after, strict=True) if old.text != new.text)
    return all(is_still_parseable(section(1, old).plain.text, section(1, new).plain.text) for old, new in edited)
