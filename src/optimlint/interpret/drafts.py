"""Drafts of facts: constructions, tests of names, spent iterators and functions as they were read."""

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
    """An assignment that switches no gradient: of a misspelt attribute of what is surely a parameter (`is_parameter`),
    or of `requires_grad` of what may be a module. `owner` is None for what a loop goes over."""

    target: tree.Attribute
    statement: tree.Node
    value: Values
    is_parameter: bool
    owner: Entity | None
    scope: Scope


@dataclass(slots=True)
class FlatteningDraft:
    """What gives all groups of an optimizer one rate, `value`: of the one that `optimizer` constructs, or of each that
    callers pass as the parameter `optimizer`."""

    node: tree.Node
    optimizer: tree.Call | Entity
    value: tree.Expression
    is_scheduler: bool


@dataclass(slots=True)
class WrappedTestDraft:
    """A test of how names begin, of a wrapped model."""

    node: tree.Node
    wrapping: Wrapping
    texts: tuple[str, ...]


@dataclass(slots=True)
class CallDraft:
    """An optimizer construction as it was read."""

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
    """The classes of this source among those that may be constructed."""
    context: Context = ()
    region: Region = ()
    versions: dict[Value, int | None] = field(default_factory=dict)
    """How many edits each list that it is given had undergone by then, and how often each iterator had been read, by
    the value; None where that is not known."""
    is_refilled: bool = False
    """Whether another construction may have filled in its own settings in a group that this one is given."""
    is_added_surely: bool = True
    """Whether all that is added later surely is, once."""


@dataclass(slots=True)
class FilterDraft:
    """A test of a parameter's name as it was read."""

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
    """A second reading of a one-shot iterator."""

    stream: Stream | Sequence
    place: str
    node: tree.Node
    first: tree.Node
    scope: Scope


@dataclass(slots=True)
class FunctionDraft:
    """A function of this source, and what a first reading found that it returns."""

    node: tree.FunctionDef
    scope: Scope
    class_value: ClassValue | None
    returns: Values = ()
    is_generator: bool = False
    is_replaced: bool = False
    changed: frozenset[str] | None = None
    """The names of what it fills or returns; None while nobody has asked."""
