"""Constructions of optimizers, and what they are passed: by position, by keyword and later."""

from collections.abc import Iterator
from itertools import islice

from optimlint.facts.names import ScopeKind
from optimlint.interpret.drafts import CallDraft
from optimlint.interpret.edits import note_reading, read_once
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.models.collections import PARAMS
from optimlint.interpret.models.contents import MOST_VALUES, held_by, is_group_collection, is_group_mapping
from optimlint.interpret.models.recognition import PARAMETER_NAMES, inside_optimizer, is_optimizer_class
from optimlint.interpret.readings import note_handed_on, read_stream
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    Entity,
    Entry,
    Item,
    Mapping,
    OptimizerClass,
    OptimizerValue,
    Sequence,
    Stream,
    Value,
    Values,
    contents,
    union,
)
from optimlint.knowledge.catalog import find_consumer, find_factory, find_optimizer, find_wrapper
from optimlint.syntax import tree

_POSITIONAL = ("params", "lr")


def partially_given(frame: Frame, state: State, node: tree.Call, owners: Values) -> Values | None:
    """The result of `partial(AdamW, lr=…)`: an optimizer class with some arguments bound; None for anything but
    optimizer classes."""
    if not node.args:
        return None
    callees = evaluate(frame, state, node.args[0].value)
    if not callees or not all(is_optimizer_class(frame, value) for value in callees):
        return None
    names = tuple(value.qualified_name for value in callees if isinstance(value, Entity) and value.qualified_name)
    text = frame.world.layout.text(node.args[0].value)
    made = frame.world.make(node, "optimizer class", frame.context, lambda: OptimizerClass(names, text))
    for argument in node.args[1:]:
        values = evaluate(frame, state, argument.value)
        frame.consume(values, FlowKind.ARGUMENT, argument)
        if argument.keyword is not None:
            made.settings[argument.keyword.value] = Entry(values, argument.keyword, argument.value)
        else:
            made.is_open = True
    return (made,)


def construct(frame: Frame, state: State, node: tree.Call, callees: Values) -> Values:
    """Record the construction of an optimizer, and return the optimizer."""
    names = _qualified_names(frame, callees)
    params_name, position = _params_argument(names)
    settings: dict[str, Entry] = {}
    is_open = any(isinstance(value, OptimizerClass) and value.is_open for value in callees)
    for value in callees:
        if isinstance(value, OptimizerClass):
            settings.update(value.settings)
    argument: tree.Arg | None = None
    given: Values = ()
    positional = _positional_names(names)
    index = 0
    for one in node.args:
        values = evaluate(frame, state, one.value)
        if one.star:
            is_open = True
            given, argument = _spread(frame, one, values, given, argument, settings)
            continue
        keyword = one.keyword.value if one.keyword is not None else None
        is_params = keyword in (params_name, *PARAMETER_NAMES) if keyword is not None else index == position
        if is_params and argument is None:
            argument, given = one, values
            read_stream(frame, state, one.value, values)
            read_groups(frame, state, values)
        elif keyword is not None:
            settings[keyword] = Entry(values, one.keyword or one, one.value)
        elif index < len(positional):
            settings[positional[index]] = Entry(values, one, one.value)
        index += 1 if keyword is None else 0
        frame.consume(values, FlowKind.ARGUMENT, one)
        _mark_given(values)
    frame.consume(state.guards, FlowKind.DECIDES, node)
    if argument is None and not is_open:
        return _result(frame, node)
    _record(frame, state, node, names, argument, given, settings, is_open, callees)
    return _result(frame, node)


def read_groups(frame: Frame, state: State, values: Values) -> None:
    """Record that an optimizer reads the groups among the values, which reads the iterators in them. If there are
    several lists, only one of them is read. Groups that are added on some paths may not be in a list together."""
    known = dict(state.read)
    after = dict(known)
    for value in values:
        state.read = dict(known)
        for group, is_certain in _groups_in(value):
            apart = state if is_certain else state.copy()
            apart.read = apart.read if is_certain else dict(known)
            entry = group.entries[PARAMS]
            read_stream(frame, apart, entry.value_node, entry.values)
            after.update((key, node) for key, node in apart.read.items() if key not in after)
    state.read = after


