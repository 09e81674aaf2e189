"""Drafts to facts: what was gathered while reading, as the plain values that rules read."""

import re
from dataclasses import dataclass, field, replace

import libcst as cst

from optimlint.diagnostic import Range
from optimlint.extract.collections import PARAMS, held_by, is_group_collection, is_group_mapping, parts_of
from optimlint.extract.expressions import combine_text
from optimlint.extract.filters import by_default
from optimlint.extract.model_classes import model_class_facts
from optimlint.extract.optimizer_classes import summarize_optimizer
from optimlint.extract.parse import Parsed
from optimlint.extract.values import (
    Constant,
    DraftPart,
    Element,
    Entity,
    Entry,
    Mapping,
    Sequence,
    Stream,
    Value,
    Values,
    contents,
)
from optimlint.extract.world import MODULE, CallDraft, FilterDraft, FunctionDraft, World
from optimlint.facts import FileFacts
from optimlint.facts.catalog import Optimizer, find_optimizer
from optimlint.facts.conditions import Always, GradientTest
from optimlint.facts.groups import (
    Builder,
    ExhaustedStream,
    Expression,
    GroupList,
    NameFilter,
    NameList,
    Number,
    ParamGroup,
    Part,
    Setting,
    Split,
    Unknown,
)
from optimlint.facts.groups import Value as SettingValue
from optimlint.facts.names import Model, Scope
from optimlint.facts.optimizers import AllParameters, Groups, Opaque, OptimizerCall, Overwrite, Reachable
from optimlint.facts.project import Questions

_DECAY_WORD = re.compile(r"bias|norm|(^|[._])(bn|ln|gn)\d*([._]|$)|gamma|beta", re.IGNORECASE)
_SUBSCRIPT = re.compile(r"""(\w+(?:\[\w+\])?)\[\s*["']([^"'\n]+)["']\s*\](?!\s*=[^=])""")
_GET = re.compile(r"""(\w+)\.(?:get|pop|setdefault)\(\s*["']([^"'\n]+)["']""")
_ASKED = re.compile(r"""["']([^"'\n]+)["']\s+(?:not\s+)?in\s""")
_SAYS_CONFIGURATION = re.compile(
    r"c(?:on)?f(?:i)?g|args|hparams|^hp$|opts?$|options|settings|kwargs|hyper", re.IGNORECASE
)
_HOOKS = re.compile(
    r"^(configure_optimizers|create_optimizer\w*|get_optimizer\w*|build_optimizer\w*|get_parameter_groups|"
    r"get_param_groups|param_groups|optimizer_grouped_parameters|get_optimizer_params\w*|get_optim\w*|setup|train|fit|"
    r"main|forward|param_splitter|splitter)$"
)


@dataclass(slots=True)
class _Collector:
    """The facts made so far, by the value that they were made from."""

    world: World
    group_lists: dict[int, GroupList] = field(default_factory=dict)
    name_lists: dict[int, NameList] = field(default_factory=dict)
    calls: dict[int, OptimizerCall] = field(default_factory=dict)
    fed: set[int] = field(default_factory=set)


def collect(world: World, parsed: Parsed) -> FileFacts:
    """All facts of a source that has been read."""
    collector = _Collector(world)
    live = [value for key, value in world.made.items() if key in world.touched]
    sequences = [value for value in live if isinstance(value, Sequence)]
    mappings = [value for value in live if isinstance(value, Mapping)]
    collector.fed = _feeding_groups(sequences, mappings)
    group_lists = _group_lists(collector, sequences, mappings)
    name_lists = _name_lists(collector, live)
    splits = _splits(collector, sequences)
    filters = tuple(one for draft in _by_order(world, world.filters) for one in _filters(collector, draft))
    calls = tuple(_call(collector, draft) for draft in sorted(world.calls.values(), key=lambda draft: draft.order))
    overwrites = tuple(
        Overwrite(collector.calls[id(first)], collector.calls[id(second)])
        for first, second in world.overwrites.values()
        if id(first) in collector.calls and id(second) in collector.calls
    )
    classes, imported = model_class_facts(world, _owners(sequences, mappings, live), _model)
    builders = tuple(_builders(collector))
    facts = FileFacts(
        optimizer_calls=calls,
        group_lists=group_lists,
        name_lists=name_lists,
        splits=splits,
        name_filters=filters,
        exhausted_streams=tuple(_exhausted(collector)),
        overwrites=overwrites,
        builders=builders,
        classes=classes,
        imported_classes=imported,
        frozen=tuple(dict.fromkeys(_model(entity) for entity in world.frozen)),
        key_reads=_key_reads(world.text),
        changed_keys=frozenset(world.changed_keys),
        comments=parsed.layout.comments,
    )
    return facts


