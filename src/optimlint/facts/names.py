"""Where things stand: scopes, models, comments."""

from dataclasses import dataclass, field
from enum import Enum

from optimlint.diagnostic import Range

_LONGEST_SHOWN = 40
"""Characters of a model's code that a message repeats as they are."""


class ScopeKind(Enum):
    """What opens a scope; a notebook's cells are one module."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Scope:
    """A stretch of code in which a name means one thing. `name` is dotted from the module on; that of a module is ""
    for the source that is checked, and the path of any other."""

    kind: ScopeKind
    name: str
    parent: "Scope | None" = None

    def __hash__(self) -> int:
        """That of the dotted name, which few scopes share: scopes are looked up all the time, and nest."""
        return hash(self.name)

    @property
    def module(self) -> str:
        """The path of the file that it is in, "" for the source that is checked."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope.name if scope.kind is ScopeKind.MODULE else ""

    def holds(self, other: "Scope") -> bool:
        """Whether `other` is this scope or stands inside it."""
        scope: Scope | None = other
        while scope is not None:
            if scope == self:
                return True
            scope = scope.parent
        return False


def class_around(scope: Scope) -> Scope | None:
    """The innermost class that a scope is or stands in."""
    current: Scope | None = scope
    while current is not None and current.kind is not ScopeKind.CLASS:
        current = current.parent
    return current


@dataclass(frozen=True, slots=True)
class Model:
    """Something whose parameters are taken, as far as one source tells: `model`, `self.encoder`, `net.module`.

    `identity` is equal for two expressions that mean the same object (through aliases, wrappers, attributes of
    `self`); `path` are the attributes from it down to the sub-module meant, () for the whole. `text` is how the code
    writes it.
    """

    identity: int
    path: tuple[str, ...]
    text: str
    alternatives: tuple["Model", ...] = ()
    """The models of which it is one, where branches bind the name to one or the other."""
    may_be_in: frozenset[int] = field(default=frozenset(), compare=False)
    """The models that it may be a part of, by their identity: nobody knows what `getattr(model, name)` is."""

    @property
    def has_name(self) -> bool:
        """Whether its text names it: to write a call a second time is to make a second model."""
        return all(part.isidentifier() for part in self.text.split("."))

    @property
    def shown(self) -> str:
        """The text for people: without the arguments of a long call."""
        if len(self.text) <= _LONGEST_SHOWN:
            return self.text
        opening, closing = self.text.find("("), self.text.rfind(")")
        return f"{self.text[:opening]}(…){self.text[closing + 1 :]}" if 0 < opening < closing else self.text

    def contains(self, other: "Model") -> bool:
        """Whether `other` is this model or a sub-module of it."""
        return self.identity == other.identity and other.path[: len(self.path)] == self.path

    def may_contain(self, other: "Model") -> bool:
        """Whether `other` is this model, or one of those that it may be, or a sub-module of these."""
        return self.contains(other) or any(one.contains(other) for one in self.alternatives)

    def may_be_part_of(self, identity: int) -> bool:
        """Whether it may be a part of the model of that identity, nobody knows which."""
        return any(identity in one.may_be_in for one in (self, *self.alternatives))

    def is_same(self, other: "Model") -> bool:
        """Whether both mean one object."""
        return self.identity == other.identity and self.path == other.path


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its `#`, and its place. `before` is the white space in front of it on its line; `is_alone` says
    whether nothing else stands there."""

    range: Range
    text: str
    before: str = ""
    is_alone: bool = False
