"""Calls: where parameters come from, what builds collections, and what uses them."""

import re
from functools import lru_cache

from optimlint.facts.conditions import UnknownTest, both, negate
from optimlint.interpret.attributes import attribute_of
from optimlint.interpret.builtins import call_builtin, collected, looked_at, ordered_dict_call
from optimlint.interpret.edits import escape
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.filters import evaluate_name_method
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.following import followed
from optimlint.interpret.frame import Frame
from optimlint.interpret.functions import call_function, shared_with
from optimlint.interpret.kinds import NAMES
from optimlint.interpret.making import condition_of, truth
from optimlint.interpret.models.collections import call_method, derived, mark_changed, where_meant
from optimlint.interpret.models.contents import is_group_collection
from optimlint.interpret.models.fields import note_fields
from optimlint.interpret.models.freezing import freeze, freeze_by_name
from optimlint.interpret.models.inspection import INSPECTORS, is_logging, prints
from optimlint.interpret.models.library_calls import copied, handed_back, known_builder
from optimlint.interpret.models.optimizers import call_on_optimizer, construct, partially_given, read_groups
from optimlint.interpret.models.recognition import is_optimizer_class, looks_like_optimizer
from optimlint.interpret.models.streams import arguments_of, chained, parameters_of
from optimlint.interpret.models.strings import string_method
from optimlint.interpret.origins import Given, made_elsewhere, made_here, note_arguments, returned
from optimlint.interpret.readings import note_handed_on, read_stream
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    Element,
    Entity,
    FunctionValue,
    Mapping,
    OptimizerClass,
    OptimizerValue,
    Sequence,
    Stream,
    Value,
    Values,
    union,
)
from optimlint.knowledge.layers import SAME_MODULE
from optimlint.syntax import tree

_MODEL_WRAPPER = re.compile(
    r"(^|\.|_)(DataParallel|DistributedDataParallel|DDP|FSDP|FullyShardedDataParallel|DataParallelModel|compile|"
    r"convert_sync_batchnorm|script|fully_shard|BetterTransformer|prepare_ddp_model|prepare_model|setup_module)$|unwrap|de_parallel|"
    r"parallel|get_model_obj",
    re.IGNORECASE,
)


def evaluate_call(frame: Frame, state: State, node: tree.Call) -> Values:
    """What a call may return. What it is given is consumed, unless it is known to be only looked at or built with."""
    func = node.func
    if isinstance(func, tree.Name):
        callees = evaluate(frame, state, func)
        if all(isinstance(value, Entity) and value.qualified_name is None for value in callees):
            known = call_builtin(frame, state, node, func.value)
            if known is not None:
                return known
        return _call_values(frame, state, node, callees)
    if isinstance(func, tree.Attribute):
        return _method(frame, state, node, func)
    return _call_values(frame, state, node, evaluate(frame, state, func))


def is_inspection(frame: Frame, node: tree.Call) -> bool:
    """Whether a call only shows what it is given."""
    match node.func:
        case tree.Name(value=name):
            return name in INSPECTORS or prints(name)
        case tree.Attribute():
            return is_logging(frame, node.func)
        case _:
            return False


def _method(frame: Frame, state: State, node: tree.Call, func: tree.Attribute) -> Values:
    method = func.attr.value
    if isinstance(func.value, tree.IfExp) and state.in_parameter_loop:
        return _method_of_either(frame, state, node, func, func.value)
    owners = evaluate(frame, state, func.value)
    if (known := parameters_of(frame, state, node, owners, method)) is not None:
        return known
    if is_logging(frame, func):
        return derived(frame, node, union(*looked_at(frame, state, node)))
    found: Values = ()
    unknown: list[Value] = []
    for owner in owners:
        place = state if len(owners) == 1 else where_meant(frame, state, func.value, owner)
        result = _method_of(frame, place, node, func, owner, method)
        if result is None:
            unknown.append(owner)
        else:
            found = union(found, result)
    if unknown:
        # `(loss + penalty).backward()`: what is done with something is done with all that it is made of.
        made = (owner for owner in unknown if isinstance(owner, Entity) and frame.world.flows.sources(owner))
        frame.consume(tuple(made), FlowKind.READ, node)
        callees: Values = ()
        for owner in unknown:
            callees = union(callees, attribute_of(frame, state, owner, method, func))
        found = union(found, _call_values(frame, state, node, callees, tuple(unknown)))
    return found


