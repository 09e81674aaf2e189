"""What is done to one source in a worker process: everything that parses, runs rules or makes fixes."""

from dataclasses import dataclass

from optimlint.diagnostic import Applicability, Diagnostic
from optimlint.facts.catalog import Optimizer
from optimlint.facts.project import ModelClass, Project, Questions
from optimlint.notebook.files import AnyFacts, FixedFile, check_any_facts, examples_passed_over, fix_any, read_any
from optimlint.options import Options
from optimlint.text import Unparseable, decode
from optimlint.trigger import NOTEBOOK, suffix_of


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
class Asking:
    """The facts of a source whose rules wait for what the rest of its repository says."""

    facts: AnyFacts
    questions: Questions


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of a source: what is to be told of it, and what is known already and is not told again, both sorted;
    and how many examples of a page were passed over since they are no Python by themselves."""

    diagnostics: tuple[Diagnostic, ...]
    known: tuple[Diagnostic, ...] = ()
    passed_over: int = 0


def examine(source: Source) -> Examined | Asking:
    """What comes of a source, or its facts where it has questions."""
    facts = read_any(source.content, source.path, source.options)
    if not isinstance(facts, Unparseable) and facts.questions:
        return Asking(facts, facts.questions)
    return _examined(facts, source)


@dataclass(frozen=True, slots=True)
class Answered:
    """Facts with the answers to their questions."""

    source: Source
    facts: AnyFacts
    project: Project


def judge(answered: Answered) -> Examined:
    """What comes of a source whose questions have been answered."""
    return _examined(answered.facts.answered(answered.project), answered.source)


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


def _examined(facts: AnyFacts | Unparseable, source: Source) -> Examined:
    found = check_any_facts(facts, source.path, source.options)
    return Examined(tuple(found), passed_over=examples_passed_over(facts))
