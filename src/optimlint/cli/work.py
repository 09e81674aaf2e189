"""What is done to one source in a worker process: everything that parses, runs rules or makes fixes."""

from dataclasses import dataclass, replace

from optimlint.cli.repositories import around
from optimlint.diagnostic import Applicability, Diagnostic
from optimlint.facts.project import ModelClass, Project, Questions
from optimlint.knowledge.catalog import Optimizer
from optimlint.notebook.files import AnyFacts, FixedFile, check_any_facts, examples_passed_over, fix_any, read_any
from optimlint.options import Options
from optimlint.rules import RULES
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
    """The facts of a source whose rules wait for what the rest of its repository says to the questions."""

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
    facts = read_any(source.content, source.path, source.options, around(source.path))
    return _examined(facts, source) if isinstance(facts, Unparseable) else _judged(facts, Questions(), source)


@dataclass(frozen=True, slots=True)
class Answered:
    """Facts with the answers to questions of theirs."""

    source: Source
    facts: AnyFacts
    questions: Questions
    project: Project


def judge(answered: Answered) -> Examined | Asking:
    """What comes of a source whose questions have been answered; or its facts again, where the answers lead to more."""
    return _judged(answered.facts.answered(answered.project), answered.questions, answered.source)


def asked_next(facts: AnyFacts, answered: Questions, path: str, options: Options) -> Questions:
    """What to ask the repository after what has been answered; nothing where no answer could matter.

    What another file mentions or reads silences a finding, and may bring another only in its place, so that it is
    asked where there is one. A class may show what is wrong, so that classes are asked for first.
    """
    wanted = facts.questions
    classes = Questions(classes=wanted.classes)
    if classes and not answered:
        return classes
    is_all = answered == wanted
    return Questions() if is_all or not _finds_anything(facts, path, options) else wanted


def _judged(facts: AnyFacts, answered: Questions, source: Source) -> Examined | Asking:
    asked = asked_next(facts, answered, source.path, source.options)
    return Asking(facts, asked) if asked else _examined(facts, source)


def _finds_anything(facts: AnyFacts, path: str, options: Options) -> bool:
    """Whether any rule finds something, chosen or not, suppressed by a comment or not."""
    everything = frozenset(rule.name for rule in RULES)
    return bool(check_any_facts(facts, path, replace(options, rules=everything, respect_suppressions=False)))


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
    from optimlint.interpret import model_or_optimizer  # libcst loads here

    decoded = decode(request.content)
    return None if isinstance(decoded, Unparseable) else model_or_optimizer(decoded.text, request.name)


def _examined(facts: AnyFacts | Unparseable, source: Source) -> Examined:
    found = check_any_facts(facts, source.path, source.options)
    return Examined(tuple(found), passed_over=examples_passed_over(facts))
