"""Functions of this source: each is read on its own, and again for calls whose result matters."""

import re
from collections.abc import Iterator

from optimlint.facts.conditions import without
from optimlint.facts.limits import Limit
from optimlint.facts.names import Scope
from optimlint.interpret.branches import Branch
from optimlint.interpret.drafts import FunctionDraft
from optimlint.interpret.edits import escape, settle, spread
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.filters import evaluate_predicate
from optimlint.interpret.frame import Deferred, Frame, name_entity
from optimlint.interpret.kinds import SequenceKind
from optimlint.interpret.models.contents import is_group_collection
from optimlint.interpret.needed import is_needed, shows_by_call
from optimlint.interpret.origins import annotated, note_argument
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    Element,
    Entity,
    FunctionValue,
    Item,
    Mapping,
    Sequence,
    Truth,
    Value,
    Values,
    union,
)
from optimlint.interpret.world import World
from optimlint.knowledge.words import FILLING
from optimlint.syntax import tree
from optimlint.syntax.tree import walk

_DEEPEST_CALLS = 4
_MOST_CALLS = 400


_OF_MODELS = re.compile(r"requi|_grad|(?:parameters|modules|children)\(")
"""What a function must mention to be read if the source creates no optimizer and does not train."""


def read_functions(frame: Frame, *, is_all: bool = False) -> None:
    """Read the functions that the frame's statements define, each on its own with unknown arguments: those that may
    matter, or all of them."""
    pending = _ordered(frame.deferred)
    frame.deferred = []
    while pending:
        entry = pending.pop(0)
        draft = _draft_for(frame.world, entry)
        if is_all or _may_matter(frame.world, entry):
            pending.extend(_ordered(_read_alone(frame, entry, draft)))


def _draft_for(world: World, entry: Deferred) -> FunctionDraft:
    return world.functions.setdefault(entry.node, FunctionDraft(entry.node, entry.scope, entry.class_value))


def _read_alone(frame: Frame, entry: Deferred, draft: FunctionDraft) -> list[Deferred]:
    """Read a function with unknown arguments and record what it returns. Returns the functions defined inside it, which
    are not read."""
    node, class_value = entry.node, entry.class_value
    inner = Frame(frame.machine, frame.world, entry.scope, class_value)
    state = State()
    _bind_parameters(inner, state, node.params, class_value, _is_static(node), _is_of_class(node))
    _run(inner, state, node)
    draft.returns, draft.is_generator = inner.returns, inner.is_generator
    return inner.deferred


def draft_of(frame: Frame, callee: FunctionValue) -> FunctionDraft | None:
    """What the first reading of a function found; None if there was none. A function of another file is read when it is
    first requested."""
    entry = frame.machine.others.waiting(callee) if callee.scope.module else None
    if entry is not None:
        draft = _draft_for(frame.world, entry)
        inner = _ordered(_read_alone(frame, entry, draft))
        while inner:
            one = inner.pop(0)
            inner.extend(_ordered(_read_alone(frame, one, _draft_for(frame.world, one))))
    return frame.world.functions.get(callee.node)


def _may_matter(world: World, entry: Deferred) -> bool:
    """Whether reading a function may have an effect: it mentions parameters, optimizers or names that hold followed
    values. For `__init__` the whole class counts, since `__init__` binds the attributes that other methods use."""
    if world.options.reads_all:
        return True
    node: tree.FunctionDef | tree.ClassDef = entry.node
    if node.name.start in world.training.leading:
        return True
    if node.name.value == "__init__" and entry.class_value is not None:
        node = entry.class_value.node
    start, end = world.layout.span(node)
    if isinstance(node, tree.ClassDef) and any(start <= place < end for place in world.training.leading):
        return True
    if world.shows_models_alone:
        return _OF_MODELS.search(world.layout.source, start, end) is not None
    if world.words_of_interest(entry.scope).search(world.layout.source, start, end) is not None:
        return True
    return world.ways.are_in(world.layout.source[start:end])


def _ordered(deferred: list[Deferred]) -> list[Deferred]:
    """The functions with `__init__` first, so that other methods know the attributes that it binds. If one branch
    defines a name several times, only the last definition counts."""
    last: dict[tuple[Scope | None, str, tree.Node | Branch], Deferred] = {}
    for entry in deferred:
        told_apart = entry.node if entry.node.decorators else entry.branch
        last[entry.scope.parent, entry.node.name.value, told_apart] = entry
    return sorted(last.values(), key=lambda entry: entry.node.name.value != "__init__")


def _is_static(node: tree.FunctionDef) -> bool:
    return any(
        isinstance(one.decorator, tree.Name) and one.decorator.value == "staticmethod" for one in node.decorators
    )


def _is_of_class(node: tree.FunctionDef) -> bool:
    return any(isinstance(one.decorator, tree.Name) and one.decorator.value == "classmethod" for one in node.decorators)