def _method_of_either(frame: Frame, state: State, node: tree.Call, func: tree.Attribute, choice: tree.IfExp) -> Values:
    """`(decay if p.ndim > 1 else rest).append(p)`: one of two methods, by a test of the parameter."""
    tests = evaluate(frame, state, choice.test)
    condition = condition_of(frame, tests, choice.test)
    found: Values = ()
    for arm, holds in ((choice.body, condition), (choice.orelse, negate(condition))):
        inner = state.copy()
        inner.path = both(state.path, holds)
        inner.guards = union(state.guards, tuple(value for value in tests if not isinstance(value, Element)))
        for owner in evaluate(frame, inner, arm):
            found = union(found, _method_of(frame, inner, node, func, owner, func.attr.value) or ())
    return found


def _method_of(
    frame: Frame, state: State, node: tree.Call, func: tree.Attribute, owner: Value, method: str
) -> Values | None:
    """A method of something that is known; None where the callee decides."""
    match owner:
        case Sequence() | Mapping():
            result = call_method(
                frame, state, owner, method, node, _method_arguments(frame, state, node, owner, method)
            )
            if result is None:
                mark_changed(frame, state, (owner,), (owner, *union(*arguments_of(frame, state, node))), node)
                return derived(frame, node, (owner,))
            return result
        case Element(what=what) if what in NAMES:
            return evaluate_name_method(frame, state, node, owner, method, arguments_of(frame, state, node))
        case Element():
            frame.consume(union(*arguments_of(frame, state, node)), FlowKind.ARGUMENT, node)
            if method in ("detach", "clone", "float", "view", "flatten", "cuda", "to", "requires_grad_"):
                if method == "requires_grad_":
                    freeze(frame, state, owner, union(*arguments_of(frame, state, node)), node)
                    frame.consume(state.guards, FlowKind.DECIDES, node)
                return (owner,)
            return (frame.world.unknown(node, frame.context),)
        case Stream():
            owner.is_edited = True
            return None
        case OptimizerValue():
            return call_on_optimizer(frame, state, node, owner, method, arguments_of(frame, state, node))
        case Constant(value=str()):
            return string_method(frame, state, node, owner, method, arguments_of(frame, state, node))
        case Entity() if method in SAME_MODULE and owner.qualified_name is None:
            arguments = arguments_of(frame, state, node)
            frame.consume(union(*arguments), FlowKind.ARGUMENT, node)
            if method == "requires_grad_":
                freeze(frame, state, owner, union(*arguments), node)
            return (owner,)
        case Entity() if method == "from_iterable" or (owner.qualified_name == "itertools" and method == "chain"):
            return chained(frame, state, node)
        case _:
            return None


def _method_arguments(
    frame: Frame, state: State, node: tree.Call, owner: Sequence | Mapping, method: str
) -> list[Values]:
    arguments = arguments_of(frame, state, node)
    if method in ("extend", "update"):
        for argument, values in zip(node.args, arguments, strict=True):
            read_stream(frame, state, argument.value, values)
    return arguments


def _call_values(frame: Frame, state: State, node: tree.Call, callees: Values, owners: Values = ()) -> Values:
    """A call of what is not built in: an optimizer, a function or class of this source, something unknown."""
    found: Values = ()
    callees = followed(frame, callees)
    if any(is_optimizer_class(frame, value) for value in callees):
        return construct(frame, state, node, callees)
    for callee in _distinct(callees):
        match callee:
            case FunctionValue():
                found = union(found, _call_function(frame, state, node, callee))
            case ClassValue():
                given = _given(frame, state, node, callee.initializer())
                escape(frame, state, union(*given.all), node)
                note_fields(frame, callee, node, given.all)
                found = union(found, (made_here(frame, node, callee),))
            case Entity():
                found = union(found, _call_entity(frame, state, node, callee, owners))
            case OptimizerClass():
                found = union(found, construct(frame, state, node, (callee,)))
            case Mapping() | Sequence():
                found = union(found, _call_entity(frame, state, node, frame.world.unknown(node.func), owners))
            case _:
                values = union(*arguments_of(frame, state, node))
                escape(frame, state, values, node)
                frame.consume(values, FlowKind.ARGUMENT, node)
                found = union(found, (frame.world.unknown(node, frame.context),))
    return found


