"""Which objects count as one: if branches bind different objects to the same name, only one of them exists in a run."""

from collections.abc import Iterable, Iterator

from optimlint.facts.names import Scope
from optimlint.interpret.training.notes import Note
from optimlint.interpret.values import Entity, OptimizerValue, Values
from optimlint.interpret.world import World
from optimlint.syntax import tree

_Name = tuple[Scope | None, str]
_DEEPEST = 30
_MOST = 12


def identity_of(entity: Entity) -> int:
    """The number that identifies an object."""
    return entity.number


def optimizer_identity(call: tree.Call) -> int:
    """The number that identifies the optimizer constructed by a call. It is negative, unlike those of other objects."""
    return -1 - call.start


def same_objects(world: World, notes: Iterable[Note]) -> dict[int, int]:
    """Map the number of each object that shares its names with an alternative to the number of the first
    alternative."""
    found: dict[int, int] = {}
    names: dict[int, set[_Name]] = {}
    for note in notes:
        for values in (note.values, note.scalers, *(given.values for given in note.given)):
            for several in _alternatives(values):
                names = names or _names_of_all(world)
                held = {frozenset(names.get(one, ())) for one in several}
                if len(held) == 1 and next(iter(held)):
                    first = _final(found, several[0])
                    found.update((other, first) for one in several[1:] if (other := _final(found, one)) != first)
    return {one: _final(found, one) for one in found}


def _final(found: dict[int, int], number: int) -> int:
    while number in found:
        number = found[number]
    return number


def _names_of_all(world: World) -> dict[int, set[_Name]]:
    """The names that each object is bound to, with their scopes."""
    found: dict[int, set[_Name]] = {}
    for name, values in world.bound.items():
        for value in values:
            if isinstance(value, Entity):
                found.setdefault(identity_of(value.representative()), set()).add(name)
    for call, draft in world.calls.items():
        if draft.place is not None:
            found[optimizer_identity(call)] = {(draft.scope, draft.place)}
    return found


def _alternatives(values: Values) -> Iterator[list[int]]:
    """Lists of objects of which only one is meant."""
    optimizers = [optimizer_identity(one.call) for one in values if isinstance(one, OptimizerValue)]
    if len(optimizers) > 1:
        yield optimizers
    objects = [one for one in values if isinstance(one, Entity) and one.qualified_name is None]
    if len(objects) > 1:
        yield [identity_of(one.representative()) for one in objects]
    for value in objects:
        choices = [identity_of(one) for one in _choices(value)]
        if len(choices) > 1:
            yield choices


def _choices(entity: Entity) -> Iterator[Entity]:
    """The alternatives for an entity, or for the object that it is an attribute of."""
    current = entity.representative()
    for _ in range(_DEEPEST):
        if current.parent is None or current.alternatives:
            break
        current = current.parent.representative()
    pending, count = list(current.alternatives), 0
    while pending and count < _MOST:
        one = pending.pop().representative()
        count += 1
        if one.alternatives:
            pending += one.alternatives
        else:
            yield one