def questions(facts: FileFacts, exported: set[str]) -> Questions:
    """What the facts would like to know of the rest of the repository."""
    if not facts.group_lists and not facts.builders and not facts.optimizer_calls:
        return Questions()
    words = {groups.place.rpartition(".")[2] for groups in facts.group_lists if groups.place and not groups.is_consumed}
    words |= {
        place.rpartition(".")[2]
        for place in (
            *(names.place for names in facts.name_lists if not names.is_consumed),
            *(place for split in facts.splits if not split.is_consumed for place in split.places),
        )
        if place is not None
    }
    words |= {builder.name for builder in facts.builders if not builder.is_called}
    known: set[str] = set()
    for call in facts.optimizer_calls:
        if call.optimizer is not None and call.optimizer.group_keys is not None:
            known |= call.optimizer.group_keys
    words |= {
        setting.key
        for groups in facts.group_lists
        for group in groups.groups
        for setting in group.settings
        if setting.key not in known
    }
    return Questions(frozenset(words), frozenset(name for _, name in facts.imported_classes))


def _key_reads(text: str) -> frozenset[str]:
    """The keys that the source reads from what may be an optimizer's group; configurations are none."""
    subscripts = (match[2] for match in _SUBSCRIPT.finditer(text) if not _SAYS_CONFIGURATION.search(match[1]))
    called = (match[2] for match in _GET.finditer(text) if not _SAYS_CONFIGURATION.search(match[1]))
    return frozenset((*subscripts, *called, *(match[1] for match in _ASKED.finditer(text))))


def _by_order(world: World, drafts: dict[int, FilterDraft]) -> list[FilterDraft]:
    return sorted(drafts.values(), key=lambda draft: world.order(draft.node))


def _feeding_groups(sequences: list[Sequence], mappings: list[Mapping]) -> set[int]:
    """The values that group dicts or lists of them are made of."""
    pending: list[Value] = [value for value in sequences if is_group_collection(value)]
    pending.extend(value for value in mappings if is_group_mapping(value))
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        pending.extend(contents(value))
        if not isinstance(value, Element) and hasattr(value, "dependencies"):
            pending.extend(value.dependencies)
    return seen


def model_of(entity: Entity) -> Model:
    """The fact that stands for an entity: its root, and the attributes from there."""
    current = entity.representative()
    path: list[str] = []
    while current.parent is not None and not _is_plain_object(current.parent) and len(path) < 30:
        path.insert(0, current.attribute)
        current = current.parent.representative()
    return Model(current.number, tuple(path), entity.display)


def _is_plain_object(entity: Entity) -> bool:
    """Whether an entity is an instance of a class that surely is no module: then what it holds are whole models."""
    own = entity.representative().own_class
    return own is not None and all(
        isinstance(base, Entity) and (base.qualified_name or base.text) in ("object", "abc.ABC", "ABC")
        for base in own.bases
    )


_model = model_of


def _part(part: DraftPart) -> Part:
    return Part(_model(part.owner) if part.owner is not None else None, part.condition)


def _noted_part(collector: _Collector, part: DraftPart) -> Part:
    """The part with the place of the one filter that is its whole condition."""
    layout = collector.world.layout
    noted = _part(part)
    if part.condition_node is not None:
        text = layout.text(part.condition_node)
        noted = replace(noted, condition_range=layout.range(part.condition_node), condition_text=text)
    if part.source_node is not None:
        noted = replace(noted, source_range=layout.range(part.source_node))
    return noted


