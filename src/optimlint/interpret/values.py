"""What expressions stand for while a source is read: abstract values with identity, private to this package.

A name may hold several at once (branches are unions), so the reader passes tuples of them around: `Values`. Values
that are built up by later statements (a list that is appended to, a dict filled by subscripts) are mutable and known
by the node that creates them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain

from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.facts.conditions import Always, Condition
from optimlint.facts.names import Scope, ScopeKind
from optimlint.facts.project import Argument
from optimlint.interpret.branches import Branch
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.sites import Context, Key, Region
from optimlint.syntax import tree

PARAMS = "params"
"""The key under which a group holds its parameters."""

Template = tuple[str | None, ...]
"""A text of which a part is known: its pieces in turn, None for one that is not."""


@dataclass(eq=False, slots=True)
class Entity:
    """Something of which only the identity is known: a parameter, an attribute, the result of an unknown call.

    `text` is the code that means it; two entities of equal text are taken for one value where only values are
    compared. `qualified_name` is set for what imports resolve, `made_by` for instances: the class's value.
    """

    number: int
    text: str
    name: str = ""
    """The first name that it is bound to, for people, where the code makes it by an expression."""
    parent: "Entity | None" = None
    attribute: str = ""
    qualified_name: str | None = None
    importing: str = ""
    """The file that imports it, "" for the one that is checked."""
    made_by: "Entity | ClassValue | None" = None
    makers: list["Entity | ClassValue"] = field(default_factory=list)
    """All classes that may have made it, where a call chooses among several."""
    sources: list["Entity"] = field(default_factory=list)
    """The objects that it may be: what callers give a parameter, what a function returns."""
    annotation: "Values" = ()
    """The class that an annotation says it is of."""
    argument: Argument | None = None
    """The parameter of a module's function, or of a class, that it is."""
    is_open: bool = False
    """Whether it may have been made by something else, or be another object."""
    called: "Entity | None" = None
    """What another file defines and a call of which has made it."""
    architecture: str = ""
    default: "Values" = ()
    own_class: "ClassValue | None" = None
    taken_from: tuple["Entity", ...] = ()
    """What it may be a part of, where something unknown has taken it from there."""
    template: Template = ()
    """The pieces of the text that it is, where some are known."""
    children: dict[str, "Entity"] = field(default_factory=dict)
    alias: "Entity | None" = None
    alternatives: tuple["Entity", ...] = ()
    """The objects of which it is one: branches bind a name to one or the other."""
    groups_of: "OptimizerValue | None" = None
    """The optimizer whose `param_groups` this is."""

    @property
    def display(self) -> str:
        """How the code speaks of it: by the name that it is bound to, where an expression makes it."""
        if self.name or self.parent is None:
            return self.name or self.text
        dot = "" if self.attribute.startswith("[") else "."
        return f"{self.parent.display}{dot}{self.attribute}"

    def representative(self) -> "Entity":
        """The entity that stands for all that are known to be the same object."""
        entity = self
        while entity.alias is not None:
            entity = entity.alias
        return entity


@dataclass(eq=False, slots=True)
class Constant:
    """A literal: string, number, True, False or None."""

    value: str | int | float | bool | None
    node: tree.Node
    condition: Condition | None = None
    """The test of a parameter that chose it, where a conditional expression did."""
    set_at: tuple[Condition, Reach] | None = None
    """Where a name is bound to it: the condition on a loop's parameters, and the runs."""
    statement: tree.Node | None = None
    place: str | None = None
    scope: Scope | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A wrapper around a model that puts `prefix` in front of the names of its parameters: the call, the name of the
    model without it, what the names are taken from, and the runs in which it is there."""

    prefix: str
    node: tree.Call
    bare: str
    receiver: tree.Expression
    reach: Reach


@dataclass(frozen=True, slots=True)
class DraftPart:
    """Parameters of `owner` that meet `condition`; the owner is None where nobody knows whose they are."""

    owner: Entity | None
    condition: Condition = Always()
    condition_node: tree.Node | None = None
    source_node: tree.Node | None = None
    wrapping: Wrapping | None = field(default=None, compare=False)
    """The wrapper that changes the names under which they are read."""


@dataclass(eq=False, slots=True)
class Element:
    """What a loop variable holds while a stream is read: a parameter, its name, or both."""

    what: Aspect
    parts: tuple[DraftPart, ...]
    text: str
    is_full_name: bool = True


@dataclass(eq=False, slots=True)
class Stream:
    """`model.parameters()`, `model.named_parameters()` and what filters them lazily."""

    node: tree.Node
    what: Aspect
    parts: tuple[DraftPart, ...]
    is_one_shot: bool
    is_full_names: bool = True
    is_edited: bool = False
    """Whether it is edited like a list: then an optimizer has put a list in its place."""
    readings: dict[tree.Node, Branch] = field(default_factory=dict)
    """The nodes that read it, or may, so far, and where each stands."""


@dataclass(eq=False, slots=True)
class Item:
    """One thing in a `Sequence`: an element, or, with `is_spread`, all that another collection holds."""

    values: "Values"
    is_spread: bool
    branch: Branch
    node: tree.Node
    path: Condition = Always()
    """The condition on a loop's parameters under which it is put in."""
    number: int = 0
    """Which edit of the list put it there, counted from 1; 0 where it is there from the start."""
    version: int | None = None
    """How many edits the list that is spread here had undergone by then; how often an iterator had been read."""
    is_drained: bool = False
    """Whether it stands for what is left of an iterator that has surely been read before."""
    is_many: bool = False
    """Whether it stands for nobody knows how many things: what a comprehension yields."""


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
    """One edit of a list: `key` is that of the item put in, `at` an index or a slice; `order` is where it stands,
    or the outermost call through which it is read."""

    kind: EditKind
    order: int
    key: Key | None = None
    at: int | slice | None = None
    perhaps: EditKind | None = None
    """What the edit does where branches decide alone whether it happens, at most once, in the runs of `reach`."""
    reach: Reach = EVERYWHERE


