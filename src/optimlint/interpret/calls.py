"""Calls: where parameters come from, what builds collections, and what uses them."""

import re
from functools import lru_cache

from optimlint.facts.conditions import UnknownTest, both, negate
from optimlint.interpret.attributes import attribute_of
from optimlint.interpret.edits import escape, note_edit, settle, spread
from optimlint.interpret.evaluation import evaluate, look_at
from optimlint.interpret.filters import evaluate_name_method, evaluate_quantifier
from optimlint.interpret.frame import Frame, load_attribute
from optimlint.interpret.functions import call_function, shared_with
from optimlint.interpret.iteration import iterate
from optimlint.interpret.making import condition_of, merge, new_mapping, new_sequence, truth
from optimlint.interpret.models.collections import (
    PARAMS,
    call_method,
    derived,
    is_group_collection,
    mark_changed,
    parts_of,
    under_path,
    where_meant,
)
from optimlint.interpret.models.fields import note_fields
from optimlint.interpret.models.freezing import freeze, freeze_by_name
from optimlint.interpret.models.identities import ids_of
from optimlint.interpret.models.library_calls import copied, handed_back, known_builder
from optimlint.interpret.models.optimizers import (
    call_on_optimizer,
    construct,
    is_optimizer_class,
    looks_like_optimizer,
    partially_given,
    read_groups,
)
from optimlint.interpret.models.strings import string_method
from optimlint.interpret.origins import Given, made_elsewhere, made_here, note_arguments, returned, take_from
from optimlint.interpret.readings import find_emptied, note_handed_on, note_partial, read_stream, takes_ids
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    DraftPart,
    EditKind,
    Element,
    Entity,
    Entry,
    FunctionValue,
    Item,
    Mapping,
    OptimizerClass,
    OptimizerValue,
    Sequence,
    Stream,
    Value,
    Values,
    consume,
    union,
)
from optimlint.syntax import tree

_STREAMS = {"parameters": "param", "named_parameters": "pair"}
_MODULE_STREAMS = {
    "modules": "module",
    "children": "module",
    "named_modules": "module pair",
    "named_children": "module pair",
}
_SAME_MODEL = {
    "to", "cuda", "cpu", "train", "eval", "half", "float", "double", "bfloat16", "requires_grad_", "apply", "type",
    "share_memory", "xpu", "compile", "to_empty", "npu", "mps", "xla",
}  # fmt: skip
_MODEL_WRAPPER = re.compile(
    r"(^|\.|_)(DataParallel|DistributedDataParallel|DDP|FSDP|FullyShardedDataParallel|DataParallelModel|compile|"
    r"convert_sync_batchnorm|script|fully_shard|BetterTransformer|prepare_ddp_model|prepare_model|setup_module)$|unwrap|de_parallel|"
    r"parallel|get_model_obj",
    re.IGNORECASE,
)
_INSPECTORS = {"print", "len", "isinstance", "type", "id", "repr", "str", "hasattr", "callable", "pprint", "format"}
_LOG_METHODS = {"debug", "info", "warning", "warn", "error", "critical", "exception", "log", "print", "write"}
_LOGGER = re.compile(
    r"(^|\.|_)(log|logger|logging|LOG|LOGGER|console|warnings|tqdm|stdout|stderr|rich|accelerator|rank_zero_\w+)$"
)
_COLLECTORS = {
    "list": "list",
    "tuple": "tuple",
    "set": "set",
    "sorted": "list",
    "frozenset": "set",
    "reversed": "list",
    "deque": "list",
}
_PURE = {"sum", "max", "min", "abs", "round", "int", "float", "bool", "range", "divmod", "hash", "iter"}
_OPENERS = {"locals", "globals", "vars", "eval", "exec"}


def evaluate_call(frame: Frame, state: State, node: tree.Call) -> Values:
    """What a call may return. What it is given is consumed, unless it is known to be only looked at or built with."""
    func = node.func
    if isinstance(func, tree.Name):
        callees = evaluate(frame, state, func)
        if all(isinstance(value, Entity) and value.qualified_name is None for value in callees):
            known = _builtin(frame, state, node, func.value)
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
            return name in _INSPECTORS or _prints(name)
        case tree.Attribute():
            return _is_logging(frame, node.func)
        case _:
            return False


