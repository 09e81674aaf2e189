"""Facts about parameter groups: the group dicts with their settings, and the lists of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from optimlint.diagnostic import Range
from optimlint.facts.conditions import both
from optimlint.facts.groups import (
    Expression,
    GroupList,
    NameList,
    Number,
    ParamGroup,
    Part,
    Setting,
    Unknown,
)
from optimlint.facts.groups import Value as SettingValue
from optimlint.facts.names import Model, Scope
from optimlint.facts.optimizers import OptimizerCall
from optimlint.interpret.collect.repeats import repeated_lists, repeats_in
from optimlint.interpret.flows import Flow
from optimlint.interpret.kinds import SequenceKind
from optimlint.interpret.models.collections import PARAMS
from optimlint.interpret.models.contents import is_group_collection, is_group_mapping, parts_of
from optimlint.interpret.models.texts import combine_text
from optimlint.interpret.placing import Placed, placed_in
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    DraftPart,
    Element,
    Entity,
    Entry,
    Mapping,
    Sequence,
    Stream,
    Truth,
    Value,
    Values,
    contents,
)
from optimlint.interpret.world import World
from optimlint.knowledge.layers import OBJECT_BASES
from optimlint.syntax import tree

_MOST_OWNERS = 20


@dataclass(slots=True)
class Collector:
    """The facts created so far, by the value that each was created from."""

    world: World
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    """Supplies the identities of group lists."""
    group_lists: dict[Sequence, GroupList] = field(default_factory=dict)
    name_lists: dict[Value, NameList] = field(default_factory=dict)
    calls: dict[tree.Call, OptimizerCall] = field(default_factory=dict)
    fed: set[Value] = field(default_factory=set)
    """The values that groups are made of."""
    escaped: dict[Value, Flow] = field(default_factory=dict)
    """The values that escape, each with the flow through which it does."""


def model_of(entity: Entity) -> Model:
    """The fact for an entity: its root object and the attribute path from there. Attributes of plain objects, which are
    not modules, count as roots."""
    current = entity.representative()
    path: list[str] = []
    while current.parent is not None and not _is_plain_object(current.parent) and len(path) < 30:
        path.insert(0, current.attribute)
        current = current.parent.representative()
    alternatives = tuple(_below(model_of(one), path) for one in current.alternatives)
    return Model(current.number, tuple(path), entity.display, alternatives, _owners(current))


def _owners(root: Entity) -> frozenset[int]:
    """The models that the entity may be a part of, if the result of an unknown call extracted it from them."""
    found: set[int] = set()
    pending = list(root.taken_from)
    while pending and len(found) < _MOST_OWNERS:
        current = pending.pop().representative()
        while current.parent is not None:
            current = current.parent.representative()
        if current.number not in found:
            found.add(current.number)
            pending.extend(current.taken_from)
    return frozenset(found - {root.number})


def _below(model: Model, path: list[str]) -> Model:
    return replace(model, path=(*model.path, *path), alternatives=())


def _is_plain_object(entity: Entity) -> bool:
    """Whether an entity is an instance of a class that is certainly not a module. Its attributes are then whole
    models."""
    owner = entity.representative()
    own = owner.own_class or owner.made_by
    return isinstance(own, ClassValue) and all(
        isinstance(base, Entity) and (base.qualified_name or base.text) in OBJECT_BASES for base in own.bases
    )


def plain_part(part: DraftPart) -> Part:
    return Part(model_of(part.owner) if part.owner is not None else None, part.condition)


def noted_part(collector: Collector, part: DraftPart) -> Part:
    """The part with source positions: its filter if a single expression is the whole condition, and the iterable that
    it is read from."""
    layout = collector.world.layout
    noted = plain_part(part)
    if part.condition_node is not None:
        text = layout.text(part.condition_node)
        noted = replace(noted, condition_range=layout.range(part.condition_node), condition_text=text)
    if part.source_node is not None:
        is_drained = part.source_node in collector.world.emptied_surely
        noted = replace(noted, source_range=layout.range(part.source_node), is_drained=is_drained)
    return noted


def bare_group(collector: Collector, parts: tuple[DraftPart, ...], place: Range) -> ParamGroup:
    """The group that torch creates for parameters that are passed without groups."""
    return ParamGroup(tuple(dict.fromkeys(noted_part(collector, part) for part in parts)), (), place)


def collect_group_lists(
    collector: Collector, sequences: list[Sequence], mappings: list[Mapping]
) -> tuple[GroupList, ...]:
    candidates = [value for value in sequences if is_group_collection(value)]
    absorbed: set[Value] = set()
    for value in candidates:
        if value.from_call is None:
            absorbed.update(_nested(value))
    replaced = {value.node for value in candidates if value.context and value in collector.escaped}
    facts: list[GroupList] = []
    for value in candidates:
        if (value in absorbed and not value.is_given) or (
            value.is_as_returned and (value in collector.escaped or value.context)
        ):
            continue
        if value.context and value not in collector.escaped:
            continue
        if not value.context and value.node in replaced and value.from_call is None:
            continue
        if value.kind is SequenceKind.TUPLE and value.place is None and not value.is_given and _holds_lists(value):
            continue
        facts.append(group_list_fact(collector, value))
    facts.extend(_unlisted(collector, sequences, mappings, facts))
    return tuple(sorted(dict.fromkeys(facts), key=lambda groups: groups.order))


def group_list_fact(collector: Collector, sequence: Sequence) -> GroupList:
    known = collector.group_lists.get(sequence)
    if known is not None:
        return known
    groups: list[ParamGroup] = []
    is_followed, is_repeated = not sequence.is_open, False
    for one in placed_in(sequence):
        is_repeated = is_repeated or one.is_repeated
        if isinstance(one.value, Mapping) and is_group_mapping(one.value):
            groups.append(placed_group(collector, one))
            is_followed = is_followed and not one.is_one_of_several and not (one.is_repeated and _varies(groups[-1]))
        else:
            is_followed = False
    is_certain = not any(inner.is_open for inner in _nested(sequence)) and not _is_asserted(collector, sequence)
    is_followed = is_followed and is_certain
    made = GroupList(
        next(collector.numbers),
        sequence.place,
        tuple(groups),
        sequence.scope,
        statement_range(collector.world, sequence),
        sequence.order,
        sequence in collector.escaped or sequence.place in collector.world.exported,
        is_followed and not is_repeated,
        is_followed=is_followed,
        repeated=(*repeated_lists(collector.world, sequence), *repeats_in(collector.world, (sequence,))),
        may_lack=sequence.is_reduced or any(inner.is_reduced for inner in _nested(sequence)),
    )
    collector.group_lists[sequence] = made
    return made


def _varies(group: ParamGroup) -> bool:
    """Whether each iteration of a loop takes the group's parameters from a different or unknown module."""
    models = [part.model for part in group.parts]
    return any(one is None or any("[" in name for name in one.path) for one in models)


