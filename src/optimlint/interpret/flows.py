"""Where values flow while code is read, and which of them reach what can be seen from outside.

While code is read, flows are only appended: what a value is made of, what decided over it, and by what it gets out of
sight. Nothing is decided then. When all is read, one search from the flows that lead out finds all that escapes:
who has a list has what is in it, what it was made of, and what decided over that. A list that does not escape has
reached nothing. `print`, `len`, logging, `assert` and `del` are no flows.
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
    """How a value gets to where it goes."""

    PART_OF = "it is put in a collection"
    MADE_FROM = "something is made of it"
    DECIDES = "a test of it decides over something"
    ARGUMENT = "a call is given it"
    RETURNED = "it is returned or yielded"
    STORED = "it is put where others may read it"
    READ = "it is read for an effect"
    OPAQUE = "it gets out of sight"


class Flow(NamedTuple):
    """One flow; the target None is all that cannot be seen from here."""

    source: Value
    target: Value | None
    kind: FlowKind
    at: tree.Node | None


_IMMUTABLE = (Element, FunctionValue, ClassValue, OptimizerClass)
"""Values that are the same wherever they are, so that nobody asks whether they escape."""


@dataclass(slots=True)
class Flows:
    """All flows of one pass over the code."""

    _into: dict[Value, dict[Value, Flow]] = field(default_factory=dict)
    _out: dict[Value, Flow] = field(default_factory=dict)

    def add(self, sources: Iterable[Value], target: Value, kind: FlowKind, at: tree.Node | None) -> None:
        """Note that `target` is made of the sources, or that these decide over it."""
        known: dict[Value, Flow] | None = None
        for source in sources:
            if source is target or isinstance(source, Element | OptimizerValue):
                continue
            if known is None:
                known = self._into.setdefault(_one(target), {})
            if source not in known:
                known[source] = Flow(source, target, kind, at)

    def leave(self, values: Values, kind: FlowKind, at: tree.Node | None) -> None:
        """Note that something which could reach an optimizer reads the values. That an optimizer is used is known at
        once: it may be replaced in the next line."""
        for value in values:
            if isinstance(value, OptimizerValue):
                value.is_used = True
            elif value not in self._out and not isinstance(value, _IMMUTABLE):
                self._out[value] = Flow(value, None, kind, at)

    def unite(self, first: Entity, second: Entity) -> None:
        """Note that two entities are one object, for which the first speaks."""
        for flow in self._into.pop(second, {}).values():
            self.add((flow.source,), first, flow.kind, flow.at)

    def sources(self, value: Value) -> Iterable[Value]:
        """What a value is made of, and what decided over it; what a collection holds does not count."""
        if isinstance(value, Truth):
            return value.asked_of
        return self._into.get(_one(value), ())

    def made_of(self, values: Iterable[Value]) -> Iterator[Value]:
        """The values, what they hold and what they are made of, and so on: each once."""
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
        """All that gets out of sight, each with the first flow of a shortest way there."""
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
    """What stands for a value, where several entities are known to be one object."""
    return value.representative() if isinstance(value, Entity) else value
