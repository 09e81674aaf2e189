"""Record where gradients of parameters are disabled, and of which parameters."""

from optimlint.facts.conditions import Always, Condition, UnknownTest, both, negate
from optimlint.interpret.drafts import SwitchDraft
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.flows import FlowKind
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect
from optimlint.interpret.state import State
from optimlint.interpret.values import ClassValue, Constant, DraftPart, Element, Entity, Truth, Values, union
from optimlint.knowledge.slips import SWITCH, is_switch_mistyped
from optimlint.knowledge.words import says_freezing
from optimlint.syntax import tree


def freeze(frame: Frame, state: State, value: Entity | Element, given: Values, node: tree.Node) -> None:
    """Record the parameters that `p.requires_grad = given` freezes, with the condition under which it does."""
    is_off = _is_off(frame, given, node)
    if is_off is None:
        if isinstance(value, Entity):
            value.representative().asks_gradient = True
        return
    parts = value.parts if isinstance(value, Element) else (DraftPart(value.representative()),)
    # An assignment to the attribute of a module has no effect. `source_node` marks what it was meant to freeze.
    source = node if isinstance(value, Entity) and not isinstance(node, tree.Call) else None
    frame.world.frozen.update(
        (DraftPart(part.owner, both(both(part.condition, state.path), is_off), source_node=source), None)
        for part in parts
        if part.owner is not None
    )


def note_switch(
    frame: Frame, value: Entity | Element, target: tree.Attribute, given: Values, statement: tree.Node
) -> None:
    """Record an assignment to `requires_grad`, or to a misspelling of it, that may have no effect."""
    attribute = target.attr.value
    is_mistyped = is_switch_mistyped(attribute)
    if not is_mistyped and attribute != SWITCH:
        return
    match value:
        case Element(what=Aspect.PARAMETER) if is_mistyped:
            draft = SwitchDraft(target, statement, given, True, None, frame.scope)
        case Element(what=Aspect.MODULE):
            draft = SwitchDraft(target, statement, given, False, None, frame.scope)
        case Entity():
            draft = SwitchDraft(target, statement, given, is_mistyped, value.representative(), frame.scope)
        case _:
            return
    frame.world.switches[target] = draft


def _is_off(frame: Frame, given: Values, node: tree.Node) -> Condition | None:
    """The condition under which a parameter is frozen; None if it requires a gradient."""
    match given:
        case () | (Constant(value=True),):
            return None
        case (Constant(value=False),):
            return Always()
        case (Truth(condition=condition),):
            return negate(condition)
        case _:
            return UnknownTest(frame.world.layout.code(node))


def freeze_by_name(frame: Frame, node: tree.Call, name: str, owners: Values, arguments: list[Values]) -> None:
    """Record what a function may freeze according to its name: `freeze(model.bert)`, `model.freeze_encoder()`. Methods
    of classes with source code are skipped, because their code is read."""
    if not says_freezing(name):
        return
    given = (value for values in arguments for value in values)
    unknown = UnknownTest(frame.world.layout.code(node))
    for value in (*owners, *given):
        if not isinstance(value, Entity) or value.qualified_name is not None:
            continue
        own = value.own_class or value.representative().made_by
        if not isinstance(own, ClassValue) or value not in owners:
            frame.world.frozen[DraftPart(value.representative(), unknown)] = None


def freeze_receiver(frame: Frame, state: State, node: tree.Call, owners: Values) -> None:
    """Record the effect of `model.requires_grad_(False)`."""
    given = union(*(evaluate(frame, state, argument.value) for argument in node.args))
    for owner in owners:
        if isinstance(owner, Entity | Element):
            freeze(frame, state, owner, given, node)
        if isinstance(owner, Element):
            frame.consume(state.guards, FlowKind.DECIDES, node)
