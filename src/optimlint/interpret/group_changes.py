"""Changes of the groups that an optimizer has taken: where code edits `optimizer.param_groups`, and of which optimizer.

An optimizer comes to code that changes it by a name, by what a function returns, or by what a call gives a function. A
rate that a function sets each time when it is called is a schedule and no part of what the optimizer is built with.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from optimlint.facts.names import Scope, ScopeKind
from optimlint.interpret.values import Entity, OptimizerValue, Values
from optimlint.syntax import tree

_RATE = "lr"
_INITIALIZER = "__init__"
_MOST_PARAMETERS = 60


@dataclass(frozen=True, slots=True)
class _Change:
    """A scope that changes groups under one key, or under an unknown one (None)."""

    scope: Scope
    key: str | None


@dataclass(slots=True)
class GroupChanges:
    """All changes of one pass, by the construction of the optimizer or by the parameter of a function that is one."""

    _changes: dict[tree.Call | Entity, dict[_Change, None]] = field(default_factory=dict)
    _received: set[tuple[tree.Call, Scope]] = field(default_factory=set)
    _given: dict[Entity, dict[tree.Call | Entity, bool]] = field(default_factory=dict)
    """What calls give the parameters of functions, and whether all these calls stand in loops."""

    def note(self, changed: tree.Call | Entity, scope: Scope, key: str | None) -> None:
        """Record that a scope changes the groups of an optimizer."""
        self._changes.setdefault(_one(changed), {})[_Change(scope, key)] = None

    def note_result(self, values: Values, scope: Scope) -> None:
        """Record that a function returns the values to a scope."""
        self._received.update((one.call, scope) for one in values if isinstance(one, OptimizerValue))

    def note_given(self, parameter: Entity, values: Values, *, is_in_loop: bool) -> None:
        """Record that a call gives the values to a parameter."""
        for value in values:
            if isinstance(value, OptimizerValue | Entity):
                held = self._given.setdefault(parameter.representative(), {})
                given = _one(value.call if isinstance(value, OptimizerValue) else value)
                held[given] = held.get(given, True) and is_in_loop

    def of(self, call: tree.Call, scope: Scope) -> Iterator[str | None]:
        """The keys under which the groups of the optimizer are changed that `call` constructs in `scope`, None among
        them where one is not known."""
        for change in self._changes.get(call, ()):
            if not self._is_schedule(call, scope, change):
                yield change.key
        for changed, changes in self._changes.items():
            if isinstance(changed, Entity):
                for change in changes:
                    if self._reaches(call, changed, change):
                        yield change.key

    def _is_schedule(self, call: tree.Call, built_in: Scope, change: _Change) -> bool:
        """Whether a function that only sees the optimizer sets its rate."""
        scope = change.scope
        is_own = scope == built_in or (call, scope) in self._received
        is_called_again = scope.kind is ScopeKind.FUNCTION and scope.name.rpartition(".")[2] != _INITIALIZER
        return change.key == _RATE and not is_own and is_called_again

    def _reaches(self, call: tree.Call, parameter: Entity, change: _Change) -> bool:
        """Whether the optimizer comes to the parameter by which a function changes it; for a rate, by calls outside of
        loops."""
        pending, seen = [parameter], set[Entity]()
        while pending and len(seen) < _MOST_PARAMETERS:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            for given, is_in_loop in self._given.get(current, {}).items():
                if is_in_loop and change.key == _RATE:
                    continue
                if isinstance(given, Entity):
                    pending.append(given)
                elif given is call:
                    return True
        return len(seen) >= _MOST_PARAMETERS

    def clear(self) -> None:
        """Forget all changes, for the next pass."""
        self._changes.clear()
        self._received.clear()
        self._given.clear()


def _one(changed: tree.Call | Entity) -> tree.Call | Entity:
    return changed.representative() if isinstance(changed, Entity) else changed
