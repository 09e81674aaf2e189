"""Assignments, imports and deletions."""

from collections.abc import Iterable
from dataclasses import replace

from optimlint.facts.names import ScopeKind
from optimlint.interpret.branches import Branch
from optimlint.interpret.edits import change, exact, is_single, lose_entries, note_edit, remove_entry, settle, spread
from optimlint.interpret.evaluation import evaluate, evaluate_index
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame, store, store_attribute
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.making import new_sequence
from optimlint.interpret.models.arithmetic import calculate
from optimlint.interpret.models.collections import (
    add_items,
    assign_subscript,
    derived,
    literal_slice,
    mark_changed,
    update_entries,
)
from optimlint.interpret.models.contents import merged_elements
from optimlint.interpret.models.freezing import freeze, note_switch
from optimlint.interpret.models.picking import is_told_apart, note_taken_out, pick
from optimlint.interpret.models.texts import operand_text, operator_text
from optimlint.interpret.models.wrappers import note_wrapping
from optimlint.interpret.readings import read_stream
from optimlint.interpret.state import State
from optimlint.interpret.training.acts import note_assigned
from optimlint.interpret.values import (
    Constant,
    EditKind,
    Element,
    Entity,
    Mapping,
    OptimizerValue,
    Sequence,
    Stream,
    Value,
    Values,
)
from optimlint.interpret.world import World
from optimlint.syntax import tree


def assign(frame: Frame, state: State, statement: tree.Assign | tree.AnnAssign) -> None:
    """`a = b = value`, `a: T = value`."""
    if statement.value is None:
        return
    targets = [statement.target] if isinstance(statement, tree.AnnAssign) else [one.target for one in statement.targets]
    if isinstance(statement.value, tree.Call) and isinstance(targets[0], tree.Name | tree.Attribute):
        frame.world.targets[statement.value] = frame.world.layout.text(targets[0])
    values = evaluate(frame, state, statement.value)
    for target in targets:
        assign_to(frame, state, target, values, statement, statement.value)


def assign_to(
    frame: Frame,
    state: State,
    target: tree.Expression,
    values: Values,
    statement: tree.Node,
    expression: tree.Expression | None,
) -> None:
    """Bind one target: a name, an attribute, a subscript or several of these."""
    match target:
        case tree.Name(value=name):
            values = _same_model(frame, state, name, values, expression)
            _note_overwrite(frame, state, state.bindings.get(name, ()), values)
            _note_optimizer_place(frame, name, values, statement)
            if name == "__all__":
                _export(frame, values)
            _note_flag(state, values, expression)
            store(frame, state, name, values, statement)
            note_wrapping(frame, state, target, expression)
        case tree.Attribute(value=owner, attr=tree.Name(value=attribute)):
            _assign_attribute(frame, state, target, owner, attribute, values, statement)
            note_wrapping(frame, state, target, expression)
        case tree.Subscript():
            assign_subscript(frame, state, target, values, expression)
        case tree.Tuple(elements=elements) | tree.List(elements=elements):
            if any(isinstance(element, tree.StarredElement) for element in elements):
                _unpack_starred(frame, state, elements, values, statement)
                return
            for index, element in enumerate(elements):
                held = element_of(frame, values, index, len(elements), element.value)
                assign_to(frame, state, element.value, held, statement, None)
        case tree.StarredElement(value=inner):
            assign_to(frame, state, inner, (frame.world.unknown(inner, frame.context),), statement, None)
        case _:
            frame.consume(values, FlowKind.STORED, statement)


def _note_flag(state: State, values: Values, expression: tree.Expression | None) -> None:
    """Record where a flag is set: its condition and reach. A later test of the flag stands for them."""
    match values:
        case (Constant(value=bool()) as flag,) if flag.node is expression:
            flag.set_at = state.path, state.branch.reach


