"""The exact content of an optimizer: its groups in order, each as it is when the optimizer is constructed."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

from optimlint.facts.groups import ParamGroup
from optimlint.interpret.collect.group_facts import Collector, bare_group, group_fact
from optimlint.interpret.drafts import CallDraft
from optimlint.interpret.edits import exact, is_single, replays
from optimlint.interpret.kinds import ONE_SHOT
from optimlint.interpret.models.collections import PARAMS
from optimlint.interpret.models.contents import is_group_collection, is_group_mapping, parts_of, parts_of_items
from optimlint.interpret.values import DraftPart, EditKind, Item, Mapping, Sequence, Stream, Value, Values

_KEEPING = (EditKind.ADD, EditKind.INSERT, EditKind.GATHER, EditKind.REVERSE)
"""Edits after which a list still has all its elements."""
_DEEPEST = 12
_MOST_WAYS = 8


def taken_groups(collector: Collector, draft: CallDraft) -> tuple[ParamGroup, ...] | None:
    """The groups that a construction is passed; None if they are not all known or it is passed none."""
    return _groups_in(collector, draft, draft.values[0]) if len(draft.values) == 1 else None


def taken_ways(collector: Collector, draft: CallDraft) -> tuple[tuple[ParamGroup, ...], ...]:
    """The alternatives if earlier branches choose what a construction is passed, or what its list contains: the groups
    of each, in order. Empty if there is no choice or one alternative is unknown."""
    if len(draft.values) > _MOST_WAYS:
        return ()
    ways: list[tuple[ParamGroup, ...] | None] = []
    for value in draft.values:
        ways += _ways_of(collector, draft, value)
    is_chosen = len(ways) > 1 or any(_replays(draft, value) for value in draft.values)
    is_known = all(ways) and len(ways) <= _MOST_WAYS
    return tuple(dict.fromkeys(way for way in ways if way)) if is_chosen and is_known else ()


def _ways_of(collector: Collector, draft: CallDraft, value: Value) -> list[tuple[ParamGroup, ...] | None]:
    """The alternative contents of one value, by the branches before the construction; None for an unknown one."""
    in_arms = _replays(draft, value)
    if not is_group_collection(value):
        return [_way_of(collector, draft, items) for items in in_arms] or [_bare_in(collector, draft, value)]
    assert isinstance(value, Sequence)
    known = exact(value, _version(draft, value))
    lists = in_arms or ([known] if known is not None else [])
    return [way for items in lists for way in _groups_by_way(collector, draft, items)] or [None]


def _replays(draft: CallDraft, value: Value) -> list[list[Item]]:
    """The alternative contents of a list that branches fill; empty if no branch edits it or one content is unknown."""
    if not isinstance(value, Sequence):
        return []
    if not is_group_collection(value) and _is_edited_since(value, _version(draft, value)):
        return []
    return replays(value, _version(draft, value), draft.branch.reach)


def _way_of(collector: Collector, draft: CallDraft, items: list[Item]) -> tuple[ParamGroup, ...] | None:
    """The group that torch creates for a list with these items of parameters; None if they are not known exactly."""
    if not all(_is_spread_as_then(item, 0) for item in items):
        return None
    return _bare(collector, draft, *parts_of_items(items))


def _groups_by_way(
    collector: Collector, draft: CallDraft, items: list[Item]
) -> Iterator[tuple[ParamGroup, ...] | None]:
    """The groups of a list with these items, for each combination of the ways in which branches fill the parameter
    lists of the groups; None for an unknown one."""
    if not all(map(is_single, items)):
        yield None
        return
    for groups in islice(product(*(_group_ways(collector, draft, item.values[0]) for item in items)), _MOST_WAYS + 1):
        known = tuple(group for group in groups if group is not None)
        yield known if len(known) == len(groups) else None


def _group_ways(collector: Collector, draft: CallDraft, value: Value) -> list[ParamGroup | None]:
    group = taken_group(collector, draft, value)
    held = value.entries[PARAMS].values if isinstance(value, Mapping) and group is not None else ()
    if group is None or group.is_readable or len(held) != 1 or not isinstance(held[0], Sequence):
        return [group]
    ways = [_way_of(collector, draft, items) for items in _replays(draft, held[0])]
    known = [replace(group, parts=way[0].parts, is_readable=True) for way in ways if way is not None]
    return [*known] if known and len(known) == len(ways) else [group]


def _bare_in(collector: Collector, draft: CallDraft, value: Value) -> tuple[ParamGroup, ...] | None:
    if not isinstance(value, Sequence | Stream) or not _is_as_then(draft, (value,)):
        return None
    return _bare(collector, draft, *parts_of((value,)))


def _bare(
    collector: Collector, draft: CallDraft, parts: tuple[DraftPart, ...], is_readable: bool
) -> tuple[ParamGroup, ...] | None:
    """The one group that torch creates for parameters without groups; None if they are not all known."""
    if not is_readable or not parts or any(part.owner is None for part in parts):
        return None
    return (bare_group(collector, parts, collector.world.layout.range(draft.argument or draft.node)),)


def _groups_in(collector: Collector, draft: CallDraft, value: Value) -> tuple[ParamGroup, ...] | None:
    if not isinstance(value, Sequence) or not is_group_collection(value):
        return None
    items = exact(value, _version(draft, value))
    if items is None or not all(map(is_single, items)):
        return None
    groups = [taken_group(collector, draft, item.values[0]) for item in items]
    known = tuple(group for group in groups if group is not None)
    return known if len(known) == len(groups) else None


def taken_group(collector: Collector, draft: CallDraft, value: Value) -> ParamGroup | None:
    """A group as the optimizer gets it, marked as not readable if its content then is unknown. None for anything but a
    group, and for a dict that has escaped."""
    if not isinstance(value, Mapping) or not is_group_mapping(value) or value.is_escaped:
        return None
    fact = group_fact(collector, value)
    entry = value.entries[PARAMS]
    if fact.is_drained and not any(isinstance(one, Stream) and one.is_edited for one in entry.values):
        return fact
    perhaps = collector.world.emptied - collector.world.emptied_surely
    sources = (entry.value_node, *(part.source_node for part in parts_of(entry.values)[0]))
    is_known = draft.versions.get(value, 0) is not None and not any(one in perhaps for one in sources)
    return fact if is_known and _is_as_then(draft, entry.values) else replace(fact, is_readable=False)


def is_taken_as_read(collector: Collector, draft: CallDraft) -> bool:
    """Whether the groups of a construction are known exactly and stay so: those that it is passed and those that are
    added later."""
    if None in collector.world.changed_groups.of(draft.node, draft.scope) or not draft.values:
        return False
    added = [taken_group(collector, draft, value) for item in draft.added for value in item.values]
    if not draft.is_added_surely or None in added:
        return False
    if taken_ways(collector, draft):
        return True
    if len(draft.values) > 1:
        return False
    if is_group_collection(draft.values[0]):
        return taken_groups(collector, draft) is not None
    return _is_as_then(draft, draft.values)


def changed_keys(collector: Collector, draft: CallDraft) -> frozenset[str]:
    """The keys that code which gets the optimizer changes in its groups."""
    changes = collector.world.changed_groups.of(draft.node, draft.scope)
    return frozenset(key for key in changes if key is not None)


def _version(draft: CallDraft, value: Sequence) -> int:
    version = draft.versions.get(value)
    return len(value.edits) + 1 if version is None else version


def _is_as_then(draft: CallDraft, values: Values) -> bool:
    """Whether the final content of the values is also their content at the construction."""
    for value in values:
        version = draft.versions.get(value)
        match value:
            case Sequence():
                if version is None or _is_edited_since(value, version) or not _is_list_as_then(value, version, 0):
                    return False
            case Stream():
                if value.is_edited or (version is None and value in draft.versions):
                    return False
            case _:
                continue
    return True


def _is_edited_since(value: Sequence, version: int) -> bool:
    """Whether a list was edited after its first `version` edits. Escapes do not count, as they cannot change what an
    optimizer has already taken. Neither do edits of a one-shot iterator, which the optimizer has consumed."""
    if value.kind in ONE_SHOT:
        return False
    return any(edit.kind is not EditKind.ESCAPE for edit in list(value.edits.values())[version:])


def _is_list_as_then(value: Sequence, version: int | None, depth: int) -> bool:
    """Whether the content of a parameter list after its first `version` edits is known."""
    if version is None or depth > _DEEPEST or value.is_shared:
        return False
    items = exact(value, version)
    if items is None:
        edits = list(value.edits.values())[:version]
        if (
            value.kind in ONE_SHOT
            or _is_edited_since(value, version)
            or any(edit.kind not in _KEEPING for edit in edits)
        ):
            return False
        items = list(value.items.values())
    return all(_is_item_as_then(item, value, depth) for item in items)


def _is_item_as_then(item: Item, value: Sequence, depth: int) -> bool:
    return not (item.number and item.branch != value.branch) and _is_spread_as_then(item, depth)


def _is_spread_as_then(item: Item, depth: int) -> bool:
    for held in item.values if item.is_spread else ():
        match held:
            case Stream():
                if item.version and not item.is_drained:
                    return False
            case Sequence():
                if not _is_list_as_then(held, item.version, depth + 1):
                    return False
            case _:
                continue
    return True
