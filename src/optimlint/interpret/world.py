"""What reading one source gathers: values by the node that makes them, bindings by scope, and drafts of the facts."""

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
from optimlint.interpret.sites import Context, Region, Role, Site
from optimlint.interpret.training.notes import Notes
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    DraftPart,
    Element,
    Entity,
    Mapping,
    OptimizerValue,
    Sequence,
    Stream,
    Value,
    Values,
    union,
)
from optimlint.knowledge.fragments import may_name_bias_or_norm
from optimlint.knowledge.optimizers import WORDS, names_in
from optimlint.model_marks import mistyped_switches
from optimlint.options import Options
from optimlint.repository.repository import ALONE, Repository
from optimlint.syntax import tree
from optimlint.syntax.parse import Layout, code_words
from optimlint.ways import Ways

MOST_BOUND = 200
"""How many values of one name are told apart: else a name that is bound again and again takes quadratic time."""

_MOST_WORDS = 300
"""How much of a function is looked at to find what it may edit."""

MODULE = Scope(ScopeKind.MODULE, "")

Made = TypeVar("Made")
MARKS = re.compile(
    r"parameters\(|[\"']params[\"']|params\s*=|param_group|decay|requires_grad|nn\.Module"
    rf"|\bnonlocal\b|\bglobal\b|optim|{'|'.join(WORDS)}"
)
"""What a function says that may matter: parameters, groups, optimizers."""