def _arguments(frame: Frame, state: State, node: tree.Call) -> list[Values]:
    return [evaluate(frame, state, argument.value) for argument in node.args]


def _shown(frame: Frame, state: State, node: tree.Call) -> list[Values]:
    return [look_at(frame, state, argument.value) for argument in node.args]


def _builtin(frame: Frame, state: State, node: tree.Call, name: str) -> Values | None:
    """A call of a function that Python brings along; None for any other name."""
    args = node.args
    if name in ("any", "all") and len(args) == 1:
        return evaluate_quantifier(frame, state, node, name)
    if name == "filter" and len(args) == 2:
        return _filter(frame, state, node)
    if name in _COLLECTORS:
        return _collect(frame, state, node, name)
    if name == "dict":
        return _dict(frame, state, node)
    if name in ("map", "zip", "enumerate"):
        return _lazy(frame, state, node, name)
    if name == "getattr" and len(args) >= 2:
        return _getattr(frame, state, node)
    if name == "next" and args:
        return union(*[iterate(frame, state.copy(), arg.value, evaluate(frame, state, arg.value)) for arg in args[:1]])
    if name == "super":
        return (_super(frame, node),)
    if name in _INSPECTORS or _prints(name):
        arguments = _shown(frame, state, node)
        if name == "id" and len(arguments) == 1 and (ids := ids_of(arguments[0])):
            return ids
        return (frame.world.unknown(node, frame.context),)
    if name in _PURE:
        return _aggregate(frame, state, node, name)
    if name in _OPENERS:
        frame.world.has_dynamic_lookup = True
        for (scope, _), values in list(frame.world.bound.items()):
            if scope == frame.scope:
                consume(values)
        consume(union(*state.bindings.values()))
    return None


def _super(frame: Frame, node: tree.Call) -> Value:
    if frame.class_value is not None:
        return frame.class_value.instance
    return frame.world.unknown(node, frame.context)


def _aggregate(frame: Frame, state: State, node: tree.Call, name: str) -> Values:
    """`sum`, `max` and their like give a value made of what they read."""
    held: Values = ()
    for argument in node.args:
        before, frame.is_counting = frame.is_counting, frame.is_counting or _is_count(name, argument.value)
        values = evaluate(frame, state, argument.value)
        frame.is_counting = before
        read_stream(frame, state, argument.value, values)
        held = union(held, values)
    if name in ("int", "float") and len(held) == 1 and isinstance(held[0], Constant | Entity):
        return held
    return derived(frame, node, held)


def _is_count(name: str, node: tree.Expression) -> bool:
    """Whether `sum` counts: of what is read, only numbers of elements, or ones, are added up."""
    if name != "sum" or not isinstance(node, tree.GeneratorExp | tree.ListComp):
        return False
    match node.elt:
        case tree.Integer():
            return True
        case tree.Call(func=tree.Attribute(attr=tree.Name(value="numel" | "nelement"))):
            return True
        case _:
            return False


def _filter(frame: Frame, state: State, node: tree.Call) -> Values:
    """`filter(lambda p: p.requires_grad, model.parameters())`: a one-shot stream of its own."""
    test, source = node.args[0].value, node.args[1].value
    values = evaluate(frame, state, source)
    elements = iterate(frame, state, source, values)
    parts: list[DraftPart] = []
    what = "param"
    for element in elements:
        if not isinstance(element, Element):
            continue
        what = element.what
        condition = _predicate(frame, state, test, element)
        parts.extend(DraftPart(part.owner, both(part.condition, condition), test) for part in element.parts)
    tests = evaluate(frame, state, test) if not isinstance(test, tree.Lambda) else ()
    if not parts:
        consume(tests)
        return derived(frame, node, values)
    made = frame.world.make(node, "stream", frame.context, lambda: Stream(node, what, tuple(parts), True))
    made.parts, made.what = tuple(dict.fromkeys(parts)), what
    made.dependencies = [value for value in (*values, *tests) if not isinstance(value, Element)]
    return (made,)