def _unpack_starred(
    frame: Frame,
    state: State,
    elements: Iterable[tree.Element | tree.StarredElement],
    values: Values,
    statement: tree.Node,
) -> None:
    """`first, *rest = groups`: one item per target if the items are known one by one; else each target holds a value
    derived from all."""
    targets = list(elements)
    star = next(index for index, target in enumerate(targets) if isinstance(target, tree.StarredElement))
    behind = len(targets) - star - 1
    known = exact(values[0]) if len(values) == 1 and isinstance(values[0], Sequence) else None
    if known is None or not all(map(is_single, known)) or len(known) < len(targets) - 1:
        for target in targets:
            assign_to(frame, state, target.value, derived(frame, target, values), statement, None)
        return
    rest = new_sequence(frame, state, targets[star], SequenceKind.LIST)
    rest.items.update(enumerate(replace(item, number=0) for item in known[star : len(known) - behind]))
    frame.world.flows.add(values, rest, FlowKind.MADE_FROM, statement)
    each = [*(item.values for item in known[:star]), (rest,), *(item.values for item in known[len(known) - behind :])]
    for target, held in zip(targets, each, strict=True):
        assign_to(frame, state, target.value, held, statement, None)


def _assign_attribute(
    frame: Frame,
    state: State,
    target: tree.Attribute,
    owner: tree.Expression,
    attribute: str,
    values: Values,
    statement: tree.Node,
) -> None:
    owners = evaluate(frame, state, owner)
    note_assigned(frame, state, statement, owners, attribute, values)
    for value in owners:
        if isinstance(value, Entity | Element):
            note_switch(frame, value, target, values, statement)
        match value:
            case Entity():
                if attribute == "param_groups":
                    frame.world.changed_groups.note(value, frame.scope, None)
                before = state.bindings.get(f"{value.representative().number}.{attribute}", ())
                if attribute == "requires_grad":
                    freeze(frame, state, value, values, statement)
                _note_overwrite(frame, state, before, values)
                _note_optimizer_place(frame, f"{value.text}.{attribute}", values, statement)
                store_attribute(frame, state, value, attribute, values, statement)
                if value.representative().own_class is None and state.guards:
                    frame.consume(state.guards, FlowKind.DECIDES, statement)
            case Element():
                # `p.requires_grad = False` in a loop is an effect, so the tests around it are used.
                if attribute == "requires_grad":
                    freeze(frame, state, value, values, statement)
                frame.consume(values, FlowKind.STORED, statement)
                frame.consume(state.guards, FlowKind.DECIDES, statement)
            case OptimizerValue() if attribute == "param_groups":
                frame.world.changed_groups.note(value.call, frame.scope, None)
                frame.consume(values, FlowKind.STORED, statement)
            case _:
                frame.consume(values, FlowKind.STORED, statement)


def _same_model(frame: Frame, state: State, name: str, values: Values, expression: tree.Expression | None) -> Values:
    """`model = prepare(model)` and `model = model.to(…)` keep the value of `model`, since its parameters stay the
    same."""
    before = tuple(value for value in state.bindings.get(name, ()) if isinstance(value, Entity))
    if not before or not isinstance(expression, tree.Call) or not all(isinstance(value, Entity) for value in values):
        return values
    given = {argument.value.value for argument in expression.args if isinstance(argument.value, tree.Name)}
    is_method_of_it = (
        isinstance(expression.func, tree.Attribute)
        and isinstance(expression.func.value, tree.Name)
        and expression.func.value.value == name
    )
    return before if name in given or is_method_of_it else values


def _note_overwrite(frame: Frame, state: State, before: Values, after: Values) -> None:
    """Record an optimizer that replaces an unused one."""
    if len(before) != 1 or len(after) != 1:
        return
    first, second = before[0], after[0]
    if not isinstance(first, OptimizerValue) or not isinstance(second, OptimizerValue) or first is second:
        return
    calls = frame.world.calls
    made, replaced_by = calls.get(first.call), calls.get(second.call)
    if made is None or replaced_by is None or first.is_used:
        return
    used_at = frame.world.used_elsewhere.get(first)
    if used_at is not None and (frame.scope.kind is not ScopeKind.MODULE or used_at < replaced_by.order):
        return
    note_overwrite(frame.world, replaced_by.branch, first.call, second.call)