@dataclass(slots=True)
class World:
    """Everything that is gathered while one source is read, in one or more passes."""

    layout: Layout
    options: Options
    path: str = ""
    """The file of the repository that the source is."""
    repository: Repository = ALONE
    shows_models_alone: bool = False
    """Whether the source makes no groups and no optimizers and trains nothing, so that only its models can be wrong."""
    followed: Repository = ALONE
    """The same, where the source does what code of other files may have a part in."""
    interest: re.Pattern[str] | None = None
    ways: Ways = field(default_factory=Ways)
    """By which functions the source's models come and go."""
    bound: dict[tuple[Scope, str], Values] = field(default_factory=dict)
    attributes: dict[tuple[int, str], Values] = field(default_factory=dict)
    calls: dict[tree.Call, CallDraft] = field(default_factory=dict)
    filters: dict[tree.Node, FilterDraft] = field(default_factory=dict)
    exhausted: dict[Value, ExhaustedDraft] = field(default_factory=dict)
    read_at: dict[tree.Node, tuple[Branch, Region]] = field(default_factory=dict)
    """The arms and loops around the node that reads an iterator first, where it reads all of it."""
    emptied_surely: set[tree.Node] = field(default_factory=set)
    """Those of `emptied` at which the iterator is empty on every path."""
    emptied: set[tree.Node] = field(default_factory=set)
    """The nodes at which an iterator is read that some path has read before."""
    awaited: set[Value] = field(default_factory=set)
    """Iterators that something else than groups and optimizers waits for in vain."""
    overwrites: dict[tree.Call, tuple[tree.Call, tree.Call]] = field(default_factory=dict)
    functions: dict[tree.Node, FunctionDraft] = field(default_factory=dict)
    classes: dict[tree.ClassDef, ClassValue] = field(default_factory=dict)
    mentions: dict[str, list[int]] = field(default_factory=dict)
    """Where each name stands in the code; comments and strings do not mention, unless a string is just a name."""
    open_overwrites: list[tuple[Branch, tree.Call, tree.Call]] = field(default_factory=list)
    """Optimizers replaced in one arm of an `if`: a finding only if the other arm replaces them, too."""
    changed_keys: set[tuple[str, Scope]] = field(default_factory=set)
    telling_apart: set[Scope] = field(default_factory=set)
    """The scopes that set something of one group by its index."""
    changed_groups: dict[tree.Call, list[tuple[Scope, str | None]]] = field(default_factory=dict)
    """Where the code changes an optimizer's own groups, by the construction: which key, None for what nobody knows."""
    initial_reads: dict[Value, tree.Node] = field(default_factory=dict)
    """Where `__init__` reads one-shot iterators, for the methods that run after it."""
    flows: Flows = field(default_factory=Flows)
    """Where values flow, in this pass."""
    frozen: dict[DraftPart, None] = field(default_factory=dict)
    """Parameters whose gradients are switched off."""
    wrapped_tests: dict[tree.Node, WrappedTestDraft] = field(default_factory=dict)
    """Tests of names that begin otherwise, since the model is wrapped."""
    flattenings: dict[tree.Node, FlatteningDraft] = field(default_factory=dict)
    """What gives all groups of an optimizer one learning rate."""
    switches: dict[tree.Node, SwitchDraft] = field(default_factory=dict)
    """Assignments that look as if they switched a gradient."""
    exported: set[str] = field(default_factory=set)
    star_imports: dict[str, dict[str, None]] = field(default_factory=dict)
    """The modules of which all names are imported, in order, by the file that does so ("" for the one checked)."""
    wanted: set[Entity] = field(default_factory=set)
    """Functions of other files whose results matter, since parameters are taken of them."""
    passes: int = 0
    shared: set[tuple[Scope, str]] = field(default_factory=set)
    """Names that functions inside another bind for it, by `nonlocal` or `global`."""
    has_dynamic_lookup: bool = False
    """Whether the source looks functions up by names that it computes."""
    used_elsewhere: dict[OptimizerValue, int] = field(default_factory=dict)
    """Optimizers that another function reads, and where the first reading stands."""
    named: dict[tuple[Scope | None, str], Entity] = field(default_factory=dict)
    """What has a name in a scope; None is the scope of attributes, which all share."""
    made: dict[Site, object] = field(default_factory=dict)
    touched: set[Site] = field(default_factory=set)
    targets: dict[tree.Call, str] = field(default_factory=dict)
    """The name or attribute that a call's result is bound to, by the call."""
    words: dict[tree.Node, tuple[str, ...]] = field(default_factory=dict)
    unbound: dict[str, Entity] = field(default_factory=dict)
    choices: dict[frozenset[int], Entity] = field(default_factory=dict)
    """What stands for one of several objects, by their numbers."""
    training: Notes = field(default_factory=Notes)
    """What the source does to models, optimizers and scalers."""
    left_unread: dict[Limit, set[object]] = field(default_factory=dict)
    """What lies past the limits: the calls, or the paths of files."""
    scope_lines: dict[tuple[str, str], int] = field(default_factory=dict)
    entity_count: int = 0
    inlined: int = 0

    def words_of_interest(self) -> re.Pattern[str]:
        """What a function must mention to be worth reading: known marks, optimizers, and the names that hold followed
        values."""
        if self.interest is None:
            held = {name for (_, name), values in self.bound.items() if any(_is_followed(value) for value in values)}
            held |= {name for (_, name), values in self.attributes.items() if any(_is_followed(one) for one in values)}
            held |= names_in(self.layout.source)
            held |= mistyped_switches(self.layout.source.encode("utf-8", "surrogatepass"))
            names = "|".join(re.escape(name) for name in sorted(held) if name)
            self.interest = re.compile(rf"{MARKS.pattern}|\b(?:{names})\b" if names else MARKS.pattern)
        return self.interest

    def leave_unread(self, limit: Limit, *what: object) -> None:
        """Note that a limit keeps something from being read."""
        self.left_unread.setdefault(limit, set()).update(what)

    def start_pass(self) -> None:
        """Forget what the last pass noted of uses; keep what it learned of bindings."""
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
        self.interest = None
        self.touched.clear()
        self.calls.clear()
        self.filters.clear()
        self.switches.clear()
        self.flattenings.clear()
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

    def held_in(self, path: str) -> frozenset[str]:
        """The names of another file's module, and the attributes of its objects, that hold parameters or groups."""
        instances = {one.instance.representative().number for one in self.classes.values() if one.scope.module == path}
        module = self.module_scope(path)
        names = (name for (scope, name), values in self.bound.items() if scope == module and _has_groups(values))
        attributes = (
            name for (number, name), values in self.attributes.items() if number in instances and _has_groups(values)
        )
        return frozenset((*names, *attributes))

    def count_mentions(self, text: str) -> None:
        """Note where each name stands in the code."""
        for word, offset in code_words(text):
            self.mentions.setdefault(word, []).append(offset)

    def words_in(self, node: tree.Node) -> tuple[str, ...]:
        """The first words of a function's code; no comments, and of strings only those that are one word."""
        if node not in self.words:
            start, end = self.layout.span(node)
            words = dict.fromkeys(word for word, _ in islice(code_words(self.layout.source[start:end]), _MOST_WORDS))
            self.words[node] = tuple(words)
        return self.words[node]

    def make(self, node: tree.Node, role: Role, context: Context, new: Callable[[], Made]) -> Made:
        """The value that `node` makes in this role: one object, however often the node is read."""
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
        return found  # type: ignore[return-value]  # The key names node and role, and a role makes one type.

    def known(self, node: tree.Node, role: Role, context: Context) -> object:
        """What `node` made in this role, if it has been read in this pass or before."""
        key = Site(node, role, context)
        found = self.made.get(key)
        if found is not None:
            self.touched.add(key)
        return found

    def entity(self, text: str) -> Entity:
        """A new entity that nothing else is equal to."""
        self.entity_count += 1
        return Entity(self.entity_count, text)

    def unknown(self, node: tree.Node, context: Context = ()) -> Entity:
        """The entity that an expression of which nothing is known stands for."""
        return self.make(node, "entity", context, lambda: self.entity(self.layout.code(node)))

    def parameter(self, node: tree.Param) -> Entity:
        """The entity that a parameter of a function stands for."""
        return self.make(node, "parameter", (), lambda: self.entity(node.name.value))

    def name(self, name: str) -> Entity:
        """The entity of a name that nothing in the source binds: a builtin, or what a star import brings."""
        if name not in self.unbound:
            self.unbound[name] = self.entity(name)
        return self.unbound[name]

    def module_scope(self, path: str) -> Scope:
        """The scope of a module, by its file."""
        return MODULE if path in ("", self.path) else Scope(ScopeKind.MODULE, path)

    def imported(self, qualified_name: str, name: str, importing: str = "") -> Entity:
        """The entity that an import binds; one for each qualified name in each file that imports it."""
        key = f"import {qualified_name} {importing}".rstrip()
        if key not in self.unbound:
            entity = self.unbound[key] = self.entity(name)
            entity.qualified_name, entity.importing = qualified_name, importing
        return self.unbound[key]

    def child(self, entity: Entity, attribute: str) -> Entity:
        """The attribute of an entity; a wrapper's `.module` is the model itself."""
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
        """What a name means that branches bind to one of several objects: one entity for equal choices."""
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
        """Note that `name` holds the values at some time, for those who read it from another scope. Of a name that
        holds very many, the later ones are out of sight."""
        known = self.bound.get((scope, name), ())
        if len(known) > MOST_BOUND:
            self.flows.leave(values, FlowKind.OPAQUE, None)
            return
        found = union(known, values)
        self.bound[scope, name] = (*found, self.name(name)) if len(found) > MOST_BOUND else found

    def order(self, node: tree.Node) -> int:
        """Where `node` starts, as a number that grows through the source."""
        return self.layout.span(node)[0]


