"""A fake for the other files of a repository: it gives preset answers and records the questions."""

from dataclasses import dataclass, field, replace

from optimlint.facts import FileFacts
from optimlint.facts.elsewhere import Elsewhere
from optimlint.facts.models import Argument, Exposed, ModelClass
from optimlint.notebook.files import AnyFacts
from optimlint.notebook.page import PageFacts


@dataclass(slots=True)
class Others:
    """The questions about members of `used`, `keys`, `packages` and `parameters` are answered with yes."""

    used: frozenset[Exposed] = frozenset()
    keys: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    given: dict[Argument, tuple[ModelClass, ...]] = field(default_factory=dict)
    asked: list[tuple[str, object]] = field(default_factory=list)

    def is_used(self, exposed: Exposed) -> bool:
        self.asked.append(("used", exposed))
        return exposed in self.used

    def is_key_read(self, key: str) -> bool:
        self.asked.append(("key", key))
        return key in self.keys

    def is_package_used(self, package: str) -> bool:
        self.asked.append(("package", package))
        return package in self.packages

    def is_parameter(self, name: str) -> bool:
        self.asked.append(("parameter", name))
        return name in self.parameters

    def classes_given(self, argument: Argument) -> tuple[ModelClass, ...]:
        self.asked.append(("given", argument))
        return self.given.get(argument, ())

    def of(self, kind: str) -> frozenset[object]:
        """The questions of one kind."""
        return frozenset(what for one, what in self.asked if one == kind)


def beside(facts: AnyFacts, others: Elsewhere) -> AnyFacts:
    """The facts with these other files."""
    match facts:
        case FileFacts():
            return replace(facts, elsewhere=others)
        case PageFacts(notebook=notebook):
            inner = tuple(replace(one, facts=replace(one.facts, elsewhere=others)) for one in notebook.sources)
            return replace(facts, notebook=replace(notebook, sources=inner))
        case _:
            inner = tuple(replace(one, facts=replace(one.facts, elsewhere=others)) for one in facts.sources)
            return replace(facts, sources=inner)