@dataclass(eq=False, slots=True)
class Sequence:
    """A list, tuple, set or comprehension, with all that was ever put in it. `items` are keyed by the node that puts
    them there, so that reading a statement twice adds nothing twice."""

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
    """Whether an `assert` looks at it."""
    is_given: bool = False
    """Whether an optimizer takes it."""
    is_handed_on: bool = False
    """Whether an optimizer, or a call that cannot be followed, takes it."""
    from_call: "Sequence | None" = None
    """The list that a function of this source returned, where this one is the result of calling it."""
    is_mapping: bool = False
    is_unreadable_builder: bool = False
    """Whether a library filled it with full names of parameters."""
    context: Context = ()
    region: Region = ()
    path: Condition = Always()
    edits: dict[Key, Edit] = field(default_factory=dict)
    """All edits since it was made, in order, by the node that makes them."""
    is_restructured: bool = False
    """Whether an edit did anything but add at the end."""
    is_reduced: bool = False
    """Whether something may have been taken out of it, or only some of it is taken on, nobody knows what."""
    is_shared: bool = False
    """Whether another function edits it, nobody knows when."""

    @property
    def is_as_returned(self) -> bool:
        """Whether it is what a function of this source returned, and nothing in sight has changed it since."""
        return self.from_call is not None and all(edit.kind is EditKind.ESCAPE for edit in self.edits.values())


@dataclass(eq=False, slots=True)
class Entry:
    """One key of a `Mapping` and what it may hold."""

    values: "Values"
    key_node: tree.Node
    value_node: tree.Node | None
    is_changed: bool = False


@dataclass(eq=False, slots=True)
class Mapping:
    """A dict: entries under literal keys, and what stands under keys that cannot be read."""

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
    """Whether a loop over parameters makes one for each of them."""
    is_listed: bool = False
    context: Context = ()
    region: Region = ()
    given_to: dict[tree.Node, Branch] = field(default_factory=dict)
    """The constructions of optimizers that were given it so far, and the branch of each."""
    removed: dict[tree.Node, "Values"] = field(default_factory=dict)
    """What was under keys that are gone, by the node that removed them."""
    is_escaped: bool = False
    """Whether something that cannot be followed may edit it."""
    replaced: list["Value"] = field(default_factory=list)
    """What was under a key that holds something else now."""


@dataclass(eq=False, slots=True)
class Truth:
    """A condition on parameters, with the collections that it is asked of."""

    condition: Condition
    node: tree.Node
    asked_of: "Values" = ()


@dataclass(eq=False, slots=True)
class FunctionValue:
    """A function, method or lambda; `bound` is the object it is looked up on."""

    node: tree.FunctionDef | tree.Lambda
    scope: Scope
    bound: Entity | None = None
    class_value: "ClassValue | None" = None
    given: tuple["Values", ...] = ()
    given_by_name: dict[str, "Values"] = field(default_factory=dict)
    """The arguments that `functools.partial` has given it already."""


@dataclass(eq=False, slots=True)
class ClassValue:
    """A class of this source and the classes it inherits from."""

    node: tree.ClassDef
    scope: Scope
    bases: tuple["Entity | ClassValue", ...]
    instance: Entity
    methods: dict[str, tree.FunctionDef] = field(default_factory=dict)

    def method(self, name: str) -> "FunctionValue | None":
        """The method of that name that the class has or inherits, None where it is no method."""
        node = self.methods.get(name)
        return None if node is None else FunctionValue(node, Scope(ScopeKind.FUNCTION, name, self.scope))

    def initializer(self) -> "FunctionValue | None":
        """What a call of the class gives its arguments to, looked up on the new object."""
        node = self.methods.get("__init__")
        return None if node is None else FunctionValue(node, self.scope, self.instance, self)


@dataclass(eq=False, slots=True)
class OptimizerClass:
    """A class that is surely an optimizer, without saying which: `getattr(torch.optim, name)`, a table's choice."""

    qualified_names: tuple[str, ...]
    text: str
    settings: dict[str, Entry] = field(default_factory=dict)
    is_open: bool = False


@dataclass(eq=False, slots=True)
class OptimizerValue:
    """A constructed optimizer, known by the call that made it."""

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
    """All values that any of the alternatives holds, each once, in order."""
    filled = [values for values in alternatives if values]
    if len(filled) <= 1:
        return filled[0] if filled else ()
    if len(filled) == 2 and (filled[0] is filled[1] or (len(filled[1]) == 1 and filled[1][0] in filled[0])):
        return filled[0]
    return tuple(dict.fromkeys(chain.from_iterable(filled)))


def contents(value: Value) -> Iterator[Value]:
    """What a collection holds."""
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
