"""A frame: the function, class body or module that is being read, and name lookup from there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from optimlint.facts.arms import Reach
from optimlint.facts.conditions import Condition
from optimlint.facts.names import Scope, ScopeKind
from optimlint.facts.training import Trait
from optimlint.interpret.aliases import same
from optimlint.interpret.branches import Branch
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.sites import Context
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    Entity,
    FunctionValue,
    Mapping,
    OptimizerValue,
    Sequence,
    Values,
    union,
)
from optimlint.interpret.world import World
from optimlint.syntax import tree

Expression = tree.Expression


@dataclass(frozen=True, slots=True)
class Deferred:
    """A function that is read after the code around it. `branch` are the branch arms around its definition."""

    node: tree.FunctionDef
    scope: Scope
    class_value: ClassValue | None
    branch: Branch


@dataclass(slots=True)
class Loop:
    """How a loop is left. `breaks` are its `break`s, each with the condition on a parameter and the reach; `exits` are
    the reaches of statements that also leave the function. `left` is the joined state at the points where a round ends
    early."""

    breaks: list[tuple[Condition, Reach]] = field(default_factory=list)
    exits: list[Reach] = field(default_factory=list)
    left: State | None = None


class OtherFiles(Protocol):
    """Definitions of other files of the repository, found through the imports of the code."""

    def find(self, entity: Entity) -> Values:
        """The values that an imported name refers to; empty if unknown."""

    def code_of(self, entity: Entity) -> str:
        """The source text of the function or class that an imported name refers to, without parsing it."""

    def classes(self, entity: Entity) -> list[ClassValue]:
        """The classes that an imported name refers to."""

    def class_at(self, path: str, name: str) -> ClassValue | None:
        """The class of that name in a module; None if it is not one."""

    def class_named(self, within: ClassValue, name: str) -> ClassValue | None:
        """The class that a dotted name refers to in the module of another class."""

    def demand(self, path: str, name: str) -> None:
        """Read the statements of another module that bind this name."""

    def is_own(self, entity: Entity) -> bool:
        """Whether an imported name is defined in the checked source."""

    def starred(self, module: str, name: str) -> Entity | None:
        """The entity that a star import of a module binds to a name; None if it has no such name."""

    def leads(self, function: FunctionValue) -> bool:
        """Whether a function of another file, or one that it calls by name there, mentions parameters, groups,
        optimizers or training operations."""

    def waiting(self, function: FunctionValue) -> Deferred | None:
        """A function of another file that has not been read in this pass, and that is now taken out of its module."""


class Machine(Protocol):
    """The interpreter as an interface. It is passed to the models of calls and statements, so that they need not import
    it."""

    @property
    def others(self) -> OtherFiles:
        """The other files of the repository."""

    def evaluate(self, frame: "Frame", state: State, node: Expression) -> Values:
        """The values that an expression may have."""

    def run(self, frame: "Frame", state: State, body: tree.Suite) -> None:
        """Read the statements of a body in order."""

    def read_block(self, frame: "Frame", state: State, statements: Iterable[tree.Node]) -> None:
        """Read statements in order."""


@dataclass(slots=True)
class Frame:
    """One reading of one scope. `context` is the call string through which it is read; () if it is read on its own."""

    machine: Machine
    world: World
    scope: Scope
    class_value: ClassValue | None = None
    context: Context = ()
    outer_names: dict[str, Scope] = field(default_factory=dict)
    returns: Values = ()
    outcomes: list[tuple[Condition, Values]] = field(default_factory=list)
    """Each `return` with the condition on a parameter under which it is reached, and its values."""
    is_generator: bool = False
    statement: tree.Node | None = None
    """The simple statement that is being read."""
    reads_loops_once: bool = False
    is_counting: bool = False
    """Whether the result is only used to count: `sum(p.numel() for p in params)`."""
    is_looking: bool = False
    """Whether the result is only shown or asserted: by `print`, a logger, an f-string, `assert`."""
    is_repeated: bool = False
    """Whether a loop body is being read a second time, to see effects of an earlier round."""
    traits: frozenset[Trait] = frozenset()
    """Properties that hold for all training operations here, such as being under `no_grad`."""
    deferred: list[Deferred] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    """The loops around what is being read, outermost first."""

    def nested(self, node: tree.Node) -> "Frame":
        """A frame in the same scope for the body of `node`, a comprehension or lambda, which may run many times."""
        inner = Frame(self.machine, self.world, self.scope, self.class_value, (*self.context, node), self.outer_names)
        inner.is_repeated = self.is_repeated
        return inner

    def consume(self, values: Values, kind: FlowKind, at: tree.Node | None) -> None:
        """Record that the values, and so everything that they are made of, are read by code that could reach an
        optimizer."""
        self.world.flows.leave(values, kind, at)

    def note_exit(self, state: State) -> None:
        """Record that a `return` or `raise` leaves all enclosing loops."""
        if not state.in_parameter_loop:
            for loop in self.loops:
                loop.exits.append(state.branch.reach)


def load(frame: Frame, state: State, name: str) -> Values:
    """The values that `name` may hold here."""
    world = frame.world
    if name in frame.outer_names:
        return world.bound.get((frame.outer_names[name], name)) or (world.name(name),)
    if name in state.bindings:
        values = state.bindings[name]
        for value in values:
            if isinstance(value, OptimizerValue):
                value.is_used = True
        if (frame.scope, name) in world.shared:
            return union(values, world.bound.get((frame.scope, name), ()))
        return values
    scope: Scope | None = frame.scope
    while scope is not None:
        is_visible = scope.kind is not ScopeKind.CLASS or scope is frame.scope
        if scope.kind is ScopeKind.MODULE and scope.name:
            frame.machine.others.demand(scope.name, name)
        if is_visible and (values := world.bound.get((scope, name), ())):
            _note_use_elsewhere(frame, values)
            return values
        scope = scope.parent
    return (frame.machine.others.starred(frame.scope.module, name) or world.name(name),)


def store(frame: Frame, state: State, name: str, values: Values, statement: tree.Node | None) -> None:
    """Bind `name` on the current path, and record the values for code in other scopes that mentions the name.
    `statement` is the assignment; None for definitions and other bindings."""
    world = frame.world
    target = frame.outer_names.get(name)
    if target is None:
        state.bindings[name] = values
        target = frame.scope
        if frame.scope.kind is ScopeKind.CLASS and frame.class_value is not None:
            store_attribute(frame, state, frame.class_value.instance, name, values, statement, is_class_level=True)
    if not frame.context or target is not frame.scope:
        frame.world.bind(target, name, values)
    _give_place(world, values, name, statement, target)


def load_attribute(frame: Frame, state: State, entity: Entity, attribute: str) -> Values:
    """The values that an attribute may hold: on this path if bound, else anywhere in the source."""
    owner = entity.representative()
    place = f"{owner.number}.{attribute}"
    if place in state.bindings:
        values = state.bindings[place]
        for value in values:
            if isinstance(value, OptimizerValue):
                value.is_used = True
        return values
    child = frame.world.child(owner, attribute)
    values = frame.world.attributes.get((owner.number, attribute), ())
    if not values:
        _note_bound_by_class(frame.world, owner, child, attribute)
    _note_use_elsewhere(frame, values)
    known = tuple(value for value in values if not isinstance(value, Entity))
    has_entity = len(known) < len(values) or not values
    return union(known, (child,)) if has_entity else known


def _note_bound_by_class(world: World, owner: Entity, child: Entity, attribute: str) -> None:
    """Record that the attribute of an object created by a class of the source may be any of the values that the class's
    methods bind to it."""
    for maker in owner.makers:
        if isinstance(maker, ClassValue):
            bound = world.attributes.get((maker.instance.number, attribute), ())
            if bound and all(isinstance(value, Entity) for value in bound):
                sources = (value for value in bound if isinstance(value, Entity) and value not in child.sources)
                child.sources.extend(sources)


def _note_use_elsewhere(frame: Frame, values: Values) -> None:
    """Record that another function reads an optimizer: any call of that function, after its definition, may use it."""
    place = frame.world.order(frame.statement) if frame.statement is not None else 0
    for value in values:
        if isinstance(value, OptimizerValue):
            known = frame.world.used_elsewhere.get(value, place)
            frame.world.used_elsewhere[value] = min(known, place)


def store_attribute(
    frame: Frame,
    state: State,
    entity: Entity,
    attribute: str,
    values: Values,
    statement: tree.Node | None,
    is_class_level: bool = False,
) -> None:
    """Bind an attribute. Storing on an object that others may hold lets the values escape."""
    owner = entity.representative()
    child = frame.world.child(owner, attribute)
    for value in values:
        if isinstance(value, Entity):
            same(frame.world.flows, child, value)
    key = (owner.number, attribute)
    frame.world.attributes[key] = union(frame.world.attributes.get(key, ()), values)
    if not is_class_level:
        state.bindings[f"{owner.number}.{attribute}"] = values
    if owner.own_class is None:
        others = tuple(value for value in values if not isinstance(value, OptimizerValue))
        frame.consume(others, FlowKind.STORED, statement)
    _give_place(frame.world, values, f"{entity.display}.{attribute}", statement)


def _give_place(
    world: World, values: Values, place: str, statement: tree.Node | None, scope: Scope | None = None
) -> None:
    """Record the name, and its scope, to which a value is first bound. Attributes have no scope."""
    if len(values) != 1:
        return
    match values[0]:
        case Sequence() | Mapping() | Constant() as value if value.place is None:
            value.place = place
            value.statement = statement
            if isinstance(value, Mapping):
                _give_place_to_entries(value, statement)
        case Entity():
            name_entity(world, values, place, scope)


def name_entity(world: World, values: Values, name: str, scope: Scope | None) -> None:
    """Record the first name of an entity that an expression creates. A name that has been bound to two entities
    identifies neither."""
    match values:
        case (Entity(name="", parent=None) as entity,) if "(" in entity.text:
            if world.named.setdefault((scope, name), entity) is entity:
                entity.name = name


def _give_place_to_entries(mapping: Mapping, statement: tree.Node | None) -> None:
    for key, entry in mapping.entries.items():
        for held in entry.values:
            if isinstance(held, Sequence | Mapping) and held.place is None:
                held.place = f'{mapping.place}["{key}"]'
                held.statement = statement
