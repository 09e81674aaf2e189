"""Drafts of facts, recorded while code is read: optimizer constructions, name tests, exhausted iterators, functions."""

from dataclasses import dataclass, field

from optimlint.facts.groups import FilterKind
from optimlint.facts.names import Scope
from optimlint.interpret.branches import Branch
from optimlint.interpret.sites import Context, Region
from optimlint.interpret.values import (
    ClassValue,
    Entity,
    Entry,
    Item,
    Sequence,
    Stream,
    Value,
    Values,
    Wrapping,
)
from optimlint.syntax import tree


@dataclass(slots=True)
class SwitchDraft:
    """An assignment that disables no gradient: to a misspelled attribute of a certain parameter (`is_parameter`), or to
    `requires_grad` of a possible module. `owner` is None for a loop variable."""

    target: tree.Attribute
    statement: tree.Node
    value: Values
    is_parameter: bool
    owner: Entity | None
    scope: Scope


@dataclass(slots=True)
class FlatteningDraft:
    """Code that sets all groups of an optimizer to one learning rate, `value`. `optimizer` is the construction, or the
    function parameter for which callers pass optimizers."""

    node: tree.Node
    optimizer: tree.Call | Entity
    value: tree.Expression
    is_scheduler: bool


@dataclass(slots=True)
class WrappedTestDraft:
    """A test of how parameter names begin, on a wrapped model."""

    node: tree.Node
    wrapping: Wrapping
    texts: tuple[str, ...]


@dataclass(slots=True)
class CallDraft:
    """An optimizer construction."""

    node: tree.Call
    text: str
    qualified_names: tuple[str, ...]
    argument: tree.Expression | None
    values: Values
    settings: dict[str, Entry]
    is_open: bool
    scope: Scope
    branch: Branch
    order: int
    place: str | None = None
    statement: tree.Node | None = None
    reachable: dict[str, Values] = field(default_factory=dict)
    added: tuple[Item, ...] = ()
    class_values: tuple[ClassValue, ...] = ()
    """The classes of this source that it may construct."""
    context: Context = ()
    region: Region = ()
    versions: dict[Value, int | None] = field(default_factory=dict)
    """For each list in the arguments the number of its edits by then, and for each iterator the number of its reads;
    None if unknown."""
    is_refilled: bool = False
    """Whether another construction may have filled in its defaults in a group that is passed to this one."""
    is_added_surely: bool = True
    """Whether all groups added later are certainly added, exactly once."""


@dataclass(slots=True)
class FilterDraft:
    """A test of a parameter's name."""

    kind: FilterKind
    node: tree.Node
    subject: str
    is_full_name: bool
    is_negated: bool
    names: Values
    names_node: tree.Node | None
    scope: Scope
    owners: tuple[Entity, ...]
    replacement: str = ""
    has_dimension_test: bool = False


@dataclass(slots=True)
class ExhaustedDraft:
    """A second read of a one-shot iterator."""

    stream: Stream | Sequence
    place: str
    node: tree.Node
    first: tree.Node
    scope: Scope


@dataclass(slots=True)
class FunctionDraft:
    """A function of this source, and what its first reading found."""

    node: tree.FunctionDef
    scope: Scope
    class_value: ClassValue | None
    returns: Values = ()
    is_generator: bool = False
    is_replaced: bool = False
    changed: frozenset[str] | None = None
    """The names that it fills or returns; None until computed."""