def note_overwrite(world: World, branch: Branch, first: tree.Call, second: tree.Call) -> None:
    """Record that an optimizer is replaced in `branch`: as a finding if every path from the creation of `first` leads
    there, else as open until the other arm is read."""
    made = world.calls[first]
    if branch.encloses(made.branch):
        world.overwrites[second] = (first, second)
    elif (branch, first, second) not in world.open_overwrites:
        world.open_overwrites.append((branch, first, second))


def _note_optimizer_place(frame: Frame, place: str, values: Values, statement: tree.Node) -> None:
    for value in values:
        if isinstance(value, OptimizerValue) and (draft := frame.world.calls.get(value.call)) is not None:
            draft.place = draft.place or place


def _export(frame: Frame, values: Values) -> None:
    for value in values:
        if isinstance(value, Sequence):
            for item in value.items.values():
                frame.world.exported.update(
                    held.value for held in item.values if isinstance(held, Constant) and isinstance(held.value, str)
                )


def augment(frame: Frame, state: State, statement: tree.AugAssign) -> None:
    """`a += b`: extends a list in place; anything else gives a new value."""
    values = evaluate(frame, state, statement.value)
    target = statement.target
    before = evaluate(frame, state, target)
    sequences = [value for value in before if isinstance(value, Sequence)]
    if isinstance(statement.operator, tree.AddAssign | tree.BitOrAssign) and sequences:
        read_stream(frame, state, statement.value, values)
        _extend(frame, state, statement, before, values)
        return
    if isinstance(statement.operator, tree.BitOrAssign) and len(before) == 1 and isinstance(before[0], Mapping):
        update_entries(frame, state, before[0], values)
        return
    if sequences or any(isinstance(value, Mapping) for value in before):
        mark_changed(frame, state, before, values, statement)
        if not sequences:
            return
    symbol = operator_text(frame.world, statement.operator).removesuffix("=")
    text = f"{operand_text(frame.world, before)} {symbol} {operand_text(frame.world, values)}"
    if (number := _augmented(symbol, before, values)) is not None:
        made = frame.world.make(statement, "number", frame.context, lambda: Constant(number, statement))
        made.value = number
        assign_to(frame, state, target, (made,), statement, statement.value)
        return
    result = frame.world.make(statement, "augmented", frame.context, lambda: frame.world.entity(text))
    frame.world.flows.add((*before, *values), result, FlowKind.MADE_FROM, statement)
    assign_to(frame, state, target, (result,), statement, None)


def _extend(frame: Frame, state: State, statement: tree.AugAssign, before: Values, values: Values) -> None:
    """`groups += more`: extends a list in place, visible through all its aliases; a tuple is replaced by a new one."""
    kept: list[Value] = []
    for value in before:
        if isinstance(value, Sequence) and value.kind is SequenceKind.TUPLE:
            made = _longer(frame, state, statement, value)
            made.items[1] = spread(frame, values, state.branch, statement.value)
            kept.append(made)
        elif isinstance(value, Sequence):
            add_items(frame, state, value, spread(frame, values, state.branch, statement.value))
            kept.append(value)
        else:
            kept.append(value)
    if any(one is not other for one, other in zip(kept, before, strict=True)):
        assign_to(frame, state, statement.target, tuple(kept), statement, None)


def _longer(frame: Frame, state: State, statement: tree.AugAssign, value: Sequence) -> Sequence:
    order = frame.world.order(statement)
    made = frame.world.make(
        statement,
        ("longer", value),
        frame.context,
        lambda: Sequence(statement, frame.scope, state.branch, order, SequenceKind.TUPLE, context=frame.context),
    )
    settle(made, state)
    made.items[0] = spread(frame, (value,), state.branch, statement.target)
    frame.world.flows.add((value,), made, FlowKind.MADE_FROM, statement)
    return made


