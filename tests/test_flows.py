"""Escape analysis: the search over the flows that the interpreter records."""

from optimlint.facts.conditions import Always
from optimlint.facts.names import Scope, ScopeKind
from optimlint.interpret.branches import Branch
from optimlint.interpret.flows import FlowKind, Flows
from optimlint.interpret.values import Constant, Entity, Entry, Item, Mapping, OptimizerValue, Sequence, Truth
from optimlint.syntax import tree

MODULE = Scope(ScopeKind.MODULE, "")


def name(text: str = "x") -> tree.Name:
    return tree.Name(0, len(text), 0, text)


def listed(*values: Constant | Entity | Mapping | OptimizerValue) -> Sequence:
    made = Sequence(name(), MODULE, Branch(), 0)
    made.items.update((index, Item((value,), False, Branch(), name())) for index, value in enumerate(values))
    return made


def test_who_has_a_list_has_what_is_in_it() -> None:
    inner = Constant("bias", name())
    whole = listed(inner)
    flows = Flows()
    flows.leave((whole,), FlowKind.RETURNED, whole.node)
    escaped = flows.escaped()
    assert escaped[whole].kind is FlowKind.RETURNED
    assert (escaped[inner].target, escaped[inner].kind) == (whole, FlowKind.PART_OF)


def test_who_has_a_part_has_no_list() -> None:
    inner = Constant("bias", name())
    whole = listed(inner)
    flows = Flows()
    flows.leave((inner,), FlowKind.ARGUMENT, inner.node)
    assert whole not in flows.escaped()


def test_what_decided_over_something_escapes_with_it() -> None:
    names, kept = listed(Constant("bias", name())), listed()
    test = Truth(Always(), name(), (names,))
    flows = Flows()
    flows.add((test,), kept, FlowKind.DECIDES, kept.node)
    assert not flows.escaped()
    flows.leave((kept,), FlowKind.STORED, None)
    assert names in flows.escaped()


def test_what_is_put_in_later_escapes_too() -> None:
    whole = listed()
    flows = Flows()
    flows.leave((whole,), FlowKind.ARGUMENT, None)
    late = Constant("bias", name())
    whole.items[1] = Item((late,), False, Branch(), name())
    assert late in flows.escaped()


def test_what_a_dict_held_before_escapes_with_it() -> None:
    first, second = listed(), listed()
    group = Mapping(name(), MODULE, Branch(), 0, {"params": Entry((second,), name(), name())})
    group.replaced.append(first)
    flows = Flows()
    flows.leave((group,), FlowKind.ARGUMENT, None)
    assert {first, second} <= flows.escaped().keys()


def test_the_way_out_is_a_shortest_one() -> None:
    start, middle, end = listed(), listed(), listed()
    flows = Flows()
    flows.add((start,), middle, FlowKind.MADE_FROM, None)
    flows.add((middle,), end, FlowKind.MADE_FROM, None)
    flows.add((start,), end, FlowKind.DECIDES, None)
    flows.leave((end,), FlowKind.ARGUMENT, None)
    assert flows.escaped()[start].kind is FlowKind.DECIDES


def test_an_optimizer_is_used_at_once() -> None:
    optimizer = OptimizerValue(tree.Call(0, 1, 0, name(), ()))
    flows = Flows()
    flows.leave((optimizer,), FlowKind.ARGUMENT, None)
    assert optimizer.is_used and not flows.escaped()


def test_flows_into_one_of_two_names_for_an_object_are_flows_into_it() -> None:
    first, second = Entity(1, "self.groups"), Entity(2, "groups")
    source = listed()
    flows = Flows()
    flows.add((source,), second, FlowKind.MADE_FROM, None)
    second.alias = first
    flows.unite(first, second)
    flows.leave((first,), FlowKind.STORED, None)
    assert source in flows.escaped()


def test_cycles_end() -> None:
    first, second = listed(), listed()
    first.items[0] = Item((second,), False, Branch(), name())
    second.items[0] = Item((first,), False, Branch(), name())
    flows = Flows()
    flows.add((first,), second, FlowKind.MADE_FROM, None)
    flows.leave((first,), FlowKind.ARGUMENT, None)
    assert set(flows.escaped()) == {first, second}
    assert set(flows.made_of((first,))) == {first, second}
