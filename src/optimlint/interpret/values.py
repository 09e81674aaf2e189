"""The abstract values that expressions evaluate to. They have identity and are private to this package.

A name may hold several (joins of branches are unions), so the interpreter passes tuples of them: `Values`. Values that
later statements build up, such as a list that is appended to, are mutable and identified by their allocation site.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain

from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.facts.conditions import Always, Condition
from optimlint.facts.models import Argument
from optimlint.facts.names import Scope, ScopeKind
from optimlint.interpret.branches import Branch
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.sites import Context, Key, Region
from optimlint.syntax import tree

PARAMS = "params"
"""The group key for parameters."""

Template = tuple[str | None, ...]
"""A partly known string: its pieces in order, None for unknown pieces."""


@dataclass(eq=False, slots=True)
class Entity:
    """A symbolic object of which only the identity is known: a parameter, an attribute, or the result of an unknown
    call.

    `text` is the code that refers to it. Two entities with equal text count as equal where only values are compared.
    `qualified_name` is set for imported names, and `made_by` is the class of an instance.
    """

    number: int
    text: str
    name: str = ""
    """The first name that it is bound to, for messages, if an expression created it."""
    parent: "Entity | None" = None
    attribute: str = ""
    qualified_name: str | None = None
    importing: str = ""
    """The file that imports it, "" for the checked source."""
    made_by: "Entity | ClassValue | None" = None
    makers: list["Entity | ClassValue"] = field(default_factory=list)
    """All classes that may have created it, if a call chooses among several."""
    sources: list["Entity"] = field(default_factory=list)
    """The objects that it may be: what callers pass as a parameter, or what a function returns."""
    annotation: "Values" = ()
    """The class named by its annotation."""
    argument: Argument | None = None
    """The function or class parameter that it stands for, if it is one."""
    is_open: bool = False
    """Whether it may also be another object, or created by something else."""
    called: "Entity | None" = None
    """The function or class of another file whose call created it."""
    returned_by: tree.Node | None = None
    """The function whose call returned it, if its body was not read for that call."""
    architecture: str = ""
    default: "Values" = ()
    own_class: "ClassValue | None" = None
    taken_from: tuple["Entity", ...] = ()
    """The objects that it may be a part of, if unknown code extracted it."""
    template: Template = ()
    """The known pieces of the string that it is."""
    children: dict[str, "Entity"] = field(default_factory=dict)
    alias: "Entity | None" = None
    alternatives: tuple["Entity", ...] = ()
    """The objects of which it is one, if branches bind a name to different ones."""
    groups_of: "OptimizerValue | None" = None
    """The optimizer, if this is its `param_groups`."""
    asks_gradient: bool = False
    """Whether the code asks for its gradient: among parameters it is one tensor, and no module."""

    @property
    def display(self) -> str:
        """The name for messages: the name that it is bound to, or else its code."""
        if self.name or self.parent is None:
            return self.name or self.text
        dot = "" if self.attribute.startswith("[") else "."
        return f"{self.parent.display}{dot}{self.attribute}"

    def representative(self) -> "Entity":
        """The entity that represents all entities known to be the same object."""
        entity = self
        while entity.alias is not None:
            entity = entity.alias
        return entity


@dataclass(eq=False, slots=True)
class Constant:
    """A literal: a string, number, True, False or None."""

    value: str | int | float | bool | None
    node: tree.Node
    condition: Condition | None = None
    """The test of a parameter by which a conditional expression chose it."""
    set_at: tuple[Condition, Reach] | None = None
    """Where it was bound to a name: the condition on loop variables, and the reach."""
    statement: tree.Node | None = None
    place: str | None = None
    scope: Scope | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A wrapper around a model that adds `prefix` to parameter names: the call, the name of the bare model, the
    expression whose names are read, and the reach in which the wrapper is present."""

    prefix: str
    node: tree.Call
    bare: str
    receiver: tree.Expression
    reach: Reach


@dataclass(frozen=True, slots=True)
class DraftPart:
    """The parameters of `owner` that satisfy `condition`. The owner is None if unknown."""

    owner: Entity | None
    condition: Condition = Always()
    condition_node: tree.Node | None = None
    source_node: tree.Node | None = None
    wrapping: Wrapping | None = field(default=None, compare=False)
    """The wrapper that changes the names under which they are read."""


