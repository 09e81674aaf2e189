"""The state of interpreting one source: values by allocation site, bindings by scope, and drafts of the facts."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from optimlint.facts.limits import Limit
from optimlint.facts.names import Scope, ScopeKind
from optimlint.interpret.branches import Branch
from optimlint.interpret.drafts import (
    CallDraft,
    ExhaustedDraft,
    FilterDraft,
    FlatteningDraft,
    FunctionDraft,
    SwitchDraft,
    WrappedTestDraft,
)
from optimlint.interpret.flows import FlowKind, Flows
from optimlint.interpret.group_changes import GroupChanges
from optimlint.interpret.interest import MARKS, has_groups, is_followed
from optimlint.interpret.sites import Context, Region, Role, Site
from optimlint.interpret.training.notes import Notes
from optimlint.interpret.values import (
    ClassValue,
    DraftPart,
    Entity,
    Mapping,
    OptimizerValue,
    Sequence,
    Stream,
    Value,
    Values,
    union,
)
from optimlint.knowledge.optimizers import names_in
from optimlint.model_marks import mistyped_switches
from optimlint.options import Options
from optimlint.repository.repository import ALONE, Repository
from optimlint.syntax import tree
from optimlint.syntax.parse import Layout, code_words
from optimlint.ways import Ways

MOST_BOUND = 200
"""The most values that are kept per name. Otherwise names that are rebound very often would take quadratic time."""

_MOST_WORDS = 300
"""The most words of a function that are searched for names of collections that it may edit."""

MODULE = Scope(ScopeKind.MODULE, "")

Made = TypeVar("Made")


@dataclass(slots=True)
class World:
    """Everything that is collected while one source is interpreted, in one or more passes."""

    layout: Layout
    options: Options
    path: str = ""
    """The path of the checked source in the repository."""
    repository: Repository = ALONE
    shows_models_alone: bool = False
    """Whether the source builds no groups and no optimizers and does not train, so that only its model classes can have
    findings."""
    followed: Repository = ALONE
    """The repository whose code is followed; empty if the source does nothing that other files could contribute to."""
    interest: dict[Scope, re.Pattern[str]] = field(default_factory=dict)
    """The words of interest, by the enclosing function; MODULE outside of functions."""
    mentioned: frozenset[str] | None = None
    ways: Ways = field(default_factory=Ways)
    """The functions that create, return or take the source's models."""
    bound: dict[tuple[Scope, str], Values] = field(default_factory=dict)
    attributes: dict[tuple[int, str], Values] = field(default_factory=dict)
    calls: dict[tree.Call, CallDraft] = field(default_factory=dict)
    filters: dict[tree.Node, FilterDraft] = field(default_factory=dict)
    exhausted: dict[Value, ExhaustedDraft] = field(default_factory=dict)
    read_at: dict[tree.Node, tuple[Branch, Region]] = field(default_factory=dict)
    """The branch arms and loops around the node that first reads all of an iterator."""
    emptied_surely: set[tree.Node] = field(default_factory=set)
    """The nodes of `emptied` at which the iterator is exhausted on every path."""
    emptied: set[tree.Node] = field(default_factory=set)
    """The nodes that read an iterator which was read before on some path."""
    awaited: set[Value] = field(default_factory=set)
    """Exhausted iterators that something other than groups and optimizers reads."""
    overwrites: dict[tree.Call, tuple[tree.Call, tree.Call]] = field(default_factory=dict)
    functions: dict[tree.Node, FunctionDraft] = field(default_factory=dict)
    classes: dict[tree.ClassDef, ClassValue] = field(default_factory=dict)
    mentions: dict[str, list[int]] = field(default_factory=dict)
    """The offsets of each name in the code. Comments do not count, and strings only if they are a single name."""
    open_overwrites: list[tuple[Branch, tree.Call, tree.Call]] = field(default_factory=list)
    """Optimizers replaced in one arm of an `if`. A finding only if the other arm replaces them too."""
    changed_keys: set[tuple[str, Scope]] = field(default_factory=set)
    telling_apart: set[Scope] = field(default_factory=set)
    """Scopes that set a key of one group by its index."""
    changed_groups: GroupChanges = field(default_factory=GroupChanges)
    initial_reads: dict[Value, tree.Node] = field(default_factory=dict)
    """Where `__init__` reads one-shot iterators, for methods that run after it."""
    flows: Flows = field(default_factory=Flows)
    """The flows of values in this pass."""
    frozen: dict[DraftPart, None] = field(default_factory=dict)
    """Parameters whose gradients are disabled."""
    wrapped_tests: dict[tree.Node, WrappedTestDraft] = field(default_factory=dict)
    """Tests of parameter names that fail because a wrapper adds a prefix to the names."""
    flattenings: dict[tree.Node, FlatteningDraft] = field(default_factory=dict)
    """Where all groups of an optimizer are set to one learning rate."""
    optimizers_given: dict[Entity, dict[tree.Call, None]] = field(default_factory=dict)
    """The constructions of the optimizers that calls pass to the parameters of functions."""
    switches: dict[tree.Node, SwitchDraft] = field(default_factory=dict)
    """Assignments that look like `requires_grad` but do not set it."""
    exported: set[str] = field(default_factory=set)
    star_imports: dict[str, dict[str, None]] = field(default_factory=dict)
    """The modules that are star-imported, in order, by importing file ("" for the checked one)."""
    wanted: set[Entity] = field(default_factory=set)
    """Functions of other files whose results matter because parameters of them are taken."""
    needed: set[tree.Node] = field(default_factory=set)
    """Functions of other files whose results were models in an earlier pass."""
    objects_of_interest: set[Entity] = field(default_factory=set)
    """The objects whose parameters an earlier pass took or that it trained, and the objects that hold them."""
    passes: int = 0
    shared: set[tuple[Scope, str]] = field(default_factory=set)
    """Names that an inner function binds with `nonlocal` or `global`."""
    has_dynamic_lookup: bool = False
    """Whether the source looks up functions by computed names."""
    used_elsewhere: dict[OptimizerValue, int] = field(default_factory=dict)
    """Optimizers that another function reads, with the offset of the first read."""
    named: dict[tuple[Scope | None, str], Entity] = field(default_factory=dict)
    """The first entity bound to a name in a scope. Attributes share the scope None."""
    made: dict[Site, object] = field(default_factory=dict)
    touched: set[Site] = field(default_factory=set)
    targets: dict[tree.Call, str] = field(default_factory=dict)
    """The name or attribute to which the result of a call is bound."""
    words: dict[tree.Node, tuple[str, ...]] = field(default_factory=dict)
    unbound: dict[str, Entity] = field(default_factory=dict)
    choices: dict[frozenset[int], Entity] = field(default_factory=dict)
    """The entity that stands for one of several objects, by their numbers."""
    training: Notes = field(default_factory=Notes)
    """The training operations on models, optimizers and scalers."""
    left_unread: dict[Limit, set[object]] = field(default_factory=dict)
    """What was not read because of limits: calls, or paths of files."""
    scope_lines: dict[tuple[str, str], int] = field(default_factory=dict)
    entity_count: int = 0
    inlined: int = 0

    def words_of_interest(self, scope: Scope) -> re.Pattern[str]:
        """What a function in this scope must mention to be worth reading: the marks, optimizers, and names that hold
        followed values and that it can see: those of modules, classes and enclosing functions, and attributes."""
        around = scope.parent
        while around is not None and around.kind is ScopeKind.CLASS:
            around = around.parent
        if around is None or around.kind is ScopeKind.MODULE:
            around = MODULE
        if around not in self.interest:
            held = {name for where, name in self._followed_names() if _can_see(around, where)}
            held |= {name for (_, name), values in self.attributes.items() if any(is_followed(one) for one in values)}
            held |= self._names_in_source()
            names = "|".join(re.escape(name) for name in sorted(held) if name)
            self.interest[around] = re.compile(rf"{MARKS.pattern}|\b(?:{names})\b" if names else MARKS.pattern, re.M)
        return self.interest[around]

    def _names_in_source(self) -> frozenset[str]:
        """The optimizers and misspelled attributes that the checked source mentions."""
        if self.mentioned is None:
            checked = self.layout.checked
            self.mentioned = names_in(checked) | mistyped_switches(checked.encode("utf-8", "surrogatepass"))
        return self.mentioned

    def _followed_names(self) -> Iterator[tuple[Scope, str]]:
        return (place for place, values in self.bound.items() if any(is_followed(value) for value in values))

    def leave_unread(self, limit: Limit, *what: object) -> None:
        """Record that a limit kept something from being read."""
        self.left_unread.setdefault(limit, set()).update(what)

    def start_pass(self) -> None:
        """Reset what the last pass recorded about uses; keep what it learned about bindings."""
        self._note_objects_of_interest()
        for made in self.made.values():
            match made:
                case Stream():
                    self.wanted.update(one for part in made.parts for one in _callees(part.owner))
                    made.readings.clear()
                    made.is_edited = False
                case Sequence():
                    made.is_handed_on = False
                case Entity():
                    made.makers.clear()
                    made.sources.clear()
                    made.is_open = False
                case OptimizerValue():
                    made.is_used = False
        self.flows = Flows()
        self.passes += 1
        self.interest.clear()
        self.touched.clear()
        self.calls.clear()
        self.filters.clear()
        self.switches.clear()
        self.flattenings.clear()
        self.optimizers_given.clear()
        self.wrapped_tests.clear()
        self.exhausted.clear()
        self.emptied.clear()
        self.emptied_surely.clear()
        self.read_at.clear()
        self.awaited.clear()
        self.overwrites.clear()
        self.initial_reads.clear()
        self.changed_groups.clear()
        self.open_overwrites.clear()
        self.training.start_pass()
        self.inlined = 0

    def _note_objects_of_interest(self) -> None:
        streams = (one for one in self.made.values() if isinstance(one, Stream))
        pending = [part.owner for one in streams for part in one.parts if part.owner is not None]
        pending += self.training.objects()
        while pending:
            one = pending.pop().representative()
            if one in self.objects_of_interest:
                continue
            self.objects_of_interest.add(one)
            if one.returned_by is not None:
                self.needed.add(one.returned_by)
            pending += (*one.sources, *((one.parent,) if one.parent is not None else ()))

    def held_in(self, path: str) -> frozenset[str]:
        """The names of a module, and the attributes of its classes' instances, that hold parameters or groups."""
        instances = {one.instance.representative().number for one in self.classes.values() if one.scope.module == path}
        module = self.module_scope(path)
        names = (name for (scope, name), values in self.bound.items() if scope == module and has_groups(values))
        attributes = (
            name for (number, name), values in self.attributes.items() if number in instances and has_groups(values)
        )
        return frozenset((*names, *attributes))

    def count_mentions(self, text: str) -> None:
        """Record the offsets of each name in the code."""
        for word, offset in code_words(text):
            self.mentions.setdefault(word, []).append(offset)

    def words_in(self, node: tree.Node) -> tuple[str, ...]:
        """The first words of a function's code. Comments do not count, and strings only if they are a single word."""
        if node not in self.words:
            start, end = self.layout.span(node)
            words = dict.fromkeys(word for word, _ in islice(code_words(self.layout.source[start:end]), _MOST_WORDS))
            self.words[node] = tuple(words)
        return self.words[node]

    def make(self, node: tree.Node, role: Role, context: Context, new: Callable[[], Made]) -> Made:
        """The value with this allocation site: one object, however often the node is read. Created by `new` the first
        time, and emptied when it is first read in a later pass."""
        key = Site(node, role, context)
        found = self.made.get(key)
        if found is None:
            found = self.made[key] = new()
        elif key not in self.touched and isinstance(found, Sequence | Mapping):
            if isinstance(found, Sequence):
                found.items.clear()
                found.edits.clear()
                found.is_restructured = found.is_shared = found.is_reduced = False
            else:
                found.entries.clear()
            found.is_open = False
        self.touched.add(key)
        return found  # type: ignore[return-value]  # The key contains the role, and each role creates one type.

    def known(self, node: tree.Node, role: Role, context: Context) -> object:
        """The value with this allocation site; None if it has not been created yet."""
        key = Site(node, role, context)
        found = self.made.get(key)
        if found is not None:
            self.touched.add(key)
        return found

    def entity(self, text: str) -> Entity:
        """A new entity, equal to no other."""
        self.entity_count += 1
        return Entity(self.entity_count, text)

    def unknown(self, node: tree.Node, context: Context = ()) -> Entity:
        """The entity for an expression of unknown value."""
        return self.make(node, "entity", context, lambda: self.entity(self.layout.code(node)))

    def parameter(self, node: tree.Param) -> Entity:
        """The entity for a function parameter."""
        return self.make(node, "parameter", (), lambda: self.entity(node.name.value))

    def name(self, name: str) -> Entity:
        """The entity for a name that the source does not bind: a builtin, or one from a star import."""
        if name not in self.unbound:
            self.unbound[name] = self.entity(name)
        return self.unbound[name]

    def module_scope(self, path: str) -> Scope:
        """The scope of the module in that file."""
        return MODULE if path in ("", self.path) else Scope(ScopeKind.MODULE, path)

    def imported(self, qualified_name: str, name: str, importing: str = "") -> Entity:
        """The entity that an import binds: one per qualified name and importing file."""
        key = f"import {qualified_name} {importing}".rstrip()
        if key not in self.unbound:
            entity = self.unbound[key] = self.entity(name)
            entity.qualified_name, entity.importing = qualified_name, importing
        return self.unbound[key]

    def child(self, entity: Entity, attribute: str) -> Entity:
        """The entity for an attribute. The `.module` of a wrapper is the model itself."""
        entity = entity.representative()
        if attribute == "module" and entity.qualified_name is None and entity.own_class is None:
            return entity
        if attribute not in entity.children:
            child = self.entity(f"{entity.text}.{attribute}" if attribute[:1] != "[" else f"{entity.text}{attribute}")
            child.parent, child.attribute = entity, attribute
            if entity.qualified_name is not None:
                child.qualified_name = f"{entity.qualified_name}.{attribute}"
                child.importing = entity.importing
            entity.children[attribute] = child
        return entity.children[attribute].representative()

    def either(self, entities: Iterable[Entity], text: str) -> Entity:
        """The entity for a name that branches bind to one of several objects. Equal choices give the same entity."""
        found = tuple(dict.fromkeys(entity.representative() for entity in entities))
        if len(found) == 1:
            return found[0]
        parents = [one.parent for one in found if one.parent is not None and one.attribute == found[0].attribute]
        if len(parents) == len(found):
            return self.child(self.either(parents, text.removesuffix(f".{found[0].attribute}")), found[0].attribute)
        key = frozenset(one.number for one in found)
        if key not in self.choices:
            entity = self.choices[key] = self.entity(text)
            entity.alternatives = found
            if all(one.made_by is found[0].made_by for one in found):
                entity.made_by = found[0].made_by
            if all(one.architecture == found[0].architecture for one in found):
                entity.architecture = found[0].architecture
        return self.choices[key]

    def bind(self, scope: Scope, name: str, values: Values) -> None:
        """Record that `name` may hold the values, for readers from other scopes. Values beyond the limit escape."""
        known = self.bound.get((scope, name), ())
        if len(known) > MOST_BOUND:
            self.flows.leave(values, FlowKind.OPAQUE, None)
            return
        found = union(known, values)
        self.bound[scope, name] = (*found, self.name(name)) if len(found) > MOST_BOUND else found

    def order(self, node: tree.Node) -> int:
        """The offset of `node`, which grows through the source."""
        return self.layout.span(node)[0]


def _callees(owner: Entity | None) -> Iterator[Entity]:
    """The functions of other files that created a model, or the object that it is part of."""
    while owner is not None:
        owner = owner.representative()
        if owner.called is not None:
            yield owner.called
        owner = owner.parent


def _can_see(scope: Scope, where: Scope) -> bool:
    """Whether code in a scope may mention names of another: of modules and classes, and of functions around it."""
    return where.kind is not ScopeKind.FUNCTION or where.holds(scope)
