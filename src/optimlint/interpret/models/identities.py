"""Tests of parameter identity: `id(p) in kept`, where `kept` holds the ids of selected parameters."""

from optimlint.facts.conditions import Condition, NameTest, NameTestKind, both, either
from optimlint.interpret.kinds import Aspect
from optimlint.interpret.models.contents import held_by, parts_of
from optimlint.interpret.values import DraftPart, Element, Entity, Sequence, Values


def ids_of(elements: Values) -> Values:
    """The ids of the parameters; empty if one of the values is not a parameter."""
    found = [
        Element(Aspect.ID, one.parts, one.text)
        for one in elements
        if isinstance(one, Element) and one.what is Aspect.PARAMETER
    ]
    return tuple(found) if len(found) == len(elements) else ()


def among(subject: Element, values: Values) -> Condition | None:
    """The condition on a parameter that is equivalent to it, or its id, being in a collection; None if there is no such
    condition."""
    if len(values) != 1 or not isinstance(values[0], Sequence) or values[0].is_mapping:
        return None
    parts, is_readable = _ids_in(values[0]) if subject.what is Aspect.ID else parts_of(values)
    owners = {part.owner for part in subject.parts}
    if not is_readable or not parts or len(owners) != 1:
        return None
    (owner,) = owners
    conditions = [_seen_from(owner, part) for part in parts]
    known = tuple(one for one in conditions if one is not None)
    return either(known) if len(known) == len(conditions) else None


def _ids_in(value: Sequence) -> tuple[tuple[DraftPart, ...], bool]:
    """The parameters whose ids a collection contains, and whether they are all known."""
    parts: list[DraftPart] = []
    for values, item in held_by(value):
        for held in values:
            if not isinstance(held, Element) or held.what is not Aspect.ID:
                return (), False
            parts.extend(held.parts)
        if item is None or not values:
            return (), False
    return tuple(dict.fromkeys(parts)), not _is_open(value)


def _is_open(value: Sequence) -> bool:
    """Whether a collection, or one that is spread in it, may contain more elements, or contains elements on some paths
    only."""
    pending, seen = [value], {value}
    while pending:
        current = pending.pop()
        if current.is_open or any(item.branch != current.branch for item in current.items.values()):
            return True
        inner = [one for item in current.items.values() if item.is_spread for one in item.values]
        for one in inner:
            if isinstance(one, Sequence) and one not in seen:
                seen.add(one)
                pending.append(one)
    return False


def _seen_from(owner: Entity | None, part: DraftPart) -> Condition | None:
    """The condition of a part as one on the parameters of `owner`, whose names have the sub-module as a prefix; None if
    the part is not inside `owner`."""
    if owner is None or part.owner is None:
        return None
    whole, current = owner.representative(), part.owner.representative()
    names: list[str] = []
    while current is not whole:
        if current.parent is None or not current.attribute.isidentifier():
            return None
        names.append(current.attribute)
        current = current.parent.representative()
    if not names:
        return part.condition
    prefix = ".".join(reversed(names))
    return both(NameTest(NameTestKind.STARTS, f"{prefix}."), part.condition)