def _group(collector: _Collector, mapping: Mapping) -> ParamGroup:
    layout = collector.world.layout
    entry = mapping.entries[PARAMS]
    parts, is_readable = parts_of(entry.values)
    settings = tuple(_setting(collector, key, held, mapping) for key, held in mapping.entries.items() if key != PARAMS)
    insertion = None
    template = '"{key}": {value}'
    if entry.value_node is not None and isinstance(mapping.node, cst.Dict | cst.Call):
        start, end = layout.span(entry.value_node)
        outer_start, outer_end = layout.span(mapping.node)
        if outer_start <= start and end <= outer_end:
            insertion = layout.between(end, end)
            template = template if isinstance(mapping.node, cst.Dict) else "{key}={value}"
    return ParamGroup(
        tuple(dict.fromkeys(_noted_part(collector, part) for part in parts)),
        settings,
        layout.range(mapping.node),
        is_readable and not entry.is_changed,
        mapping.is_open,
        " ".join(layout.text(entry.value_node).split()) if entry.value_node is not None else "",
        insertion,
        template,
    )


def _setting(collector: _Collector, key: str, entry: Entry, mapping: Mapping) -> Setting:
    layout = collector.world.layout
    value_node = entry.value_node
    value: SettingValue = Unknown() if entry.is_changed else _setting_value(entry.values)
    return Setting(
        key,
        value,
        layout.range(entry.key_node),
        layout.range(value_node) if value_node is not None else layout.range(entry.key_node),
        " ".join(layout.text(value_node).split()) if value_node is not None else "",
    )


def _setting_value(values: Values) -> SettingValue:
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
                default = (
                    entity.default[0].value
                    if len(entity.default) == 1 and isinstance(entity.default[0], Constant)
                    else None
                )
                is_number = isinstance(default, int | float) and not isinstance(default, bool)
                return Expression(entity.representative().display, float(default) if is_number else None)
            case _:
                return Expression(combine_text(values))
    if all(isinstance(value, Constant) for value in values):
        numbers = {value.value for value in values if isinstance(value, Constant)}
        if len(numbers) == 1:
            return _setting_value(values[:1])
    return Expression(combine_text(values))


def _statement_range(world: World, value: Sequence | Mapping | Constant) -> Range:
    """From where the construct starts: the statement that creates it, or its own first character."""
    if value.statement is not None and isinstance(value.statement, cst.Assign | cst.AnnAssign):
        return world.layout.range(value.statement)
    return world.layout.range(value.node)


def _group_list(collector: _Collector, sequence: Sequence, absorbed: set[int]) -> GroupList:
    known = collector.group_lists.get(id(sequence))
    if known is not None:
        return known
    groups: list[ParamGroup] = []
    is_complete = not sequence.is_open
    repeated: list[tuple[Range, Range]] = []
    seen: dict[int, cst.CSTNode] = {}
    layout = collector.world.layout
    base = sequence.branch
    for values, item in held_by(sequence):
        if len(values) != 1 or (item is not None and not _same_branch(item.branch, base)):
            is_complete = False
        for value in values:
            if isinstance(value, Mapping) and is_group_mapping(value):
                groups.append(_group(collector, value))
            else:
                is_complete = False
    for inner in _nested(sequence):
        is_complete = is_complete and not inner.is_open
    is_complete = is_complete and not _is_asserted(sequence)
    for item in sequence.items.values():
        for value in item.values:
            if isinstance(value, Sequence) and item.is_spread:
                if id(value) in seen:
                    repeated.append((layout.range(seen[id(value)]), layout.range(item.node)))
                seen[id(value)] = item.node
    repeated.extend(_repeated(collector.world, (sequence,)))
    made = GroupList(
        len(collector.group_lists) + 1,
        sequence.place,
        tuple(groups),
        sequence.scope,
        _statement_range(collector.world, sequence),
        sequence.order,
        sequence.is_consumed or sequence.place in collector.world.exported,
        is_complete,
        repeated=tuple(repeated),
        is_returned=sequence.from_call is not None,
    )
    collector.group_lists[id(sequence)] = made
    return made