def _bind_parameters(
    frame: Frame,
    state: State,
    params: tree.Parameters,
    class_value: ClassValue | None,
    is_static: bool,
    is_of_class: bool,
) -> None:
    listed = [*params.posonly_params, *params.params, *params.kwonly_params]
    for starred in (params.star_arg, params.star_kwarg):
        if isinstance(starred, tree.Param):
            listed.append(starred)
    for index, parameter in enumerate(listed):
        if index == 0 and class_value is not None and not is_static:
            values: Values = (class_value if is_of_class else class_value.instance,)
        else:
            entity = frame.world.parameter(parameter)
            if parameter.default is not None:
                entity.default = evaluate(frame, state, parameter.default)
            if parameter.annotation is not None:
                entity.representative().annotation = annotated(frame, state, parameter.annotation.annotation)
            note_argument(entity, frame.scope, class_value, parameter, index)
            values = (entity,)
        state.bindings[parameter.name.value] = values
        frame.world.bind(frame.scope, parameter.name.value, values)


def _run(frame: Frame, state: State, node: tree.FunctionDef) -> None:
    frame.machine.run(frame, state, node.body)


def call_function(
    frame: Frame,
    state: State,
    call: tree.Call | tree.Attribute | None,
    callee: FunctionValue,
    positional: list[Values],
    keywords: dict[str, Values],
) -> Values | None:
    """The values that a function of this source returns for these arguments, from reading its body again. None if that
    is not worthwhile, or if a limit is reached."""
    world = frame.world
    node = callee.node
    if node in frame.context:
        return None
    deepest = _DEEPEST_CALLS + (2 if isinstance(node, tree.Lambda) else 0)  # A lambda that is called last is a test.
    if len(frame.context) >= deepest or world.inlined >= _MOST_CALLS:
        world.leave_unread(Limit.CALL, call)
        return None
    given = (*positional, *keywords.values())
    is_asked_of_parameter = any(isinstance(one, Element) for held in given for one in held)
    if isinstance(node, tree.Lambda):
        return _call_lambda(frame, state, call, node, positional)
    if not is_needed(frame, callee, given):
        return None
    draft = draft_of(frame, callee)
    if draft is None:
        return None
    own = callee.class_value or draft.class_value
    is_filler = _changes_arguments(draft, _receiver(callee, own), positional, keywords)
    if not (is_asked_of_parameter or is_filler or shows_by_call(frame.world, draft.returns, given)):
        return None
    world.inlined += 1
    context = (*frame.context, call if call is not None else node, node)
    inner = Frame(frame.machine, world, draft.scope, own, context)
    inner.reads_loops_once = True
    start = State(read={}, in_parameter_loop=is_asked_of_parameter, branch=state.branch.within(context))
    if is_filler:
        start.path, start.guards = state.path, state.guards
    _bind_arguments(inner, start, node, _receiver(callee, own), positional, keywords)
    _run(inner, start, node)
    if is_asked_of_parameter and inner.outcomes:
        outcomes = [(without(path, start.path), values) for path, values in inner.outcomes]
        if isinstance(call, tree.Call) and all(_is_truth(values) for _, values in outcomes):
            return evaluate_predicate(frame, state, call, outcomes)
    if inner.is_generator or call is None:
        return None
    own_values = {one for held in given for one in held}
    return tuple(value if value in own_values else _wrapped(frame, state, call, value) for value in inner.returns)


def _changes_arguments(
    draft: FunctionDraft, receiver: Entity | ClassValue | None, positional: list[Values], keywords: dict[str, Values]
) -> bool:
    """Whether the function fills a list or dict that is passed to it, or returns it."""
    lists = {name for name, values in keywords.items() if _holds_collection(values)}
    if any(_holds_collection(values) for values in positional):
        params = [*draft.node.params.posonly_params, *draft.node.params.params]
        names = [one.name.value for one in params[receiver is not None and not _is_static(draft.node) :]]
        lists |= {name for name, values in zip(names, positional, strict=False) if _holds_collection(values)}
    if not lists:
        return False
    return not _changed(draft).isdisjoint(lists)


def filled_parameters(draft: FunctionDraft) -> frozenset[str]:
    """The parameters of a function that it fills or returns."""
    params = draft.node.params
    listed = (*params.posonly_params, *params.params, *params.kwonly_params)
    return _changed(draft) & frozenset(one.name.value for one in listed)


def _changed(draft: FunctionDraft) -> frozenset[str]:
    if draft.changed is None:
        draft.changed = frozenset(_changed_names(draft.node.body))
    return draft.changed


def _holds_collection(values: Values) -> bool:
    return any(isinstance(value, Sequence | Mapping) for value in values)


def _changed_names(body: tree.Node) -> Iterator[str]:
    """The names of what a function body fills or returns."""
    for part in walk(body):
        match part:
            case tree.Call(func=tree.Attribute(value=tree.Name(value=name), attr=tree.Name(value=method))):
                if method in FILLING:
                    yield name
            case tree.AugAssign(target=tree.Name(value=name)) | tree.Return(value=tree.Name(value=name)):
                yield name
            case tree.AssignTarget(target=tree.Subscript(value=tree.Name(value=name))):
                yield name


