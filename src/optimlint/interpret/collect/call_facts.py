"""Facts about optimizer constructions: what each is passed, which groups it could have been passed, and which functions
build groups."""

import re
from collections.abc import Iterator
from dataclasses import replace

from optimlint.facts.conditions import Always, GradientTest
from optimlint.facts.groups import (
    Builder,
    ExhaustedStream,
    GroupList,
    ParamGroup,
    Repeat,
)
from optimlint.facts.names import Model, Scope
from optimlint.facts.optimizers import AllParameters, Chosen, Groups, Opaque, OptimizerCall, Reachable
from optimlint.interpret.branches import Branch
from optimlint.interpret.classes.optimizer_classes import summarize_optimizer
from optimlint.interpret.collect.group_facts import (
    Collector,
    bare_group,
    group_fact,
    group_list_fact,
    model_of,
    placed_group,
    setting_fact,
    statement_range,
)
from optimlint.interpret.collect.repeats import repeats_in
from optimlint.interpret.collect.taken import changed_keys, is_taken_as_read, taken_group, taken_groups, taken_ways
from optimlint.interpret.drafts import CallDraft, FunctionDraft
from optimlint.interpret.models.collections import PARAMS
from optimlint.interpret.models.contents import held_by, is_group_collection, is_group_mapping, parts_of
from optimlint.interpret.placing import Placed, placed_at
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    DraftPart,
    Entity,
    Mapping,
    Sequence,
    Stream,
    Value,
    Values,
)
from optimlint.interpret.world import World
from optimlint.knowledge.catalog import Optimizer, find_optimizer
from optimlint.knowledge.layers import MODULE_BASES, OBJECT_BASES
from optimlint.knowledge.words import is_hook
from optimlint.syntax import tree

_DOTTED = re.compile(r"[A-Za-z_][\w.]*")


def call_fact(collector: Collector, draft: CallDraft) -> OptimizerCall:
    world = collector.world
    layout = world.layout
    statement = draft.statement
    # A line can only be inserted before a statement that starts one; not for `if x: optimizer = …`, `a = 1; o = …`.
    indentation = layout.indentation(statement) if statement is not None else None
    reachable = tuple(_reachable(collector, draft))
    classes = _classes(draft)
    made = OptimizerCall(
        draft.text,
        _qualified_name(draft),
        classes[0] if len(classes) == 1 else None,
        _params(collector, draft),
        tuple(
            setting_fact(collector, key, entry, Mapping(draft.node, draft.scope, Branch(), 0))
            for key, entry in draft.settings.items()
        ),
        draft.is_open,
        draft.place,
        draft.scope,
        layout.range(draft.node),
        draft.order,
        reachable,
        layout.range(statement) if statement is not None and indentation is not None else None,
        indentation or "",
        hinted=_is_hinted(world, draft.scope, reachable),
        added=tuple(_added(collector, draft)),
        adds_unknown=not all(
            isinstance(value, Mapping) and is_group_mapping(value) for item in draft.added for value in item.values
        ),
        models=tuple(dict.fromkeys(model_of(part.owner) for part in _given_parts(draft) if part.owner is not None)),
        repeated=tuple(_repeated(world, draft)),
        choices=classes if len(classes) > 1 else (),
        reach=draft.branch.reach,
        taken=taken_groups(collector, draft),
        ways=taken_ways(collector, draft),
        is_exact=is_taken_as_read(collector, draft),
        is_refilled=draft.is_refilled,
        changed_keys=changed_keys(collector, draft),
    )
    collector.calls[draft.node] = made
    return made


def _repeated(world: World, draft: CallDraft) -> Iterator[Repeat]:
    """The sources that a construction with ungrouped parameters takes twice. If the second one is inside the call
    itself, the call is reported."""
    at = world.layout.range(draft.node)
    for one in repeats_in(world, (value for value in draft.values if not is_group_collection(value))):
        is_inside = at.start <= one.second.start and one.second.end <= at.end
        yield replace(one, range=at) if is_inside else one


def _qualified_name(draft: CallDraft) -> str | None:
    """The name of the constructed class; None unless it is the only candidate."""
    return draft.qualified_names[0] if len(draft.qualified_names) == 1 else None


def _classes(draft: CallDraft) -> tuple[Optimizer, ...]:
    """The classes that may be constructed, from the catalog or this source; empty if one of them is unknown."""
    own = {value.node.name.value: value for value in draft.class_values}
    found = [_own_class(own[name]) if name in own else find_optimizer(name) for name in draft.qualified_names]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else ()