def _groups_in(value: Value) -> Iterator[tuple[Mapping, bool]]:
    """The groups in a list, or the group itself, each with whether it is certainly there."""
    held = islice(held_by(value), MOST_VALUES) if isinstance(value, Sequence) else iter((((value,), None),))
    for values, item in held:
        branch = value.branch if isinstance(value, Sequence) else ()
        is_certain = len(values) == 1 and (item is None or item.branch == branch)
        yield from ((one, is_certain) for one in values if isinstance(one, Mapping) and PARAMS in one.entries)


def _spread(
    frame: Frame, argument: tree.Arg, values: Values, given: Values, before: tree.Arg | None, settings: dict[str, Entry]
) -> tuple[Values, tree.Arg | None]:
    """Read `AdamW(**options)`: add the settings of the dict to `settings`. Returns its parameters with the argument if
    it has any, otherwise `given` and `before`."""
    frame.consume(values, FlowKind.ARGUMENT, argument)
    for value in values:
        if isinstance(value, Mapping):
            settings.update({key: entry for key, entry in value.entries.items() if key != PARAMS})
            if PARAMS in value.entries:
                return value.entries[PARAMS].values, argument
    return given, before


def _result(frame: Frame, node: tree.Call) -> Values:
    return (frame.world.make(node, "optimizer", frame.context, lambda: OptimizerValue(node)),)


def _mark_given(values: Values) -> None:
    for value in values:
        if isinstance(value, Sequence):
            value.is_given = value.is_handed_on = True


def _qualified_names(frame: Frame, callees: Values) -> tuple[str, ...]:
    """The names of all classes that may be called; empty if one of them is unknown."""
    names: list[str] = []
    for value in callees:
        match value:
            case Entity(qualified_name=str(name)):
                names.append(name)
            case OptimizerClass(qualified_names=several) if several:
                names.extend(several)
            case ClassValue():
                names.append(value.node.name.value)
            case Constant():  # Never called: `None` before a choice, or another entry of a table.
                continue
            case _:
                return ()
    return tuple(dict.fromkeys(names))


def _params_argument(names: tuple[str, ...]) -> tuple[str, int]:
    for name in names:
        optimizer = find_optimizer(name)
        if optimizer is not None:
            return optimizer.params_name, optimizer.params_position
        known = find_consumer(name) or find_wrapper(name) or find_factory(name)
        if known is not None and known.argument is not None:
            return known.argument, known.position if known.position is not None else -1
    return "params", 0


def _positional_names(names: tuple[str, ...]) -> tuple[str, ...]:
    optimizers = [find_optimizer(name) for name in names]
    if len(optimizers) == 1 and optimizers[0] is not None and optimizers[0].parameters:
        return optimizers[0].parameters
    return _POSITIONAL


def _record(
    frame: Frame,
    state: State,
    node: tree.Call,
    names: tuple[str, ...],
    argument: tree.Arg | None,
    given: Values,
    settings: dict[str, Entry],
    is_open: bool,
    callees: Values,
) -> None:
    world = frame.world
    if inside_optimizer(frame):
        return
    before = world.calls.get(node)
    if frame.context and not any(is_group_collection(value) for value in given):
        return
    nodes = {value.node for value in given if isinstance(value, Sequence)}
    kept = before.values if before is not None else ()
    values = union(tuple(one for one in kept if not isinstance(one, Sequence) or one.node not in nodes), given)
    draft = CallDraft(
        node,
        world.layout.code(node.func),
        names,
        argument.value if argument is not None and not argument.star else None,
        values,
        settings,
        is_open,
        frame.scope,
        state.branch,
        world.order(node),
        statement=frame.statement,
        reachable=_reachable(frame, state),
        class_values=tuple(value for value in callees if isinstance(value, ClassValue)),
        context=frame.context,
        region=state.region,
    )
    if before is not None:
        draft.place, draft.statement, draft.added = before.place, before.statement, before.added
        draft.is_added_surely, draft.is_refilled = before.is_added_surely, before.is_refilled
        draft.versions = before.versions
        draft.reachable = {**before.reachable, **draft.reachable} if not frame.context else before.reachable
        draft.branch, draft.scope = (before.branch, before.scope) if frame.context else (draft.branch, draft.scope)
    world.calls[node] = draft
    note_taken(frame, state, draft, given)


