"""The content of lists and dicts: which parameters under which conditions, and whether they are parameter groups."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from optimlint.facts.conditions import NameTest, NameTestKind, both
from optimlint.interpret.edits import (
    content,
)
from optimlint.interpret.kinds import WITH_PARAMETER, Aspect
from optimlint.interpret.state import State
from optimlint.interpret.values import PARAMS as PARAMS  # Re-exported for code about groups.
from optimlint.interpret.values import (
    Constant,
    DraftPart,
    Element,
    Entity,
    Item,
    Mapping,
    Sequence,
    Stream,
    Value,
    Values,
)
from optimlint.knowledge.layers import PARAMETER_CLASSES

MOST_VALUES = 2_000
"""The most values that are examined to classify a collection. The others are ignored."""
_MOST_LOOKED_AT = 50
"""The most items of a list that are examined to tell whether it may contain parameters."""
_MOST_OPENED = 4
"""How often a list is opened if it is spread several times. That suffices to find repeats."""


def under_path(state: State, values: Values) -> Values:
    """The values as they are stored here: the conditions of the path restrict the elements of a loop over
    parameters."""

    def narrow(part: DraftPart) -> DraftPart:
        return DraftPart(part.owner, both(part.condition, state.path), part.condition_node, part.source_node)

    return with_parts(values, narrow)


def with_parts(values: Values, change: Callable[[DraftPart], DraftPart]) -> Values:
    """The values, with each part of an element changed."""
    return tuple(
        Element(value.what, tuple(map(change, value.parts)), value.text, value.is_full_name, value.is_every_module)
        if isinstance(value, Element)
        else value
        for value in values
    )


def merged_elements(found: list[Value]) -> Values:
    """The values, with elements of the same kind merged."""
    elements: dict[tuple[Aspect, bool, bool], Element] = {}
    others: list[Value] = []
    for value in found:
        if not isinstance(value, Element):
            others.append(value)
            continue
        key = (value.what, value.is_full_name, value.is_every_module)
        known = elements.get(key)
        parts = tuple(dict.fromkeys((*known.parts, *value.parts))) if known is not None else value.parts
        elements[key] = Element(value.what, parts, value.text, value.is_full_name, value.is_every_module)
    return (*elements.values(), *dict.fromkeys(others))


def held_by(
    value: Sequence | Stream | Mapping,
    depth: int = 0,
    opened: Counter[Sequence] | None = None,
    version: int | None = None,
) -> Iterator[tuple[Values, Item | None]]:
    """The values in a list, with spread lists opened, each with its item. Lists that contain each other are opened a
    limited number of times, not once for each path between them."""
    if not isinstance(value, Sequence) or depth > 12:
        return
    opened = Counter() if opened is None else opened
    for item in content(value, version)[0]:
        if not item.is_spread:
            yield item.values, item
            continue
        for inner in item.values:
            if isinstance(inner, Sequence):
                opened[inner] += 1
                if opened[inner] > _MOST_OPENED:
                    continue
                for values, nested in held_by(inner, depth + 1, opened, item.version):
                    yield values, (item if nested is None else nested)
            elif isinstance(inner, Mapping):
                yield (), item  # Spreading a dict yields its keys.
            else:
                yield (inner,), item


def is_group_mapping(value: object) -> bool:
    """Whether a dict is, or may be, a parameter group."""
    if not isinstance(value, Mapping) or PARAMS not in value.entries:
        return False
    entry = value.entries[PARAMS]
    return bool(entry.values) and all(_may_be_parameters(held) for held in entry.values)


def _may_be_parameters(value: object) -> bool:
    match value:
        case Stream(what=what):
            return what in WITH_PARAMETER
        case Element(what=what):
            return what in WITH_PARAMETER
        case Sequence():
            held = (one for values, _ in islice(held_by(value), _MOST_LOOKED_AT) for one in values)
            return all(_may_be_parameter(one) for one in held)
        case Entity(qualified_name=None):
            return True
        case _:
            return False


def _may_be_parameter(value: object) -> bool:
    match value:
        case Constant() | Mapping():
            return False
        case Element(what=what):
            return what in WITH_PARAMETER
        case Stream(what=what):
            return what in WITH_PARAMETER
        case Sequence():
            return True
        case _:
            return True


def is_group_collection(value: object) -> bool:
    """Whether a list contains parameter groups."""
    if not isinstance(value, Sequence) or value.is_mapping:
        return False
    return any(is_group_mapping(one) for values, _ in islice(held_by(value), MOST_VALUES) for one in values)


_Parts = tuple[tuple[DraftPart, ...], bool]
_UNKNOWN_PARTS: _Parts = ((), False)
_DEEPEST_LIST = 12


def parts_of(values: Values) -> _Parts:
    """The parameters that values contain, and whether they are all known."""
    return _parts_of(values, 0, {})


def _parts_of(
    values: Values, depth: int, known: dict[tuple[Sequence, int | None], _Parts], version: int | None = None
) -> _Parts:
    """Like `parts_of`. `known` caches the lists that were examined before, since one may occur in many places."""
    parts: list[DraftPart] = []
    is_readable = len(values) == 1
    for value in values:
        match value:
            case Element(what=Aspect.ID):
                is_readable = False
            case Stream(parts=held, what=what) | Element(parts=held, what=what):
                parts.extend(held)
                is_readable = is_readable and what in WITH_PARAMETER and bool(held)
            case Sequence() if depth < _DEEPEST_LIST:
                key = (value, version)
                if key not in known:
                    known[key] = _UNKNOWN_PARTS  # Ends the recursion for lists that contain themselves.
                    known[key] = _parts_of_list(value, depth, known, version)
                held, is_known = known[key]
                parts.extend(held)
                is_readable = is_readable and is_known
            case Entity() as entity if _is_parameter(entity):
                parts.append(DraftPart(entity))
            case Entity(parent=Entity()) as entity if entity.qualified_name is None and "[each]" not in entity.text:
                parts.append(DraftPart(entity))
                is_readable = False
            case _:
                is_readable = False
    return tuple(dict.fromkeys(parts)), is_readable


def _parts_of_list(
    value: Sequence, depth: int, known: dict[tuple[Sequence, int | None], _Parts], version: int | None
) -> _Parts:
    items, is_past = content(value, version)
    found = [_parts_of_item(item, depth, known) for item in items]
    parts = dict.fromkeys(part for held, _ in found for part in held)
    return tuple(parts), not value.is_open and not is_past and all(is_known for _, is_known in found)


def parts_of_items(items: list[Item]) -> _Parts:
    """The parameters that the items of a list contain, and whether they are all known."""
    known: dict[tuple[Sequence, int | None], _Parts] = {}
    found = [_parts_of_item(item, 0, known) for item in items]
    parts = dict.fromkeys(part for held, _ in found for part in held)
    return tuple(parts), all(is_known for _, is_known in found)


def _parts_of_item(item: Item, depth: int, known: dict[tuple[Sequence, int | None], _Parts]) -> _Parts:
    """The parameters that one item of a list contains, and whether they are all known. A single attribute of an object
    is taken for a parameter."""
    if not item.is_spread and len(item.values) == 1:
        held = item.values[0]
        if isinstance(held, Entity) and isinstance(held.parent, Entity) and "[" not in held.text:
            return (DraftPart(held),), held.qualified_name is None
        if isinstance(held, Entity) and _is_parameter(held):
            return (DraftPart(held),), not item.is_many
    version = item.version
    if version is not None and isinstance(item.values[0], Sequence) and version == len(item.values[0].edits):
        version = None
    parts, is_known = _parts_of(item.values, depth + 1, known, version)
    if item.is_drained:
        parts = tuple(replace(part, source_node=item.node) for part in parts)
    return parts, is_known


def _is_parameter(entity: Entity) -> bool:
    """Whether an entity is a parameter, as in `nn.Parameter(torch.zeros(8))`, or another tensor whose gradient is asked
    for."""
    whole = entity.representative()
    made_by = whole.made_by
    if whole.asks_gradient and made_by is None and not whole.makers:
        return True
    if not isinstance(made_by, Entity) or made_by.qualified_name is None:
        return False
    package, _, name = made_by.qualified_name.rpartition(".")
    return name in PARAMETER_CLASSES and package.startswith("torch.nn")


def parameter_named(value: Sequence, index: Values) -> Values:
    """The value of `by_name[n]`, where `by_name` maps names to parameters; empty if `n` is not a name."""
    parts, _ = parts_of((value,))
    owners = dict.fromkeys(part.owner for part in parts)
    found: list[DraftPart] = []
    for name in index:
        if isinstance(name, Element) and name.what is Aspect.NAME:
            found.extend(name.parts)
        elif isinstance(name, Constant) and isinstance(name.value, str):
            found.extend(DraftPart(owner, NameTest(NameTestKind.EQUALS, name.value)) for owner in owners)
    return (Element(Aspect.PARAMETER, tuple(dict.fromkeys(found)), "a parameter by its name"),) if found else ()