def _own_class(value: ClassValue) -> Optimizer:
    bases = tuple(
        base.qualified_name or base.text if isinstance(base, Entity) else base.node.name.value for base in value.bases
    )
    return summarize_optimizer(value.node, value.node.name.value, bases)


def _given_parts(draft: CallDraft) -> tuple[DraftPart, ...]:
    parts, _ = parts_of(draft.values)
    return parts


def _added(collector: Collector, draft: CallDraft) -> list[GroupList]:
    found = []
    added = [(item, value) for item in draft.added for value in item.values]
    for item, value in added:
        if isinstance(value, Mapping) and is_group_mapping(value):
            placed = placed_at(item, value, draft.branch)
            found.append(
                GroupList(
                    next(collector.numbers),
                    value.place,
                    (_as_added(collector, draft, placed),),
                    value.scope,
                    statement_range(collector.world, value),
                    value.order,
                    True,
                    not (placed.is_repeated or value.is_open),
                )
            )
    return found


def _as_added(collector: Collector, draft: CallDraft, placed: Placed) -> ParamGroup:
    """The group that is added. It is not readable if its content at that time is unknown."""
    group = placed_group(collector, placed)
    taken = taken_group(collector, draft, placed.value)
    return group if taken is None else replace(group, is_readable=taken.is_readable)


def _is_hinted(world: World, scope: Scope, reachable: tuple[Reachable, ...]) -> bool:
    """Whether a comment in the same function contains a call with one of these groups as an argument. The author then
    probably tried both."""
    names = {one.place for one in reachable}
    span = next((world.layout.range(one.node) for one in world.functions.values() if one.scope == scope), None)
    return any(
        re.search(rf"[(=,\s]{re.escape(name)}\s*[,)]", comment.text)
        for name in names
        for comment in world.layout.comments()
        if name in comment.text and (span is None or span.start <= comment.range.start < span.end)
    )


def _reachable(collector: Collector, draft: CallDraft) -> list[Reachable]:
    found = []
    for place, values in draft.reachable.items():
        for value in values:
            if not isinstance(value, Sequence) or value not in collector.group_lists:
                continue
            is_before = value.branch.encloses(draft.branch) and value.order < draft.order
            if value.scope != draft.scope:
                is_before = value.scope.name.endswith("__init__") or value.scope.holds(draft.scope)
            text = value.place if place[0].isdigit() and value.place else place
            is_certain = is_before and all(is_group_collection(one) for one in values)
            found.append(Reachable(text, collector.group_lists[value].identity, is_certain))
    return found


def _params(collector: Collector, draft: CallDraft) -> AllParameters | Groups | Chosen | Opaque:
    layout = collector.world.layout
    node = draft.argument
    place = layout.range(node) if node is not None else layout.range(draft.node)
    owners = [_all_of(value) for value in draft.values]
    if owners and all(owner is not None for owner in owners):
        models = {model_of(owner) for owner in owners if owner is not None}
        if len({(model.identity, model.path) for model in models}) == 1:
            model = _as_written(collector, draft.values, models.pop())
            return AllParameters(model, place, _only_group(collector, draft))
    lists = [
        group_list_fact(collector, value.from_call if value.from_call and value.is_as_returned else value)
        for value in draft.values
        if isinstance(value, Sequence) and is_group_collection(value)
    ]
    if lists:
        return Groups(tuple(lists), place, len(draft.values) == 1)
    parts, is_readable = parts_of(draft.values)
    if is_readable and parts and all(part.owner is not None for part in parts):
        return Chosen(bare_group(collector, parts, place), place)
    return Opaque(place)


def _as_written(collector: Collector, values: Values, model: Model) -> Model:
    """The model, with the text that the call uses for it, if the model's own text is a call or is a different attribute
    of the same object. One model may be bound to several names."""
    for value in values:
        match value:
            case Stream(node=tree.Call(func=tree.Attribute(value=tree.Name() | tree.Attribute() as owner))):
                code = collector.world.layout.code(owner)
                if "(" in model.text or _is_beside(model.text, code):
                    return replace(model, text=code)
    return model


def _is_beside(one: str, other: str) -> bool:
    """Whether two texts are different attributes of one object."""
    owner = one.rpartition(".")[0]
    return one != other and bool(owner) and owner == other.rpartition(".")[0]


def _only_group(collector: Collector, draft: CallDraft) -> ParamGroup | None:
    """The one group that the construction takes, if it is a group dict, or if the parameters are filtered by
    `requires_grad`; None otherwise."""
    value = draft.values[0]
    held = [one for values, _ in held_by(value) for one in values] if isinstance(value, Sequence) else []
    match held:
        case [Mapping() as mapping] if is_group_mapping(mapping):
            return group_fact(collector, mapping)
    parts, _ = parts_of((value,))
    if all(isinstance(part.condition, Always) for part in parts):
        return None
    place = collector.world.layout.range(draft.argument or draft.node)
    return bare_group(collector, parts, place)