def shared_with(frame: Frame, state: State, callee: FunctionValue) -> Values:
    """The lists and dicts of the calling scope that a function defined there mentions: it may edit them or let them
    escape, whatever its arguments are. Empty for a function that is defined elsewhere."""
    if callee.scope.parent != frame.scope:
        return ()
    words = frame.world.words_in(callee.node)
    held = union(*(state.bindings[word] for word in words if word in state.bindings))
    return tuple(value for value in held if isinstance(value, Sequence | Mapping))


def _is_truth(values: Values) -> bool:
    return all(
        isinstance(value, Truth) or (isinstance(value, Constant) and not isinstance(value.value, str))
        for value in values
    )


def _call_lambda(
    frame: Frame, state: State, call: tree.Expression | None, node: tree.Lambda, positional: list[Values]
) -> Values | None:
    called = frame.nested(node)
    if call is not None and any(not isinstance(value, Element) for values in positional for value in values):
        called.context = (*frame.context, call, node)  # What it makes of a model is another thing for each model.
    inner = state.copy()
    inner.in_parameter_loop = True
    for index, parameter in enumerate((*node.params.posonly_params, *node.params.params)):
        if index < len(positional):
            inner.bindings[parameter.name.value] = positional[index]
        elif parameter.default is not None:
            inner.bindings[parameter.name.value] = evaluate(frame, state, parameter.default)
    return evaluate(called, inner, node.body)


def _receiver(callee: FunctionValue, own: ClassValue | None) -> Entity | ClassValue | None:
    """The value of `self` in a call: the object if its creation is known, else the shared instance of its class. In a
    class method it is the class. None for a function outside of classes."""
    if own is None:
        return None
    if isinstance(callee.node, tree.FunctionDef) and _is_of_class(callee.node):
        return own
    return callee.bound if callee.bound is not None and callee.bound.own_class is None else own.instance


def _bind_arguments(
    frame: Frame,
    state: State,
    node: tree.FunctionDef,
    receiver: Entity | ClassValue | None,
    positional: list[Values],
    keywords: dict[str, Values],
) -> None:
    params = node.params
    listed = [*params.posonly_params, *params.params]
    given = list(positional)
    if receiver is not None and not _is_static(node) and listed:
        state.bindings[listed[0].name.value] = (receiver,)
        listed = listed[1:]
    for parameter in listed:
        name = parameter.name.value
        if given:
            state.bindings[name] = given.pop(0)
            name_entity(frame.world, state.bindings[name], name, frame.scope)
        else:
            _bind_keyword(frame, state, parameter, keywords)
    for parameter in params.kwonly_params:
        _bind_keyword(frame, state, parameter, keywords)
    for starred in (params.star_arg, params.star_kwarg):
        if isinstance(starred, tree.Param):
            state.bindings[starred.name.value] = (frame.world.unknown(starred, frame.context),)


def _bind_keyword(frame: Frame, state: State, parameter: tree.Param, keywords: dict[str, Values]) -> None:
    name = parameter.name.value
    if name in keywords:
        state.bindings[name] = keywords[name]
        name_entity(frame.world, keywords[name], name, frame.scope)
    elif parameter.default is not None:
        state.bindings[name] = evaluate(frame, state, parameter.default)
    else:
        state.bindings[name] = (frame.world.unknown(parameter, frame.context),)


def _wrapped(frame: Frame, state: State, call: tree.Call | tree.Attribute, value: Value) -> Value:
    """A list of groups that a function returns, as a new list of the caller, so that the caller's use of it counts. If
    the function already passed it to an optimizer, it stays the same list."""
    if isinstance(value, Sequence) and is_group_collection(value) and not value.is_handed_on:
        made = frame.world.make(
            call,
            ("returned", value),
            frame.context,
            lambda: Sequence(call, frame.scope, state.branch, frame.world.order(call), context=frame.context),
        )
        settle(made, state)
        made.from_call = value
        made.items[call] = spread(frame, (value,), state.branch, call)
        if not value.context:
            # The function did not create the list, so others may hold and edit it.
            escape(frame, state, (made, value), call)
        return made
    if isinstance(value, Sequence) and value.kind is SequenceKind.TUPLE and not value.is_open:
        made = frame.world.make(
            call,
            ("returned tuple", value),
            frame.context,
            lambda: Sequence(
                call, frame.scope, state.branch, frame.world.order(call), SequenceKind.TUPLE, context=frame.context
            ),
        )
        settle(made, state)
        for index, item in enumerate(value.items.values()):
            held = tuple(_wrapped(frame, state, call, one) for one in item.values)
            made.items[index] = Item(held, item.is_spread, state.branch, item.node)
        return made
    return value