def _distinct(callees: Values) -> Values:
    """The callees, with one unknown of several: what an unknown is given is the same for all."""
    unknown = [
        one for one in callees if isinstance(one, Entity) and one.qualified_name is None and one.own_class is None
    ]
    return tuple(one for one in callees if one not in unknown[1:]) if len(unknown) > 1 else callees


def _call_function(frame: Frame, state: State, node: tree.Call, callee: FunctionValue) -> Values:
    if looks_like_optimizer(frame, state, node, callee):
        pass
    given = _given(frame, state, node, callee)
    if isinstance(callee.node, tree.FunctionDef):
        freeze_by_name(frame, node, callee.node.name.value, (), given.all)
    if not given.is_open:
        result = call_function(frame, state, node, callee, given.positional, given.keywords)
        if result is not None:
            return result
    escape(frame, state, union(*given.all, shared_with(frame, state, callee)), node)
    if any(isinstance(value, Element) for values in given.all for value in values):
        return truth(frame, node, UnknownTest(frame.world.layout.text(node)), union(*given.positional))
    return (returned(frame, node, callee),)


def _given(frame: Frame, state: State, node: tree.Call, callee: FunctionValue | None) -> Given:
    """What a call gives to a function of this source. All of it is used."""
    given = Given.of(node, arguments_of(frame, state, node))
    note_handed_on(frame, state, given.all)
    frame.consume(union(*given.all), FlowKind.ARGUMENT, node)
    if callee is not None:
        note_arguments(frame, callee, given)
    return given


def _call_entity(frame: Frame, state: State, node: tree.Call, callee: Entity, owners: Values) -> Values:
    """A call of something that another file, or nobody, defines."""
    name = callee.qualified_name
    code = frame.world.layout.text(node.func)
    last = (name or code).rpartition(".")[2]
    is_partial = name in ("functools.partial", "partial") or code == "partial"
    if is_partial and (partial := partially_given(frame, state, node)) is not None:
        return (partial,)
    if name in ("itertools.chain", "itertools.chain.from_iterable") or code in ("chain", "itertools.chain"):
        return chained(frame, state, node)
    if name in ("collections.defaultdict", "collections.OrderedDict") or code in ("defaultdict", "OrderedDict"):
        return ordered_dict_call(frame, state, node, last)
    if name == "collections.deque":
        return collected(frame, state, node, last)
    if name in ("copy.copy", "copy.deepcopy") and node.args:
        return copied(frame, state, node, evaluate(frame, state, node.args[0].value), is_deep=last == "deepcopy")
    if looks_like_optimizer(frame, state, node, callee):
        return construct(frame, state, node, (callee,))
    arguments = arguments_of(frame, state, node)
    freeze_by_name(frame, node, last, owners, arguments)
    for argument, values in zip(node.args, arguments, strict=True):
        if last.startswith("clip_grad"):
            read_stream(frame, state, argument.value, values)
    note_handed_on(frame, state, arguments if not last.startswith("clip_grad") else ())
    if any(is_group_collection(value) for values in arguments for value in values):
        # Whether it reads the groups, nobody knows; what is empty by now stays empty.
        read_groups(frame, state.copy(), union(*arguments))
    escape(frame, state, (callee, *owners, *union(*arguments)), node)
    if (builder := known_builder(frame, state, node, callee, arguments)) is not None:
        return builder
    taken = tuple(value for value in union(*arguments) if not isinstance(value, Constant) or node.args)
    frame.consume(taken, FlowKind.ARGUMENT, node)
    if last in ("prepare", "initialize", "setup") and not callee.own_class:
        return handed_back(frame, state, node, arguments)
    if arguments and arguments[0] and _wraps_model(code):
        given = arguments[0]
        if all(isinstance(one, Entity) and one.qualified_name is None for one in given):
            return given
    if any(isinstance(value, Element) for values in arguments for value in values):
        return truth(frame, node, UnknownTest(frame.world.layout.code(node)), union(*arguments))
    return (made_elsewhere(frame, node, callee, arguments, owners),)


@lru_cache(maxsize=4096)
def _wraps_model(code: str) -> bool:
    return bool(_MODEL_WRAPPER.search(code))
