"""Flows of values, and escape analysis over them.

Reading code only records flows: the values that a value is made of or decided by, and the operations through which it
escapes. One search backwards from the escaping flows then finds every value that escapes. With a list, its elements
escape, and the values that it was made of or decided by. A list that does not escape has reached no optimizer. `print`,
`len`, logging, `assert` and `del` are no flows.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from optimlint.interpret.values import (
    ClassValue,
    Element,
    Entity,
    FunctionValue,
    Mapping,
    OptimizerClass,
    OptimizerValue,
    Truth,
    Value,
    Values,
    contents,
)
from optimlint.syntax import tree


class FlowKind(Enum):
    """How a value gets to its target."""

    PART_OF = "it is put in a collection"
    MADE_FROM = "something is made of it"
    DECIDES = "a test of it decides over something"
    ARGUMENT = "a call is given it"
    RETURNED = "it is returned or yielded"
    STORED = "it is put where others may read it"
    READ = "it is read for an effect"
    OPAQUE = "it gets out of sight"


class Flow(NamedTuple):
    """One flow. A target of None represents all code that is not visible here."""

    source: Value
    target: Value | None
    kind: FlowKind
    at: tree.Node | None


_IMMUTABLE = (Element, FunctionValue, ClassValue, OptimizerClass)
"""Values without mutable state, for which escaping is irrelevant."""


@dataclass(slots=True)
class Flows:
    """All flows of one pass."""

    _into: dict[Value, dict[Value, Flow]] = field(default_factory=dict)
    _out: dict[Value, Flow] = field(default_factory=dict)

    def add(self, sources: Iterable[Value], target: Value, kind: FlowKind, at: tree.Node | None) -> None:
        """Record that `target` is made of the sources, or decided by them."""
        known: dict[Value, Flow] | None = None
        for source in sources:
            if source is target or isinstance(source, Element | OptimizerValue):
                continue
            if known is None:
                known = self._into.setdefault(_one(target), {})
            if source not in known:
                known[source] = Flow(source, target, kind, at)

    def leave(self, values: Values, kind: FlowKind, at: tree.Node | None) -> None:
        """Record that the values escape to something that could reach an optimizer. For optimizers the use is set at
        once, because the next statement may replace them."""
        for value in values:
            if isinstance(value, OptimizerValue):
                value.is_used = True
            elif value not in self._out and not isinstance(value, _IMMUTABLE):
                self._out[value] = Flow(value, None, kind, at)

    def unite(self, first: Entity, second: Entity) -> None:
        """Record that two entities are the same object; `first` is the representative."""
        for flow in self._into.pop(second, {}).values():
            self.add((flow.source,), first, flow.kind, flow.at)

    def sources(self, value: Value) -> Iterable[Value]:
        """The values that a value is made of or decided by, without the elements of a collection."""
        if isinstance(value, Truth):
            return value.asked_of
        return self._into.get(_one(value), ())

    def made_of(self, values: Iterable[Value]) -> Iterator[Value]:
        """The transitive closure of the values: their elements and sources, each once."""
        pending, seen = list(values), set[Value]()
        while pending:
            value = pending.pop()
            if value in seen:
                continue
            seen.add(value)
            yield value
            pending.extend(contents(value))
            pending.extend(self.sources(value))

    def escaped(self) -> dict[Value, Flow]:
        """All values that escape, each with the first flow of a shortest path out."""
        found = dict(self._out)
        pending = deque(found)
        while pending:
            value = pending.popleft()
            for flow in self._towards(value):
                if flow.source not in found and not isinstance(flow.source, (*_IMMUTABLE, OptimizerValue)):
                    found[flow.source] = flow
                    pending.append(flow.source)
        return found

    def _towards(self, value: Value) -> Iterator[Flow]:
        for held in contents(value):
            yield Flow(held, value, FlowKind.PART_OF, None)
        if isinstance(value, Mapping):
            for held in value.replaced:
                yield Flow(held, value, FlowKind.PART_OF, None)
        if isinstance(value, Truth):
            for asked in value.asked_of:
                yield Flow(asked, value, FlowKind.DECIDES, value.node)
            return
        yield from self._into.get(_one(value), {}).values()


def _one(value: Value) -> Value:
    """The representative of an entity; any other value itself."""
    return value.representative() if isinstance(value, Entity) else value