def note_taken(frame: Frame, state: State, draft: CallDraft, values: Values) -> None:
    """Record the version of every value that an optimizer takes. It does not see later edits of a list."""
    pending, seen = list(values), set[Value]()
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        match value:
            case Sequence():
                version: int | None = _version(frame, value, draft, is_whole=value in values)
                pending.extend(one for held, _ in reversed(list(held_by(value))) for one in held)
            case Mapping():
                draft.is_refilled = draft.is_refilled or _was_given(state, draft, value)
                value.given_to[draft.node] = state.branch
                version = _left_of(state, value, draft, seen)
                pending.extend(contents(value))
            case Stream() if value in values:
                version = None if note_reading(value, draft.node, state.branch) else 0
            case _:
                continue
        draft.versions[value] = version if draft.versions.get(value, version) == version else None


def _version(frame: Frame, value: Sequence, draft: CallDraft, *, is_whole: bool) -> int | None:
    version = read_once(frame, value, draft.node) if is_whole else len(value.edits)
    place = frame.world.layout.span(draft.node)[1]  # Edits within the call's parentheses happen before it.
    is_late = value.scope != frame.scope and any(edit.order > place for edit in value.edits.values())
    return None if is_late and not frame.context else version


def _left_of(state: State, group: Mapping, draft: CallDraft, seen: set[Value]) -> int | None:
    """0 if the iterators directly under "params" have not been read before; otherwise None."""
    entry = group.entries.get(PARAMS)
    streams = [value for value in entry.values if isinstance(value, Stream)] if entry is not None else []
    was_seen = any(stream in seen for stream in streams)
    seen.update(streams)
    readings = [note_reading(stream, draft.node, state.branch) for stream in streams]
    return None if any(readings) or was_seen else 0


def _note_added(frame: Frame, state: State, draft: CallDraft, arguments: list[Values]) -> None:
    """Record whether the optimizer certainly gets exactly this group, once, as it is now."""
    groups = union(*arguments)
    draft.is_added_surely = (
        draft.is_added_surely
        and draft.branch == state.branch
        and draft.branch.reach == state.branch.reach
        and draft.region == state.region
        and draft.context == frame.context
        and draft.scope == frame.scope
        and len(groups) == 1
        and is_group_mapping(groups[0])
    )
    note_taken(frame, state, draft, groups)


def _was_given(state: State, draft: CallDraft, group: Mapping) -> bool:
    """Whether another optimizer, or the same one in an earlier iteration, may have set its defaults in a group."""
    is_again = any(step.is_loop for step in state.region[len(group.region) :])
    return is_again or any(
        node != draft.node and not branch.reach.excludes(state.branch.reach) for node, branch in group.given_to.items()
    )


def _reachable(frame: Frame, state: State) -> dict[str, Values]:
    """The names and attributes that hold parameter groups here, with their values."""
    found: dict[str, Values] = {}
    for place, values in state.bindings.items():
        if any(is_group_collection(value) or is_group_mapping(value) for value in values):
            found[place] = values
    if frame.class_value is not None:
        number = frame.class_value.instance.representative().number
        for (instance, attribute), values in frame.world.attributes.items():
            place = f"{instance}.{attribute}"
            if instance == number and place not in found and any(is_group_collection(value) for value in values):
                found[place] = values
    scope = frame.scope
    while scope.parent is not None:
        scope = scope.parent
        if scope.kind is ScopeKind.CLASS:
            continue
        for (owner, name), values in frame.world.bound.items():
            if owner == scope and name not in state.bindings and any(is_group_collection(one) for one in values):
                found[name] = values
    return found


def call_on_optimizer(
    frame: Frame, state: State, node: tree.Call, owner: OptimizerValue, method: str, arguments: list[Values]
) -> Values:
    """Evaluate a method call on an optimizer. It uses the optimizer; `add_param_group` adds groups."""
    owner.is_used = True
    read_groups(frame, state, union(*arguments))
    frame.consume(union(*arguments), FlowKind.ARGUMENT, node)
    note_handed_on(frame, state, arguments)
    if method == "add_param_group" and (draft := frame.world.calls.get(owner.call)) is not None:
        known = {item.node for item in draft.added}
        draft.added += tuple(
            Item(values, False, state.branch, argument.value)
            for argument, values in zip(node.args, arguments, strict=True)
            if argument.value not in known
        )
        _note_added(frame, state, draft, arguments)
    return (frame.world.unknown(node, frame.context),)