def _all_of(value: Value) -> Entity | None:
    """The model if a value holds all of its parameters, perhaps filtered by `requires_grad`; None for another
    selection, several models or unknown values."""
    if isinstance(value, Sequence) and is_group_collection(value):
        held = [(one, item) for values, item in held_by(value) for one in values]
        if len(held) != 1 or value.is_open:
            return None
        group, item = held[0]
        if not isinstance(group, Mapping) or _has_settings_of_its_own(group):
            return None
        if item is not None and item.branch != value.branch:
            # A loop adds one group per iteration.
            return None
        entry = group.entries[PARAMS]
        return _all_of(entry.values[0]) if len(entry.values) == 1 else None
    if not isinstance(value, Stream | Sequence):
        return None
    parts, is_readable = parts_of((value,))
    owners = {part.owner for part in parts}
    if (
        not is_readable
        or len(owners) != 1
        or not all(isinstance(one.condition, Always | GradientTest) for one in parts)
    ):
        return None
    return owners.pop()


def _has_settings_of_its_own(group: Mapping) -> bool:
    """Whether a loop creates one group per parameter with settings that may differ between them. Literals and plain
    names are the same in every iteration."""
    settings = [entry.values for key, entry in group.entries.items() if key != PARAMS]
    return group.is_made_for_each and (group.is_open or not all(map(_is_the_same_throughout, settings)))


def _is_the_same_throughout(values: Values) -> bool:
    match values:
        case (Constant(condition=None),):
            return True
        case (Entity() as entity,):
            return bool(_DOTTED.fullmatch(entity.text))
        case _:
            return False


def collect_exhausted(collector: Collector) -> list[ExhaustedStream]:
    layout = collector.world.layout
    return [
        ExhaustedStream(
            draft.place,
            layout.range(draft.node),
            layout.range(draft.stream.node),
            layout.text(draft.stream.node),
            layout.range(draft.first),
            draft.scope,
            is_awaited=draft.stream in collector.world.awaited,
        )
        for draft in sorted(collector.world.exhausted.values(), key=lambda draft: collector.world.order(draft.node))
    ]


def collect_builders(collector: Collector) -> list[Builder]:
    found = []
    for draft in collector.world.functions.values():
        groups = [
            group
            for value in _returned(draft)
            for held, _ in held_by(value)
            for one in held
            if isinstance(one, Mapping) and is_group_mapping(one)
            for group in (group_fact(collector, one),)
        ]
        if (
            not any(group.is_readable for group in groups)
            or draft.is_generator
            or _constructs_optimizer(collector.world, draft)
        ):
            continue
        node = draft.node
        params = [*node.params.posonly_params, *node.params.params]
        required = [one for one in params[(1 if draft.class_value is not None else 0) :] if one.default is None]
        found.append(
            Builder(
                node.name.value,
                tuple(groups),
                draft.scope,
                collector.world.layout.range(node.name),
                _is_mentioned(collector.world, node)
                or node.name.value in collector.world.exported
                or collector.world.has_dynamic_lookup,
                _is_hook(draft),
                len(required) == 1,
                draft.class_value is not None,
            )
        )
    return found


def _is_mentioned(world: World, node: tree.FunctionDef) -> bool:
    """Whether the function's name occurs outside of the function."""
    start, end = world.layout.span(node)
    return any(not start <= offset < end for offset in world.mentions.get(node.name.value, ()))


def _constructs_optimizer(world: World, draft: FunctionDraft) -> bool:
    return any(draft.scope.holds(call.scope) for call in world.calls.values())


def _returned(draft: FunctionDraft) -> list[Sequence]:
    return [value for value in draft.returns if isinstance(value, Sequence) and is_group_collection(value)]


def _is_hook(draft: FunctionDraft) -> bool:
    """Whether a framework, a base class or a decorator may call the function."""
    name = draft.node.name.value
    if name.startswith("__") or draft.node.decorators:
        return True
    if draft.class_value is None:
        # Only methods are hooks.
        return False
    if is_hook(name):
        return True
    bases = [_base_name(base) for base in draft.class_value.bases]
    if name.startswith("_"):
        # Lightning only calls public names.
        bases = [base for base in bases if base.rpartition(".")[2] != "LightningModule"]
    return any(base not in {*OBJECT_BASES, *MODULE_BASES} for base in bases)


def _base_name(base: Entity | ClassValue) -> str:
    return base.qualified_name or base.text if isinstance(base, Entity) else ""