def _predicate(frame: Frame, state: State, test: tree.Expression, element: Element):  # type: ignore[no-untyped-def]
    values = evaluate(frame, state, test)
    if len(values) == 1 and isinstance(values[0], FunctionValue):
        inner = state.copy()
        inner.in_parameter_loop = True
        result = call_function(frame, inner, None, values[0], [(element,)], {})
        if result is not None:
            return condition_of(frame, result, test)
    return UnknownTest(frame.world.layout.text(test))


def _collect(frame: Frame, state: State, node: tree.Call, name: str) -> Values:
    made = new_sequence(frame, state, node, _COLLECTORS[name])
    for argument in node.args:
        values = evaluate(frame, state, argument.value)
        if argument.keyword is not None:
            consume(values)
            continue
        read_stream(frame, state, argument.value, values)
        made.items[id(argument)] = spread(frame, values, state.branch, argument.value)
        if all(isinstance(value, Entity) for value in values):
            made.is_open = True
    if name == "reversed":
        made.kind = "iterator"
        note_edit(frame, state, made, node, EditKind.REVERSE)
    elif name == "sorted":
        note_edit(frame, state, made, node, EditKind.LOST)
    return (made,)


def _dict(frame: Frame, state: State, node: tree.Call) -> Values:
    """`dict(params=…, lr=…)`, `dict(model.named_parameters())`, `dict(base, lr=…)`."""
    positional = [argument for argument in node.args if argument.keyword is None and argument.star == ""]
    if len(positional) == len(node.args) == 1:
        values = evaluate(frame, state, positional[0].value)
        parts, _ = parts_of(values)
        if parts and not any(isinstance(value, Mapping) for value in values):
            read_stream(frame, state, positional[0].value, values)
            pairs = new_sequence(frame, state, node, "dict")
            pairs.is_mapping = True
            pairs.items[id(node)] = spread(frame, values, state.branch, node)
            return (pairs,)
    made = new_mapping(frame, state, node)
    for argument in node.args:
        values = under_path(state, evaluate(frame, state, argument.value))
        if argument.keyword is not None:
            if argument.keyword.value == PARAMS:
                find_emptied(frame, state, argument.value, values)
            made.entries[argument.keyword.value] = Entry(values, argument.keyword, argument.value)
        else:
            merge(made, values, state)
    return (made,)


def _lazy(frame: Frame, state: State, node: tree.Call, name: str) -> Values:
    """`zip`, `map` and `enumerate` read what they are given; what they yield is not followed."""
    evaluated = []
    for argument in node.args:
        evaluated.append(evaluate(frame, state, argument.value))
        read_stream(frame, state, argument.value, evaluated[-1], acts=not takes_ids(node))
        note_partial(frame, argument.value)
    held = union(*evaluated)
    if name == "map":
        consume(tuple(value for value in held if is_group_collection(value)))
        if not takes_ids(node):
            escape(frame, state, held, node)
        mapped = new_sequence(frame, state, node, name)
        mapped.dependencies.extend(
            value for value in held if value not in mapped.dependencies and not isinstance(value, Element)
        )
        if takes_ids(node) and len(node.args) == 2:
            ids = ids_of(iterate(frame, state.copy(), node.args[1].value, evaluated[1]))
            mapped.items[id(node)] = Item(ids, False, state.branch, node)
        mapped.is_open = not any(item.values for item in mapped.items.values())
        return (mapped,)
    made = new_sequence(frame, state, node, name)
    made.dependencies.extend(value for value in held if value not in made.dependencies)
    together = frame.world.make(
        node,
        "together",
        frame.context,
        lambda: Sequence(node, frame.scope, state.branch, frame.world.order(node), "tuple", context=frame.context),
    )
    settle(together, state)
    if name == "enumerate":
        index = frame.world.make(node, "index", frame.context, lambda: frame.world.entity("index"))
        together.items[0] = Item((index,), False, state.branch, node)
    for argument, values in list(zip(node.args, evaluated, strict=True))[: 1 if name == "enumerate" else None]:
        each = iterate(frame, state.copy(), argument.value, values)
        together.items[id(argument)] = Item(each, False, state.branch, argument.value)
    made.items[id(node)] = Item((together,), False, state.branch, node)
    made.is_open = True
    return (made,)