def group_fact(collector: Collector, mapping: Mapping) -> ParamGroup:
    layout = collector.world.layout
    emptied = collector.world.emptied
    entry = mapping.entries[PARAMS]
    parts, is_readable = parts_of(entry.values)
    settings = tuple(
        setting_fact(collector, key, held, mapping) for key, held in mapping.entries.items() if key != PARAMS
    )
    insertion = None
    template = '"{key}": {value}'
    if entry.value_node is not None and not mapping.removed and isinstance(mapping.node, tree.Dict | tree.Call):
        start, end = layout.span(entry.value_node)
        outer_start, outer_end = layout.span(mapping.node)
        if outer_start <= start and end <= outer_end:
            insertion = layout.between(end, end)
            if not isinstance(mapping.node, tree.Dict):
                template = "{key}={value}"
            elif layout.text(entry.key_node).startswith("'"):
                template = template.replace('"', "'")
    return ParamGroup(
        tuple(dict.fromkeys(noted_part(collector, part) for part in parts)),
        settings,
        layout.range(mapping.node),
        is_readable and not entry.is_changed,
        mapping.is_open or bool(mapping.others),
        insertion,
        template,
        is_drained=entry.value_node in collector.world.emptied_surely,
        is_exhausted=entry.value_node in emptied or any(part.source_node in emptied for part in parts),
    )


def placed_group(collector: Collector, placed: Placed) -> ParamGroup:
    """The group as an element of its list. If a test on loop variables decides whether it is added, the test becomes a
    condition on its parameters."""
    assert isinstance(placed.value, Mapping)
    group = group_fact(collector, placed.value)
    parts = tuple(replace(part, condition=both(part.condition, placed.path)) for part in group.parts)
    return replace(group, parts=parts, reach=placed.reach, is_conditional=placed.is_conditional)


def setting_fact(collector: Collector, key: str, entry: Entry, mapping: Mapping) -> Setting:
    layout = collector.world.layout
    value_node = entry.value_node
    value: SettingValue = Unknown() if entry.is_changed else _setting_value(collector, entry.values)
    return Setting(
        key,
        value,
        layout.range(entry.key_node),
        layout.range(value_node) if value_node is not None else layout.range(entry.key_node),
        layout.code(value_node) if value_node is not None else "",
        bool(mapping.context),
    )