@dataclass(eq=False, slots=True)
class Element:
    """The value of a loop variable over a stream: a parameter, its name, or both."""

    what: Aspect
    parts: tuple[DraftPart, ...]
    text: str
    is_full_name: bool = True
    is_every_module: bool = False
    """Whether it is each module of a model in turn: the model, and its parts at any depth."""


@dataclass(eq=False, slots=True)
class Stream:
    """`model.parameters()`, `model.named_parameters()`, or a lazy filter over one."""

    node: tree.Node
    what: Aspect
    parts: tuple[DraftPart, ...]
    is_one_shot: bool
    is_full_names: bool = True
    is_every_module: bool = False
    is_edited: bool = False
    """Whether the code edits it like a list. That means an optimizer has replaced it by a list."""
    readings: dict[tree.Node, Branch] = field(default_factory=dict)
    """The nodes that may have read it so far, with their branches."""


@dataclass(eq=False, slots=True)
class Item:
    """One entry of a `Sequence`: an element, or with `is_spread` all elements of another collection."""

    values: "Values"
    is_spread: bool
    branch: Branch
    node: tree.Node
    path: Condition = Always()
    """The condition on loop variables under which it is added."""
    number: int = 0
    """The 1-based number of the edit that added it; 0 if it was there from the start."""
    version: int | None = None
    """The number of edits that a spread list had undergone by then, or of reads of a spread iterator."""
    is_drained: bool = False
    """Whether it stands for the rest of an iterator that has certainly been read before."""
    is_many: bool = False
    """Whether it stands for an unknown number of elements, as from a comprehension."""


