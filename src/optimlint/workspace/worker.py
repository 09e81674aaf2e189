"""What is done to one source in a worker process: everything that parses, runs rules or makes fixes."""

from dataclasses import dataclass

from optimlint.diagnostic import Applicability, Diagnostic
from optimlint.facts.limits import Limit
from optimlint.notebook.files import FixedFile, check_any_facts, examples_passed_over, fix_any, limits_of, read_any
from optimlint.options import Options
from optimlint.repository.repository import Repository
from optimlint.trigger import NOTEBOOK, suffix_of
from optimlint.workspace.repositories import around


@dataclass(frozen=True, slots=True)
class Source:
    """A file's content as it was read, or as it is to be written."""

    path: str
    content: bytes
    options: Options

    @property
    def is_notebook(self) -> bool:
        """Whether it is read as a notebook, which its name decides."""
        return suffix_of(self.path) == NOTEBOOK


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of a source: what is to be told of it, and what is known already and is not told again, both sorted;
    how many examples of a page were passed over since they are no Python by themselves; and how much of what the source
    uses, or is used by, was left unread."""

    diagnostics: tuple[Diagnostic, ...]
    known: tuple[Diagnostic, ...] = ()
    passed_over: int = 0
    limits: tuple[tuple[Limit, int], ...] = ()


def examine(source: Source) -> Examined:
    """What comes of a source, in the repository that this process finds around it."""
    return examine_in(source, around(source.path))


def examine_in(source: Source, repository: Repository) -> Examined:
    """What comes of a source in a repository."""
    facts = read_any(source.content, source.path, source.options, repository)
    found = check_any_facts(facts, source.path, source.options)
    return Examined(tuple(found), passed_over=examples_passed_over(facts), limits=limits_of(facts))


@dataclass(frozen=True, slots=True)
class FixRequest:
    """Diagnostics of a source, and how far their fixes are trusted."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    applicability: Applicability


def fix(request: FixRequest) -> FixedFile:
    """The source with the fixes that are trusted enough. Raises where its encoding cannot hold the result."""
    source = request.source
    return fix_any(source.content, source.path, list(request.diagnostics), request.applicability)