def _callees(owner: Entity | None) -> Iterator[Entity]:
    """The functions of other files that have made a model, or what it is a part of."""
    while owner is not None:
        owner = owner.representative()
        if owner.called is not None:
            yield owner.called
        owner = owner.parent


def _has_groups(values: Values) -> bool:
    return any(_is_followed(one) and not isinstance(one, OptimizerValue) for one in values)


def _is_followed(value: object) -> bool:
    """Whether a value is something whose uses matter: parameters, groups, fragments of names, an optimizer."""
    match value:
        case Stream() | OptimizerValue():
            return True
        case Mapping(entries=entries):
            return "params" in entries
        case Sequence(items=items):
            return any(_is_followed_inside(one) for item in items.values() for one in item.values)
        case _:
            return False


def _is_followed_inside(value: object) -> bool:
    match value:
        case Constant(value=str(text)):
            return may_name_bias_or_norm(text)
        case Element() | Stream():
            return True
        case Mapping(entries=entries):
            return "params" in entries
        case Sequence(items=items):
            return any(isinstance(one, Element | Stream | Mapping) for item in items.values() for one in item.values)
        case _:
            return False


def same(flows: Flows, first: Entity, second: Entity) -> None:
    """Note that two entities are one object; the one with an owner speaks for both."""
    first, second = first.representative(), second.representative()
    if first is second or first.qualified_name or second.qualified_name or first.own_class or second.own_class:
        return
    if first.parent is None and second.parent is not None:
        first, second = second, first
    ancestor: Entity | None = first
    while ancestor is not None:
        if ancestor.representative() is second:
            return
        ancestor = ancestor.parent
    second.alias = first
    first.made_by = first.made_by or second.made_by
    first.called = first.called or second.called
    first.architecture = first.architecture or second.architecture
    first.makers += [maker for maker in second.makers if maker not in first.makers]
    first.sources += [source for source in second.sources if source is not first and source not in first.sources]
    first.is_open = first.is_open or second.is_open
    first.annotation = first.annotation or second.annotation
    first.argument = first.argument or second.argument
    flows.unite(first, second)
    for attribute, child in second.children.items():
        if attribute in first.children:
            same(flows, first.children[attribute], child)
        else:
            first.children[attribute] = child
            child.parent = first