class EditKind(Enum):
    """What an edit does to a list."""

    ADD = "put at the end"
    INSERT = "put at an index"
    SET = "put in place of what is at an index"
    REMOVE = "what is at an index or a slice goes"
    REVERSE = "turned round"
    CLEAR = "all goes"
    GATHER = "put at the end, as often as a loop goes round"
    ESCAPE = "given to what cannot be followed and may edit it"
    LOST = "cannot be followed"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a list. `key` is that of the added item, and `at` an index or slice. `order` is the offset of the
    edit, or of the outermost call through which it is read."""

    kind: EditKind
    order: int
    key: Key | None = None
    at: int | slice | None = None
    perhaps: EditKind | None = None
    """What the edit does if only branches decide whether it happens, at most once, in the runs of `reach`."""
    reach: Reach = EVERYWHERE


@dataclass(eq=False, slots=True)
class Sequence:
    """A list, tuple, set or comprehension, with everything that was ever put in it. `items` are keyed by the node that
    adds them, so that reading a statement twice adds nothing twice."""

    node: tree.Node
    scope: Scope
    branch: Branch
    order: int
    kind: SequenceKind = SequenceKind.LIST
    items: dict[Key, Item] = field(default_factory=dict)
    place: str | None = None
    statement: tree.Node | None = None
    is_open: bool = False
    """Whether something that cannot be followed may have changed it."""
    is_asserted: bool = False
    """Whether an `assert` reads it."""
    is_given: bool = False
    """Whether it is passed to an optimizer."""
    is_handed_on: bool = False
    """Whether it is passed to an optimizer or to unknown code."""
    from_call: "Sequence | None" = None
    """The list that a function returned, if this is the result of a call of it."""
    is_mapping: bool = False
    is_unreadable_builder: bool = False
    """Whether a library function filled it with full parameter names."""
    context: Context = ()
    region: Region = ()
    path: Condition = Always()
    edits: dict[Key, Edit] = field(default_factory=dict)
    """All edits since its creation, in order, by the node that makes them."""
    is_restructured: bool = False
    """Whether some edit did more than append."""
    is_reduced: bool = False
    """Whether unknown elements may have been removed, or only some of them are passed on."""
    is_shared: bool = False
    """Whether another function edits it at an unknown time."""

    @property
    def is_as_returned(self) -> bool:
        """Whether it is what a function returned, with no visible change since."""
        return self.from_call is not None and all(edit.kind is EditKind.ESCAPE for edit in self.edits.values())


@dataclass(eq=False, slots=True)
class Entry:
    """One key of a `Mapping`, and the values that it may hold."""

    values: "Values"
    key_node: tree.Node
    value_node: tree.Node | None
    is_changed: bool = False


@dataclass(eq=False, slots=True)
class Mapping:
    """A dict: entries with literal keys, and values under unknown keys."""

    node: tree.Node
    scope: Scope
    branch: Branch
    order: int
    entries: dict[str, Entry] = field(default_factory=dict)
    others: dict[tree.Node, "Values"] = field(default_factory=dict)
    is_open: bool = False
    place: str | None = None
    statement: tree.Node | None = None
    path: Condition = Always()
    is_made_for_each: bool = False
    """Whether a loop over parameters creates one per parameter."""
    is_listed: bool = False
    context: Context = ()
    region: Region = ()
    given_to: dict[tree.Node, Branch] = field(default_factory=dict)
    """The optimizer constructions that it was passed to so far, with their branches."""
    removed: dict[tree.Node, "Values"] = field(default_factory=dict)
    """Values under removed keys, by the node that removed them."""
    is_escaped: bool = False
    """Whether unknown code may edit it."""
    replaced: list["Value"] = field(default_factory=list)
    """Previous values of keys that were set again."""


@dataclass(eq=False, slots=True)
class Truth:
    """A condition on parameters, and the collections that it tests."""

    condition: Condition
    node: tree.Node
    asked_of: "Values" = ()


@dataclass(eq=False, slots=True)
class FunctionValue:
    """A function, method or lambda. `bound` is the object that it was looked up on."""

    node: tree.FunctionDef | tree.Lambda
    scope: Scope
    bound: Entity | None = None
    class_value: "ClassValue | None" = None
    given: tuple["Values", ...] = ()
    given_by_name: dict[str, "Values"] = field(default_factory=dict)
    """The keyword arguments already bound by `functools.partial`."""


@dataclass(eq=False, slots=True)
class ClassValue:
    """A class with source code, and its bases."""

    node: tree.ClassDef
    scope: Scope
    bases: tuple["Entity | ClassValue", ...]
    instance: Entity
    methods: dict[str, tree.FunctionDef] = field(default_factory=dict)

    def method(self, name: str) -> "FunctionValue | None":
        """The method of that name, own or inherited; None if there is none."""
        node = self.methods.get(name)
        return None if node is None else FunctionValue(node, Scope(ScopeKind.FUNCTION, name, self.scope))

    def initializer(self) -> "FunctionValue | None":
        """`__init__`, bound to a new instance; None if there is none."""
        node = self.methods.get("__init__")
        return None if node is None else FunctionValue(node, self.scope, self.instance, self)


@dataclass(eq=False, slots=True)
class OptimizerClass:
    """A class that is certainly an optimizer, without knowing which: `getattr(torch.optim, name)`, or a choice from a
    table."""

    qualified_names: tuple[str, ...]
    text: str
    settings: dict[str, Entry] = field(default_factory=dict)
    is_open: bool = False


@dataclass(eq=False, slots=True)
class OptimizerValue:
    """A constructed optimizer, identified by its constructor call."""

    call: tree.Call
    is_used: bool = False


Value = (
    Entity
    | Constant
    | Element
    | Stream
    | Sequence
    | Mapping
    | Truth
    | FunctionValue
    | ClassValue
    | OptimizerClass
    | OptimizerValue
)
Values = tuple[Value, ...]


def union(*alternatives: Values) -> Values:
    """The union of the alternatives: all their values in order, each once."""
    filled = [values for values in alternatives if values]
    if len(filled) <= 1:
        return filled[0] if filled else ()
    if len(filled) == 2 and (filled[0] is filled[1] or (len(filled[1]) == 1 and filled[1][0] in filled[0])):
        return filled[0]
    return tuple(dict.fromkeys(chain.from_iterable(filled)))


def contents(value: Value) -> Iterator[Value]:
    """The elements of a collection."""
    match value:
        case Sequence():
            for item in list(value.items.values()):
                yield from item.values
        case Mapping():
            for entry in list(value.entries.values()):
                yield from entry.values
            for values in list(value.others.values()):
                yield from values
        case _:
            return
