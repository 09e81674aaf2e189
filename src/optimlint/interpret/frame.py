"""The function, class body or module that is being read, and how names are looked up from there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from optimlint.facts.arms import Reach
from optimlint.facts.conditions import Condition
from optimlint.facts.names import Scope, ScopeKind
from optimlint.facts.training import Trait
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
from optimlint.interpret.world import World, same
from optimlint.syntax import tree

Expression = tree.Expression


@dataclass(frozen=True, slots=True)
class Deferred:
    """A function that is read after the code around it; `branch` are the arms that lead to its definition."""

    node: tree.FunctionDef
    scope: Scope
    class_value: ClassValue | None
    branch: Branch


@dataclass(slots=True)
class Loop:
    """Where a loop is left: by `break`, each with the condition on a parameter and the runs that reach it; and together
    with the function, by the runs alone. `left` is what is known where a round ends early."""

    breaks: list[tuple[Condition, Reach]] = field(default_factory=list)
    exits: list[Reach] = field(default_factory=list)
    left: State | None = None


class OtherFiles(Protocol):
    """What other files of the repository define, found by the imports of the code."""

    def find(self, entity: Entity) -> Values:
        """What an imported name stands for; nothing where that is not known."""

    def code_of(self, entity: Entity) -> str:
        """The code of the function or class that an imported name stands for, without its being parsed."""

    def classes(self, entity: Entity) -> list[ClassValue]:
        """The classes among what an imported name stands for."""

    def class_at(self, path: str, name: str) -> ClassValue | None:
        """The class that a name of a file's module stands for."""

    def class_named(self, within: ClassValue, name: str) -> ClassValue | None:
        """The class that a dotted name means in the module of another class."""

    def demand(self, path: str, name: str) -> None:
        """See to it that what a name of another file's module holds has been read."""

    def is_own(self, entity: Entity) -> bool:
        """Whether what an imported name stands for is defined in the source that is checked."""

    def starred(self, module: str, name: str) -> Entity | None:
        """What a star import of a module brings by a name."""

    def waiting(self, function: FunctionValue) -> Deferred | None:
        """A function of another file that nobody has read yet."""


class Machine(Protocol):
    """What runs code. It is handed to whatever models a call or a statement, so that no model needs to import it."""

    @property
    def others(self) -> OtherFiles:
        """The other files of the repository."""

    def evaluate(self, frame: "Frame", state: State, node: Expression) -> Values:
        """What an expression may stand for."""

    def run(self, frame: "Frame", state: State, body: tree.Suite) -> None:
        """Read the statements of a body in order."""

    def read_block(self, frame: "Frame", state: State, statements: Iterable[tree.Node]) -> None:
        """Read statements in order."""


@dataclass(slots=True)
class Frame:
    """One reading of one scope. `context` are the calls through which it is read, () when it is read by itself."""

    machine: Machine
    world: World
    scope: Scope
    class_value: ClassValue | None = None
    context: Context = ()
    outer_names: dict[str, Scope] = field(default_factory=dict)
    returns: Values = ()
    outcomes: list[tuple[Condition, Values]] = field(default_factory=list)
    """Each `return` with the condition on a parameter under which it is reached."""
    is_generator: bool = False
    statement: tree.Node | None = None
    """The simple statement that is being read."""
    reads_loops_once: bool = False
    is_counting: bool = False
    """Whether what is read is only counted: `sum(p.numel() for p in params)`."""
    is_looking: bool = False
    """Whether what is read is only shown or made sure of: by `print`, a logger, an f-string, `assert`."""
    is_repeated: bool = False
    """Whether a loop's body is read once more, for what a later round sees of an earlier one."""
    traits: frozenset[Trait] = frozenset()
    """What is true of all that training does here: it stands under `no_grad`."""
    deferred: list[Deferred] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    """The loops around what is being read, outermost first."""

    def nested(self, node: tree.Node) -> "Frame":
        """A frame of the same scope for what `node`, a comprehension or a lambda, runs each time by itself."""
        inner = Frame(self.machine, self.world, self.scope, self.class_value, (*self.context, node), self.outer_names)
        inner.is_repeated = self.is_repeated
        return inner

    def consume(self, values: Values, kind: FlowKind, at: tree.Node | None) -> None:
        """Note that something which could reach an optimizer reads the values, and so all they are made of."""
        self.world.flows.leave(values, kind, at)

    def note_exit(self, state: State) -> None:
        """Note that a `return` or `raise` ends all rounds of the loops around it."""
        if not state.in_parameter_loop:
            for loop in self.loops:
                loop.exits.append(state.branch.reach)


def load(frame: Frame, state: State, name: str) -> Values:
    """What `name` may hold here."""
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
    """Bind `name`: for what follows on this path, and for those who read it from elsewhere."""
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
    """What an attribute may hold: on this path, else anywhere in the source."""
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
    """An object that a class of the source has made has the attributes that its methods bind: each may be what any
    object of the class has by that name."""
    for maker in owner.makers:
        if isinstance(maker, ClassValue):
            bound = world.attributes.get((maker.instance.number, attribute), ())
            if bound and all(isinstance(value, Entity) for value in bound):
                sources = (value for value in bound if isinstance(value, Entity) and value not in child.sources)
                child.sources.extend(sources)


def _note_use_elsewhere(frame: Frame, values: Values) -> None:
    """An optimizer that another function reads may be used by any call of it, from the function's place on."""
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
    """Bind an attribute; on an object that others may hold, that is a use."""
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
    """Note by what name, and of which scope, something is known first; attributes are known in all scopes."""
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
    """Note the first name of something that an expression makes. A name that has meant two things tells nobody which of
    them is meant."""
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