def _is_asserted(sequence: Sequence) -> bool:
    """Whether the code asserts something of what the groups are made of."""
    pending: list[Value] = [sequence]
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Sequence) and value.is_asserted:
            return True
        pending.extend(contents(value))
        if isinstance(value, Sequence | Mapping | Stream):
            pending.extend(value.dependencies)
    return False


def _same_branch(branch: tuple[int, ...], base: tuple[int, ...]) -> bool:
    """Whether something put in under `branch` is there whenever the collection is; loops over parameters are."""
    return branch == base or (branch[: len(base)] == base and len(branch) == len(base))


def _nested(sequence: Sequence, depth: int = 0) -> list[Sequence]:
    found: list[Sequence] = []
    for item in sequence.items.values():
        for value in item.values:
            if isinstance(value, Sequence) and depth < 12:
                found.append(value)
                found.extend(_nested(value, depth + 1))
    return found


def _group_lists(collector: _Collector, sequences: list[Sequence], mappings: list[Mapping]) -> tuple[GroupList, ...]:
    candidates = [value for value in sequences if is_group_collection(value)]
    absorbed: set[int] = set()
    for value in candidates:
        if value.from_call is None:
            absorbed.update(id(inner) for inner in _nested(value))
    replaced = {id(value.node) for value in candidates if value.context and value.is_consumed}
    facts: list[GroupList] = []
    for value in candidates:
        if id(value) in absorbed or (value.from_call is not None and (value.is_consumed or value.context)):
            continue
        if value.context and not value.is_consumed:
            continue
        if not value.context and id(value.node) in replaced and value.from_call is None:
            continue
        if value.kind == "tuple" and value.place is None and not value.is_given and _holds_lists(value):
            continue
        facts.append(_group_list(collector, value, absorbed))
    facts.extend(_unlisted(collector, mappings, facts))
    return tuple(sorted(dict.fromkeys(facts), key=lambda groups: groups.order))


def _holds_lists(sequence: Sequence) -> bool:
    """A tuple that only carries lists along, as `return groups, names` does, is no list of groups."""
    return any(isinstance(value, Sequence) for item in sequence.items.values() for value in item.values)


def _unlisted(collector: _Collector, mappings: list[Mapping], lists: list[GroupList]) -> list[GroupList]:
    """Group dicts that nothing reads and that no list holds, gathered by scope and model."""
    gathered: dict[tuple[Scope, int], list[Mapping]] = {}
    for mapping in mappings:
        if not is_group_mapping(mapping) or mapping.is_consumed or mapping.is_listed or mapping.context:
            continue
        if any(is_group_collection(one) or is_group_mapping(one) for one in mapping.feeds):
            continue
        parts, _ = parts_of(mapping.entries[PARAMS].values)
        owners = {_model(part.owner).identity for part in parts if part.owner is not None}
        if len(owners) == 1 and mapping.place is not None:
            gathered.setdefault((mapping.scope, owners.pop()), []).append(mapping)
    facts = []
    for (scope, identity), held in gathered.items():
        groups = tuple(_group(collector, mapping) for mapping in held)
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
                len(collector.group_lists) + len(facts) + 10_000,
                f"[{places}]",
                groups,
                scope,
                _statement_range(collector.world, first),
                first.order,
                False,
                False,
                is_listed=False,
            )
        )
    return facts


def _with_left_out(collector: _Collector, groups: GroupList, left_out: tuple[ParamGroup, ...]) -> GroupList:
    changed = replace(groups, left_out=left_out)
    for key, known in collector.group_lists.items():
        if known is groups:
            collector.group_lists[key] = changed
    return changed