def _augmented(symbol: str, before: Values, values: Values) -> float | None:
    """The number that `a *= b` gives; None if it is unknown."""
    match before, values:
        case (Constant(value=int() | float() as first),), (Constant(value=int() | float() as second),):
            return calculate(symbol, float(first), float(second))
        case _:
            return None


def declare_imports(frame: Frame, state: State, statement: tree.Import | tree.ImportFrom) -> None:
    """Bind imported names to entities with their qualified names. For a star import, record the module, since the names
    are unknown here."""
    if isinstance(statement, tree.Import):
        for alias in statement.names:
            name = frame.world.layout.text(alias.name)
            bound = alias.evaluated_alias or name.split(".")[0]
            _declare(frame, state, bound, name if alias.evaluated_alias else bound)
        return
    module = frame.world.layout.text(statement.module) if statement.module is not None else ""
    dots = "." * statement.relative
    if isinstance(statement.names, tree.ImportStar):
        frame.world.star_imports.setdefault(frame.scope.module, {})[dots + module] = None
        return
    for alias in statement.names:
        name = alias.evaluated_name
        qualified = f"{dots}{module}.{name}" if module else f"{dots}{name}"
        _declare(frame, state, alias.evaluated_alias or name, qualified)


def _declare(frame: Frame, state: State, name: str, qualified_name: str) -> None:
    entity = frame.world.imported(qualified_name, name, frame.scope.module)
    store(frame, state, name, (entity,), None)


def delete(frame: Frame, state: State, target: tree.Expression) -> None:
    """`del a`. This is no use of the value."""
    match target:
        case tree.Name(value=name):
            state.bindings.pop(name, None)
        case tree.Tuple(elements=elements):
            for element in elements:
                delete(frame, state, element.value)
        case tree.Subscript():
            _delete_item(frame, state, target)
        case _:
            return


def _delete_item(frame: Frame, state: State, target: tree.Subscript) -> None:
    """`del groups[0]`, `del group["lr"]`."""
    index = evaluate_index(frame, state, target)
    key = index[0].value if len(index) == 1 and isinstance(index[0], Constant) else None
    for value in evaluate(frame, state, target.value):
        match value:
            case Mapping() if isinstance(key, str):
                remove_entry(frame, state, value, key, target)
            case Mapping():
                lose_entries(value)
            case Sequence():
                at = key if isinstance(key, int) and not isinstance(key, bool) else literal_slice(frame, state, target)
                note_edit(frame, state, value, target, EditKind.REMOVE, at=at)
            case Stream():
                value.is_edited = True
            case Entity():
                change(frame, state, value, None, target)
            case _:
                continue


def element_of(frame: Frame, values: Values, index: int, count: int, target: tree.Expression) -> Values:
    """The values of the target at `index` of `count` when `values` are unpacked."""
    found: list[Value] = []
    for value in values:
        match value:
            case Element(what=Aspect.PAIR, parts=parts) if count == 2:
                text = frame.world.layout.text(target)
                name = Aspect.NAME if value.is_full_name else Aspect.LAST_NAME
                found.append(Element(name if index == 0 else Aspect.PARAMETER, parts, text, value.is_full_name))
            case Element(what=Aspect.MODULE_PAIR, parts=parts) if count == 2:
                text = frame.world.layout.text(target)
                what = Aspect.MODULE_NAME if index == 0 else Aspect.MODULE
                found.append(Element(what, parts, text, False, value.is_every_module and index == 1))
            case Sequence() if not value.is_mapping:
                known = exact(value)
                items = list(value.items.values()) if known is None else known
                is_apart = is_told_apart(value) or (known is not None and all(map(is_single, known)))
                note_taken_out(frame, value)
                if len(items) == count and is_apart:
                    found.extend(items[index].values)
                else:
                    found.extend(pick(frame, value, str(index), target))
            case Entity():
                found.append(frame.world.child(value, f"[{index}]"))
            case _:
                found.append(frame.world.unknown(target, frame.context))
    return merged_elements(found) or (frame.world.unknown(target, frame.context),)