def _setting_value(collector: Collector, values: Values) -> SettingValue:
    if not values:
        return Unknown()
    if len(values) == 1:
        match values[0]:
            case Constant(value=bool() | None as constant):
                return Expression(repr(constant))
            case Constant(value=int() | float() as number):
                return Number(float(number))
            case Constant(value=str(text)):
                return Expression(repr(text))
            case Entity() as entity:
                return Expression(entity.representative().display, _default_number(entity))
            case Element() | Stream() | Truth() | Mapping():
                return Unknown()
            case _:
                return Expression(combine_text(collector.world, values))
    if all(isinstance(value, Constant) for value in values):
        numbers = {value.value for value in values if isinstance(value, Constant)}
        if len(numbers) == 1:
            return _setting_value(collector, values[:1])
    # One of several values: never known to be equal to another setting.
    return Unknown()


def _default_number(entity: Entity) -> float | None:
    """The default of a function parameter, if it is a number; None otherwise."""
    match entity.default:
        case (Constant(value=int() | float() as number),) if not isinstance(number, bool):
            return float(number)
        case _:
            return None


def statement_range(world: World, value: Sequence | Mapping | Constant) -> Range:
    """The range of the assignment that creates a value, or of the value's own expression."""
    if value.statement is not None and isinstance(value.statement, tree.Assign | tree.AnnAssign):
        return world.layout.range(value.statement)
    return world.layout.range(value.node)


def _is_asserted(collector: Collector, sequence: Sequence) -> bool:
    """Whether an `assert` reads one of the lists that the groups are made of."""
    pending: list[Value] = [sequence]
    seen: set[Value] = set()
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        if isinstance(value, Sequence) and value.is_asserted:
            return True
        pending.extend(contents(value))
        if isinstance(value, Sequence | Mapping | Stream):
            pending.extend(collector.world.flows.sources(value))
    return False


def _nested(sequence: Sequence) -> list[Sequence]:
    """All lists nested in a list, each once."""
    found: dict[Sequence, None] = {}
    pending = [sequence]
    while pending:
        for item in pending.pop().items.values():
            inner = [value for value in item.values if isinstance(value, Sequence) and value not in found]
            found.update(dict.fromkeys(inner))
            pending += inner
    return list(found)


def _holds_lists(sequence: Sequence) -> bool:
    """Whether a sequence contains sequences. A tuple that does, as in `return groups, names`, is not a list of
    groups."""
    return any(isinstance(value, Sequence) for item in sequence.items.values() for value in item.values)


def _unlisted(
    collector: Collector, sequences: list[Sequence], mappings: list[Mapping], lists: list[GroupList]
) -> list[GroupList]:
    """Group dicts that are neither read nor in a list, gathered by scope and model. They become part of a known list of
    the same model and scope if there is one, and else a list of their own, which is returned."""
    gathered: dict[tuple[Scope, int], list[Mapping]] = {}
    held_by_groups = _held_by_groups(collector, (*sequences, *mappings))
    for mapping in mappings:
        if not is_group_mapping(mapping) or mapping in collector.escaped or mapping.is_listed or mapping.context:
            continue
        if mapping in held_by_groups:
            continue
        parts, _ = parts_of(mapping.entries[PARAMS].values)
        owners = {model_of(part.owner).identity for part in parts if part.owner is not None}
        if len(owners) == 1 and mapping.place is not None:
            gathered.setdefault((mapping.scope, owners.pop()), []).append(mapping)
    facts: list[GroupList] = []
    for (scope, identity), held in gathered.items():
        groups = tuple(group_fact(collector, mapping) for mapping in held)
        beside = next(
            (one for one in lists if one.scope == scope and any(model.identity == identity for model in one.models)),
            None,
        )
        if beside is not None:
            index = lists.index(beside)
            lists[index] = _with_left_out(collector, beside, groups)
            continue
        first = held[0]
        places = ", ".join(mapping.place or "" for mapping in held)
        facts.append(
            GroupList(
                next(collector.numbers),
                f"[{places}]",
                groups,
                scope,
                statement_range(collector.world, first),
                first.order,
                False,
                False,
                is_listed=False,
            )
        )
    return facts


def _held_by_groups(collector: Collector, values: Iterable[Sequence | Mapping]) -> set[Value]:
    """The elements and sources of groups and of group lists."""
    found: set[Value] = set()
    for value in values:
        if is_group_collection(value) or is_group_mapping(value):
            found.update(contents(value), collector.world.flows.sources(value))
    return found


def _with_left_out(collector: Collector, groups: GroupList, left_out: tuple[ParamGroup, ...]) -> GroupList:
    changed = replace(groups, left_out=left_out)
    for key, known in collector.group_lists.items():
        if known is groups:
            collector.group_lists[key] = changed
    return changed