def _getattr(frame: Frame, state: State, node: tree.Call) -> Values:
    arguments = _arguments(frame, state, node)
    found: list[Value] = []
    for owner in arguments[0]:
        if isinstance(owner, Entity) and len(arguments[1]) == 1 and isinstance(arguments[1][0], Constant):
            found.extend(load_attribute(frame, state, owner, str(arguments[1][0].value)))
        elif (
            isinstance(owner, Entity)
            and owner.qualified_name is not None
            and _is_optimizer_module(owner.qualified_name)
        ):
            found.append(_optimizer_class(frame, node))
        elif len(arguments) == 2 or isinstance(owner, Entity):
            frame.world.has_dynamic_lookup = True
            if isinstance(owner, Entity):
                take_from(frame, node, owner)
            found.extend(derived(frame, node, (owner,)))
        else:
            found.extend(derived(frame, node, (owner,)))
    return tuple(dict.fromkeys(found))


def _is_optimizer_module(qualified_name: str) -> bool:
    return qualified_name in ("torch.optim", "bitsandbytes.optim", "timm.optim", "apex.optimizers", "torch_optimizer")


def _optimizer_class(frame: Frame, node: tree.Call) -> OptimizerClass:
    text = frame.world.layout.text(node)
    return frame.world.make(node, "optimizer class", frame.context, lambda: OptimizerClass((), text))


def _method(frame: Frame, state: State, node: tree.Call, func: tree.Attribute) -> Values:
    method = func.attr.value
    if isinstance(func.value, tree.IfExp) and state.in_parameter_loop:
        return _method_of_either(frame, state, node, func, func.value)
    owners = evaluate(frame, state, func.value)
    if (known := _parameters_of(frame, state, node, owners, method)) is not None:
        return known
    if _is_logging(frame, func):
        return derived(frame, node, union(*_shown(frame, state, node)))
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
        consume(tuple(owner for owner in unknown if isinstance(owner, Entity) and owner.dependencies))
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


def _prints(name: str) -> bool:
    """Whether a function prints, by its name; what begins with a capital is a class (`DAdaptAdamPreprint`)."""
    return "print" in name.lower() and not name[:1].isupper()


def _is_logging(frame: Frame, func: tree.Attribute) -> bool:
    if func.attr.value not in _LOG_METHODS:
        return _prints(func.attr.value)
    return bool(_LOGGER.search(frame.world.layout.text(func.value).split("(")[0]))


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
                mark_changed(frame, state, (owner,), (owner, *union(*_arguments(frame, state, node))), node)
                return derived(frame, node, (owner,))
            return result
        case Element(what=what) if what in ("name", "first name", "inner name", "last name", "unknown name"):
            return evaluate_name_method(frame, state, node, owner, method, _arguments(frame, state, node))
        case Element():
            consume(union(*_arguments(frame, state, node)))
            if method in ("detach", "clone", "float", "view", "flatten", "cuda", "to", "requires_grad_"):
                if method == "requires_grad_":
                    freeze(frame, state, owner, union(*_arguments(frame, state, node)), node)
                    consume(state.guards)
                return (owner,)
            return (frame.world.unknown(node, frame.context),)
        case Stream():
            owner.is_edited = True
            return None
        case OptimizerValue():
            return call_on_optimizer(frame, state, node, owner, method, _arguments(frame, state, node))
        case Constant(value=str()):
            return string_method(frame, state, node, owner, method, _arguments(frame, state, node))
        case Entity() if method in _SAME_MODEL and owner.qualified_name is None:
            arguments = _arguments(frame, state, node)
            consume(union(*arguments))
            if method == "requires_grad_":
                freeze(frame, state, owner, union(*arguments), node)
            return (owner,)
        case Entity() if method == "from_iterable" or (owner.qualified_name == "itertools" and method == "chain"):
            return _chain(frame, state, node)
        case _:
            return None