def _name_list(collector: _Collector, value: Sequence | Constant) -> NameList | None:
    """The fact of a collection of literal strings, or of one string; None for anything else."""
    known = collector.name_lists.get(id(value))
    if known is not None:
        return known
    layout = collector.world.layout
    entries: list[str] = []
    ranges: list[Range] = []
    if isinstance(value, Constant):
        if not isinstance(value.value, str):
            return None
        entries, ranges = [value.value], [layout.range(value.node)]
    else:
        for held, _ in held_by(value):
            if len(held) != 1 or not isinstance(held[0], Constant) or not isinstance(held[0].value, str):
                return None
            entries.append(held[0].value)
            ranges.append(layout.range(held[0].node))
    if not entries:
        return None
    made = NameList(
        len(collector.name_lists) + 1,
        value.place,
        tuple(entries),
        isinstance(value, Constant),
        value.scope or MODULE,
        _statement_range(collector.world, value),
        layout.range(value.node),
        value.order,
        value.is_consumed or (isinstance(value, Sequence) and value.is_open),
        feeds_groups=id(value) in collector.fed,
        entry_ranges=tuple(ranges),
    )
    collector.name_lists[id(value)] = made
    return made


def _name_lists(collector: _Collector, live: list[object]) -> tuple[NameList, ...]:
    found = []
    asked = {id(value) for draft in collector.world.filters.values() for value in draft.names}
    for value in live:
        if not isinstance(value, Sequence | Constant) or (isinstance(value, Sequence) and value.is_mapping):
            continue
        if isinstance(value, Constant) and id(value) not in asked:
            continue
        if id(value) in asked or _looks_like_no_decay(value):
            fact = _name_list(collector, value)
            if fact is not None and not (isinstance(value, Sequence) and value.context):
                found.append(fact)
    return tuple(sorted(found, key=lambda fact: fact.order))


def _looks_like_no_decay(value: Sequence | Constant) -> bool:
    return isinstance(value, Sequence) and any(
        isinstance(one, Constant) and isinstance(one.value, str) and _DECAY_WORD.search(one.value)
        for item in value.items.values()
        for one in item.values
    )


def _splits(collector: _Collector, sequences: list[Sequence]) -> tuple[Split, ...]:
    """Collections of parameters, or of their names, that tests of one model fill in one scope."""
    gathered: dict[tuple[Scope, int], list[tuple[Sequence, tuple[Part, ...]]]] = {}
    for sequence in sequences:
        if sequence.context or sequence.place is None or is_group_collection(sequence):
            continue
        drafts, _ = parts_of((sequence,))
        owners = {part.owner.representative().number for part in drafts if part.owner is not None}
        if len(owners) != 1 or not any(_is_choice(part) for part in drafts):
            continue
        parts = tuple(_part(part) for part in drafts)
        gathered.setdefault((sequence.scope, owners.pop()), []).append((sequence, parts))
    found = []
    for (scope, _), held in gathered.items():
        if len(held) < 2:
            continue
        held.sort(key=lambda pair: pair[0].order)
        first = held[0][0]
        found.append(
            Split(
                tuple(sequence.place or "" for sequence, _ in held),
                tuple(parts for _, parts in held),
                scope,
                _statement_range(collector.world, first),
                first.order,
                any(sequence.is_consumed or sequence.is_open for sequence, _ in held),
                holds_names=any(_holds_names(sequence) for sequence, _ in held),
                feeds_groups=any(id(sequence) in collector.fed for sequence, _ in held),
            )
        )
    return tuple(sorted(found, key=lambda split: split.order))


def _is_choice(part: DraftPart) -> bool:
    return not isinstance(part.condition, Always | GradientTest)


def _holds_names(sequence: Sequence) -> bool:
    return any(
        isinstance(value, Element | Stream) and value.what == "name"
        for values, _ in held_by(sequence)
        for value in values
    )


def _filters(collector: _Collector, draft: FilterDraft) -> list[NameFilter]:
    """The filter, once for each collection that it may compare with."""
    alternatives = [value for value in by_default(draft.names) if isinstance(value, Sequence | Constant)]
    return [_filter(collector, draft, names) for names in alternatives or [None]]


