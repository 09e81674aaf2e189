"""Facts about parameter names: lists of name fragments, splits by name, and filters that compare names."""

from collections.abc import Iterator

from optimlint.diagnostic import Range
from optimlint.facts.conditions import Always, GradientTest
from optimlint.facts.groups import (
    JoinedEntry,
    NameFilter,
    NameList,
    Part,
    Split,
)
from optimlint.facts.names import Scope
from optimlint.interpret.collect.group_facts import Collector, model_of, plain_part, statement_range
from optimlint.interpret.drafts import FilterDraft
from optimlint.interpret.kinds import Aspect
from optimlint.interpret.literals import literals_of, text_of
from optimlint.interpret.models.contents import held_by, is_group_collection, parts_of
from optimlint.interpret.name_tests import by_default
from optimlint.interpret.values import (
    Constant,
    DraftPart,
    Element,
    Sequence,
    Stream,
)
from optimlint.interpret.world import MODULE
from optimlint.knowledge.fragments import names_bias_or_norm
from optimlint.syntax import tree


def collect_name_lists(collector: Collector, live: list[object]) -> tuple[NameList, ...]:
    found = []
    asked = {value for draft in collector.world.filters.values() for value in draft.names}
    for value in live:
        if not isinstance(value, Sequence | Constant) or (isinstance(value, Sequence) and value.is_mapping):
            continue
        if isinstance(value, Constant) and value not in asked:
            continue
        if value in asked or _looks_like_no_decay(value):
            fact = _name_list(collector, value)
            if fact is not None and not (isinstance(value, Sequence) and value.context):
                found.append(fact)
    return tuple(sorted(found, key=lambda fact: fact.order))


def _name_list(collector: Collector, value: Sequence | Constant) -> NameList | None:
    """The fact for a collection of literal strings or for a single string; None for anything else."""
    known = collector.name_lists.get(value)
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
        statement_range(collector.world, value),
        layout.range(value.node),
        value.order,
        value in collector.escaped or (isinstance(value, Sequence) and value.is_open),
        feeds_groups=value in collector.fed,
        entry_ranges=tuple(ranges),
        joined=tuple(_joined_entries(collector, value)) if isinstance(value, Sequence) else (),
    )
    collector.name_lists[value] = made
    return made


def _joined_entries(collector: Collector, value: Sequence) -> Iterator[JoinedEntry]:
    """The entries that are written as several adjacent literals."""
    for held, _ in held_by(value):
        if not isinstance(held[0], Constant) or not isinstance(held[0].node, tree.ConcatenatedString):
            continue
        pieces = [piece for piece in literals_of(held[0].node) if isinstance(piece, tree.SimpleString)]
        ranges = tuple(collector.world.layout.range(piece) for piece in pieces)
        yield JoinedEntry(str(held[0].value), tuple(map(text_of, pieces)), ranges)


def _looks_like_no_decay(value: Sequence | Constant) -> bool:
    return isinstance(value, Sequence) and any(
        isinstance(one, Constant) and isinstance(one.value, str) and names_bias_or_norm(one.value)
        for item in value.items.values()
        for one in item.values
    )


def collect_splits(collector: Collector, sequences: list[Sequence]) -> tuple[Split, ...]:
    """Two or more collections of the parameters or names of one model, filled in one scope under conditions."""
    gathered: dict[tuple[Scope, int], list[tuple[Sequence, tuple[Part, ...]]]] = {}
    for sequence in sequences:
        if sequence.context or sequence.place is None or is_group_collection(sequence):
            continue
        drafts, _ = parts_of((sequence,))
        owners = {part.owner.representative().number for part in drafts if part.owner is not None}
        if len(owners) != 1 or not any(_is_choice(part) for part in drafts):
            continue
        parts = tuple(plain_part(part) for part in drafts)
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
                statement_range(collector.world, first),
                first.order,
                any(sequence in collector.escaped or sequence.is_open for sequence, _ in held),
                holds_names=any(_holds_names(sequence) for sequence, _ in held),
                feeds_groups=any(sequence in collector.fed for sequence, _ in held),
            )
        )
    return tuple(sorted(found, key=lambda split: split.order))


def _is_choice(part: DraftPart) -> bool:
    return not isinstance(part.condition, Always | GradientTest)


def _holds_names(sequence: Sequence) -> bool:
    return any(
        isinstance(value, Element | Stream) and value.what is Aspect.NAME
        for values, _ in held_by(sequence)
        for value in values
    )


def collect_filters(collector: Collector, draft: FilterDraft) -> list[NameFilter]:
    """The filter, once per collection that it may compare with."""
    alternatives = [value for value in by_default(draft.names) if isinstance(value, Sequence | Constant)]
    if not alternatives:
        return [_filter(collector, draft, None)]
    return [_filter(collector, draft, names) for names in alternatives]


def _filter(collector: Collector, draft: FilterDraft, value: Sequence | Constant | None) -> NameFilter:
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
        layout.code(draft.names_node) if draft.names_node is not None else "",
        tuple(model_of(owner) for owner in draft.owners),
        draft.replacement,
        draft.has_dimension_test,
    )
