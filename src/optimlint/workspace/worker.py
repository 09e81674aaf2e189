"""The work on one source that runs in a worker process: parsing, running rules and making fixes."""

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
    """A file's path, content and options."""

    path: str
    content: bytes
    options: Options

    @property
    def is_notebook(self) -> bool:
        """Whether it is read as a notebook, by its suffix."""
        return suffix_of(self.path) == NOTEBOOK


@dataclass(frozen=True, slots=True)
class Examined:
    """The outcome of checking a source: diagnostics to report and known ones that are not reported again (both sorted),
    the number of a page's examples that are not Python, and what of other code was left unread because of limits."""

    diagnostics: tuple[Diagnostic, ...]
    known: tuple[Diagnostic, ...] = ()
    passed_over: int = 0
    limits: tuple[tuple[Limit, int], ...] = ()


def examine(source: Source) -> Examined:
    """Check a source, in the repository that this process finds around it."""
    return examine_in(source, around(source.path))


def examine_in(source: Source, repository: Repository) -> Examined:
    """Check a source in a repository."""
    facts = read_any(source.content, source.path, source.options, repository)
    found = check_any_facts(facts, source.path, source.options)
    return Examined(tuple(found), passed_over=examples_passed_over(facts), limits=limits_of(facts))


@dataclass(frozen=True, slots=True)
class FixRequest:
    """A source, its diagnostics, and how safe a fix must be to be applied."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    applicability: Applicability


def fix(request: FixRequest) -> FixedFile:
    """Apply fixes. Raises UnicodeEncodeError if the file's encoding cannot represent the result."""
    source = request.source
    return fix_any(source.content, source.path, list(request.diagnostics), request.applicability)