def _filter(collector: _Collector, draft: FilterDraft, value: Sequence | Constant | None) -> NameFilter:
    layout = collector.world.layout
    names = _name_list(collector, value) if value is not None else None
    return NameFilter(
        draft.kind,
        draft.subject,
        layout.range(draft.node),
        names,
        draft.is_negated,
        draft.is_full_name,
        draft.scope,
        " ".join(layout.text(draft.names_node).split()) if draft.names_node is not None else "",
        tuple(_model(owner) for owner in draft.owners),
        draft.replacement,
        draft.has_dimension_test,
    )


def _call(collector: _Collector, draft: CallDraft) -> OptimizerCall:
    world = collector.world
    layout = world.layout
    statement = draft.statement
    reachable = tuple(_reachable(collector, draft))
    made = OptimizerCall(
        draft.text,
        draft.qualified_names[0] if len(draft.qualified_names) == 1 else None,
        _optimizer(draft),
        _params(collector, draft),
        tuple(
            _setting(collector, key, entry, Mapping(draft.node, draft.scope, (), 0))
            for key, entry in draft.settings.items()
        ),
        draft.is_open,
        draft.place,
        draft.scope,
        layout.range(draft.node),
        draft.order,
        reachable,
        layout.range(statement) if statement is not None else None,
        (layout.indentation(statement) or "") if statement is not None else "",
        hinted=_is_hinted(world, draft.scope, reachable),
        added=tuple(_added(collector, draft)),
        models=tuple(dict.fromkeys(_model(part.owner) for part in _given_parts(draft) if part.owner is not None)),
        repeated=tuple(_repeated(world, tuple(one for one in draft.values if not is_group_collection(one)))),
    )
    collector.calls[id(draft.node)] = made
    return made


def _optimizer(draft: CallDraft) -> Optimizer | None:
    """The one class that is constructed: of the catalog, or of this source."""
    if len(draft.qualified_names) != 1:
        return None
    if draft.class_value is None:
        return find_optimizer(draft.qualified_names[0])
    bases = tuple(
        base.qualified_name or base.text if isinstance(base, Entity) else base.node.name.value
        for base in draft.class_value.bases
    )
    return summarize_optimizer(draft.class_value.node, draft.qualified_names[0], bases)


def _given_parts(draft: CallDraft) -> tuple[DraftPart, ...]:
    parts, _ = parts_of(draft.values)
    return parts


def _added(collector: _Collector, draft: CallDraft) -> list[GroupList]:
    found = []
    for index, value in enumerate(draft.added):
        if isinstance(value, Mapping) and is_group_mapping(value):
            found.append(
                GroupList(
                    20_000 + index,
                    value.place,
                    (_group(collector, value),),
                    value.scope,
                    _statement_range(collector.world, value),
                    value.order,
                    True,
                    value.branch == draft.branch and not value.is_open,
                )
            )
    return found


def _is_hinted(world: World, scope: Scope, reachable: tuple[Reachable, ...]) -> bool:
    """Whether a commented-out call of the same function names the groups: then somebody has tried both."""
    names = {one.place for one in reachable}
    span = next((world.layout.range(one.node) for one in world.functions.values() if one.scope == scope), None)
    return any(
        re.search(rf"[(=,\s]{re.escape(name)}\s*[,)]", comment.text)
        for name in names
        for comment in world.layout.comments
        if name in comment.text and (span is None or span.start <= comment.range.start < span.end)
    )


def _reachable(collector: _Collector, draft: CallDraft) -> list[Reachable]:
    found = []
    for place, values in draft.reachable.items():
        for value in values:
            if not isinstance(value, Sequence) or id(value) not in collector.group_lists:
                continue
            is_before = value.branch == draft.branch[: len(value.branch)] and value.order < draft.order
            if value.scope != draft.scope:
                is_before = value.scope.name.endswith("__init__") or value.scope.holds(draft.scope)
            text = value.place if place[0].isdigit() and value.place else place
            is_certain = is_before and all(is_group_collection(one) for one in values)
            found.append(Reachable(text, collector.group_lists[id(value)].identity, is_certain))
    return found


