"""What is done to one source in a worker process: everything that parses, runs rules or makes fixes."""

from dataclasses import dataclass

from optimlint.check import check_facts, read_facts
from optimlint.cli.reading import NOTEBOOK
from optimlint.diagnostic import Applicability, Diagnostic
from optimlint.facts import FileFacts
from optimlint.facts.catalog import Optimizer
from optimlint.facts.project import ModelClass, Project, Questions
from optimlint.fix import fix_source
from optimlint.notebook import NotebookFacts, check_notebook_facts, fix_notebook, read_notebook
from optimlint.options import Options
from optimlint.text import Unparseable, decode


@dataclass(frozen=True, slots=True)
class Source:
    """A file's content as it was read, or as it is to be written."""

    path: str
    content: bytes
    options: Options

    @property
    def is_notebook(self) -> bool:
        """Whether it is read as a notebook, which its name decides."""
        return self.path.endswith(NOTEBOOK)


@dataclass(frozen=True, slots=True)
class Asking:
    """The facts of a source whose rules wait for what the rest of its repository says."""

    facts: FileFacts | NotebookFacts
    questions: Questions


def examine(source: Source) -> tuple[Diagnostic, ...] | Asking:
    """The diagnostics of a source, or its facts where it has questions."""
    read = read_notebook if source.is_notebook else read_facts
    facts = read(source.content, source.options)
    if not isinstance(facts, Unparseable) and facts.questions:
        return Asking(facts, facts.questions)
    return _diagnostics(facts, source)


@dataclass(frozen=True, slots=True)
class Answered:
    """Facts with the answers to their questions."""

    source: Source
    facts: FileFacts | NotebookFacts
    project: Project


def judge(answered: Answered) -> tuple[Diagnostic, ...]:
    """The diagnostics of a source whose questions have been answered."""
    return _diagnostics(answered.facts.answered(answered.project), answered.source)


@dataclass(frozen=True, slots=True)
class FixRequest:
    """Diagnostics of a source, and how far their fixes are trusted."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]
    applicability: Applicability


@dataclass(frozen=True, slots=True)
class FixReply:
    """The content after its fixes, and how many there were."""

    content: bytes
    applied: int


def fix(request: FixRequest) -> FixReply:
    """The source with the fixes that are trusted enough. Raises where its encoding cannot hold the result."""
    content = request.source.content
    if request.source.is_notebook:
        fixed = fix_notebook(content, list(request.diagnostics), request.applicability)
        return FixReply(fixed.text.encode("utf-8", "surrogateescape"), len(fixed.applied))
    decoded = decode(content)
    if isinstance(decoded, Unparseable):
        return FixReply(content, 0)
    fixed = fix_source(decoded.text, list(request.diagnostics), request.applicability)
    return FixReply(decoded.encode(fixed.text), len(fixed.applied))


@dataclass(frozen=True, slots=True)
class ClassRequest:
    """A class that a source would like to know, and the content of the file that defines it."""

    name: str
    content: bytes


def find_class(request: ClassRequest) -> ModelClass | Optimizer | None:
    """The class as its source shows it."""
    from optimlint.extract import model_or_optimizer  # libcst loads here

    decoded = decode(request.content)
    return None if isinstance(decoded, Unparseable) else model_or_optimizer(decoded.text, request.name)


def _diagnostics(facts: FileFacts | NotebookFacts | Unparseable, source: Source) -> tuple[Diagnostic, ...]:
    if isinstance(facts, NotebookFacts):
        return tuple(check_notebook_facts(facts, source.path, source.options))
    return tuple(check_facts(facts, source.path, source.options))
