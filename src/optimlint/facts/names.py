"""Scopes, models and comments of a source."""

from dataclasses import dataclass, field
from enum import Enum

from optimlint.diagnostic import Range

_LONGEST_SHOWN = 40
"""The code of a model is shown unchanged up to this many characters."""


class ScopeKind(Enum):
    """The kind of code that opens a scope. All cells of a notebook are one module."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Scope:
    """A region of code with its own names. `name` is dotted, starting from the module; the module's own name is "" for
    the checked source and the path for any other file."""

    kind: ScopeKind
    name: str
    parent: "Scope | None" = None

    def __hash__(self) -> int:
        """The hash of the dotted name, which few scopes share. Hashing the nested parents would be slow, and scopes are
        looked up very often."""
        return hash(self.name)

    @property
    def module(self) -> str:
        """The path of the file that it is in, "" for the checked source."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope.name if scope.kind is ScopeKind.MODULE else ""

    def holds(self, other: "Scope") -> bool:
        """Whether `other` is this scope or nested in it."""
        scope: Scope | None = other
        while scope is not None:
            if scope == self:
                return True
            scope = scope.parent
        return False


def class_around(scope: Scope) -> Scope | None:
    """The innermost class that is the scope itself or encloses it; None if there is none."""
    current: Scope | None = scope
    while current is not None and current.kind is not ScopeKind.CLASS:
        current = current.parent
    return current


@dataclass(frozen=True, slots=True)
class Model:
    """An object whose parameters are taken, as far as one source tells: `model`, `self.encoder`, `net.module`.

    Two expressions for the same object (through aliases, wrappers, attributes of `self`) have the same `identity`.
    `path` are the attributes from that object to the sub-module meant, () for the whole object. `text` is the
    expression as the code writes it.
    """

    identity: int
    path: tuple[str, ...]
    text: str
    alternatives: tuple["Model", ...] = ()
    """The models of which it is one, if branches bind the name to different models."""
    may_be_in: frozenset[int] = field(default=frozenset(), compare=False)
    """The identities of models that it may be a part of. It is not known which part `getattr(model, name)` is."""

    @property
    def has_name(self) -> bool:
        """Whether its text is a name. A call would create a second model if it were written again."""
        return all(part.isidentifier() for part in self.text.split("."))

    @property
    def shown(self) -> str:
        """The text for messages: without the arguments of a long call."""
        if len(self.text) <= _LONGEST_SHOWN:
            return self.text
        opening, closing = self.text.find("("), self.text.rfind(")")
        return f"{self.text[:opening]}(…){self.text[closing + 1 :]}" if 0 < opening < closing else self.text

    def contains(self, other: "Model") -> bool:
        """Whether `other` is this model or a sub-module of it."""
        return self.identity == other.identity and other.path[: len(self.path)] == self.path

    def may_contain(self, other: "Model") -> bool:
        """Whether `other` is this model, one of its alternatives, or a sub-module of these."""
        return self.contains(other) or any(one.contains(other) for one in self.alternatives)

    def may_be_part_of(self, identity: int) -> bool:
        """Whether it may be an unknown part of the model with this identity."""
        return any(identity in one.may_be_in for one in (self, *self.alternatives))

    def is_same(self, other: "Model") -> bool:
        """Whether both are the same object."""
        return self.identity == other.identity and self.path == other.path


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, including its `#`, with its range. `before` is the white space before it on its line. `is_alone` is
    set if nothing else is on the line."""

    range: Range
    text: str
    before: str = ""
    is_alone: bool = False