def _params(collector: _Collector, draft: CallDraft) -> AllParameters | Groups | Opaque:
    layout = collector.world.layout
    node = draft.argument
    place = layout.range(node) if node is not None else layout.range(draft.node)
    owners = [_all_of(value) for value in draft.values]
    if owners and all(owner is not None for owner in owners):
        models = {_model(owner) for owner in owners if owner is not None}
        if len({(model.identity, model.path) for model in models}) == 1:
            return AllParameters(models.pop(), place, _only_group(collector, draft))
    lists = [
        _group_list(collector, value.from_call or value, set())
        for value in draft.values
        if isinstance(value, Sequence) and is_group_collection(value)
    ]
    if lists:
        return Groups(tuple(lists), place, len(draft.values) == 1)
    return Opaque(place)


def _only_group(collector: _Collector, draft: CallDraft) -> ParamGroup | None:
    """The one group that holds all parameters, where they are written as such."""
    value = draft.values[0]
    held = [one for values, _ in held_by(value) for one in values] if isinstance(value, Sequence) else []
    return (
        _group(collector, held[0])
        if len(held) == 1 and is_group_mapping(held[0]) and isinstance(held[0], Mapping)
        else None
    )


def _all_of(value: Value) -> Entity | None:
    """The model all of whose parameters a value holds; None for a choice, several models or what is unknown."""
    if isinstance(value, Sequence) and is_group_collection(value):
        held = [one for values, _ in held_by(value) for one in values]
        if len(held) != 1 or not isinstance(held[0], Mapping) or value.is_open:
            return None
        entry = held[0].entries[PARAMS]
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


def _exhausted(collector: _Collector) -> list[ExhaustedStream]:
    layout = collector.world.layout
    return [
        ExhaustedStream(
            draft.place,
            layout.range(draft.node),
            layout.range(draft.stream.node),
            layout.text(draft.stream.node),
            layout.range(draft.first),
            draft.scope,
        )
        for draft in sorted(collector.world.exhausted.values(), key=lambda draft: collector.world.order(draft.node))
    ]


def _repeated(world: World, values: Values) -> list[tuple[Range, Range]]:
    """The places at which a concatenation among what the values hold lists one source twice."""
    found: dict[int, tuple[Range, Range]] = {}
    pending, seen = list(values), set[int]()
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Sequence) and (draft := world.repeated.get(id(value.node))) is not None:
            found[id(draft)] = (world.layout.range(draft.first), world.layout.range(draft.second))
        pending.extend(contents(value))
    return list(found.values())


def _builders(collector: _Collector) -> list[Builder]:
    found = []
    for draft in collector.world.functions.values():
        groups = [
            group
            for value in _returned(draft)
            for held, _ in held_by(value)
            for one in held
            if isinstance(one, Mapping) and is_group_mapping(one)
            for group in (_group(collector, one),)
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


def _is_mentioned(world: World, node: cst.FunctionDef) -> bool:
    """Whether the name stands anywhere but in the function itself."""
    start, end = world.layout.span(node)
    return any(not start <= offset < end for offset in world.mentions.get(node.name.value, ()))


def _constructs_optimizer(world: World, draft: FunctionDraft) -> bool:
    return any(draft.scope.holds(call.scope) for call in world.calls.values())


def _returned(draft: FunctionDraft) -> list[Sequence]:
    return [value for value in draft.returns if isinstance(value, Sequence) and is_group_collection(value)]


def _is_hook(draft: FunctionDraft) -> bool:
    """Whether a framework, a base class or a decorator may call the function."""
    name = draft.node.name.value
    if _HOOKS.match(name) or name.startswith("__") or draft.node.decorators:
        return True
    if draft.class_value is None:
        return False
    plain = ("object", "torch.nn.Module", "nn.Module", "Module", "ABC", "abc.ABC")
    return any(
        not isinstance(base, Entity) or (base.qualified_name or base.text) not in plain
        for base in draft.class_value.bases
    )


def _owners(sequences: list[Sequence], mappings: list[Mapping], live: list[object]) -> list[Entity]:
    """The entities whose parameters the source takes."""
    found: dict[Entity, None] = {}
    for value in live:
        if isinstance(value, Stream):
            for part in value.parts:
                if part.owner is not None:
                    found[part.owner.representative()] = None
    return list(found)