def _method_arguments(
    frame: Frame, state: State, node: tree.Call, owner: Sequence | Mapping, method: str
) -> list[Values]:
    arguments = _arguments(frame, state, node)
    if method in ("extend", "update"):
        for argument, values in zip(node.args, arguments, strict=True):
            read_stream(frame, state, argument.value, values)
    return arguments


def _chain(frame: Frame, state: State, node: tree.Call) -> Values:
    """`itertools.chain(a.parameters(), b.parameters())`: one stream of all."""
    made = new_sequence(frame, state, node, "chain")
    for argument in node.args:
        values = evaluate(frame, state, argument.value)
        read_stream(frame, state, argument.value, values)
        note_partial(frame, argument.value)
        made.items[id(argument)] = spread(frame, values, state.branch, argument.value)
    return (made,)


def _parameters_of(frame: Frame, state: State, node: tree.Call, owners: Values, method: str) -> Values | None:
    """`model.parameters()` and its kin, where `model` is nothing that defines it otherwise."""
    what = _STREAMS.get(method) or _MODULE_STREAMS.get(method)
    if what is None:
        return None
    parts: list[DraftPart] = []
    is_full_names = method == "named_parameters"
    for owner in owners:
        match owner:
            case Entity():
                parts.append(DraftPart(owner.representative()))
            case Element(what="module", parts=held):
                unknown = UnknownTest(f"{owner.text}.{method}")
                parts.extend(DraftPart(part.owner, both(part.condition, unknown)) for part in held)
                is_full_names = False
            case _:
                continue
    if not parts:
        return None
    if len(parts) > 1 and all(isinstance(owner, Entity) for owner in owners):
        text = frame.world.layout.code(node.func.value) if isinstance(node.func, tree.Attribute) else method
        parts = [DraftPart(frame.world.either((owner for owner in owners if isinstance(owner, Entity)), text))]
    arguments = _arguments(frame, state, node)
    if any(_is_false(values) for values in arguments):
        parts = [DraftPart(part.owner, both(part.condition, UnknownTest("recurse=False"))) for part in parts]
    made = frame.world.make(
        node, "stream", frame.context, lambda: Stream(node, what, tuple(parts), method in _STREAMS, is_full_names)
    )
    made.parts = tuple(dict.fromkeys(parts))
    return (made,)


def _is_false(values: Values) -> bool:
    return len(values) == 1 and isinstance(values[0], Constant) and values[0].value is False


def _call_values(frame: Frame, state: State, node: tree.Call, callees: Values, owners: Values = ()) -> Values:
    """A call of what is not built in: an optimizer, a function or class of this source, something unknown."""
    found: Values = ()
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
                values = union(*_arguments(frame, state, node))
                escape(frame, state, values, node)
                consume(values)
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
    given = Given.of(node, _arguments(frame, state, node))
    note_handed_on(frame, state, given.all)
    consume(union(*given.all))
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
        return _chain(frame, state, node)
    if name in ("collections.defaultdict", "collections.OrderedDict") or code in ("defaultdict", "OrderedDict"):
        return _ordered_dict(frame, state, node, last)
    if name == "collections.deque":
        return _collect(frame, state, node, last)
    if name in ("copy.copy", "copy.deepcopy") and node.args:
        return copied(frame, state, node, evaluate(frame, state, node.args[0].value), is_deep=last == "deepcopy")
    if looks_like_optimizer(frame, state, node, callee):
        return construct(frame, state, node, (callee,))
    arguments = _arguments(frame, state, node)
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
    consume(tuple(value for value in union(*arguments) if not isinstance(value, Constant) or node.args))
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


def _ordered_dict(frame: Frame, state: State, node: tree.Call, last: str) -> Values:
    if last == "OrderedDict":
        return _dict(frame, state, node)
    consume(union(*_arguments(frame, state, node)))
    return (new_mapping(frame, state, node),)
