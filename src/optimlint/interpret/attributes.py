"""Attribute access on abstract values."""

from dataclasses import replace

from optimlint.facts.conditions import GradientTest, UnknownTest, both
from optimlint.interpret.following import class_behind
from optimlint.interpret.frame import Frame, load_attribute
from optimlint.interpret.kinds import Aspect
from optimlint.interpret.models.collections import derived
from optimlint.interpret.models.fields import optimizer_in_field
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    ClassValue,
    DraftPart,
    Element,
    Entity,
    FunctionValue,
    Mapping,
    OptimizerValue,
    Sequence,
    Truth,
    Value,
    Values,
)
from optimlint.knowledge.layers import LOADERS
from optimlint.knowledge.parameter_names import BIAS, WEIGHT
from optimlint.syntax import tree


def attribute_of(frame: Frame, state: State, value: Value, attribute: str, node: tree.Attribute) -> Values:
    """The values that `value.attribute` may have."""
    match value:
        case Entity():
            owner = value.representative()
            known = method_of_instance(frame, owner, attribute) or optimizer_in_field(frame, owner, attribute)
            return known or tuple(_bound(frame, one, value) for one in load_attribute(frame, state, value, attribute))
        case ClassValue() if attribute in LOADERS and attribute not in value.methods:
            return (frame.world.child(value.instance, attribute),)
        case ClassValue():
            return _class_attribute(frame, state, value, attribute, node)
        case Element(what=Aspect.MODULE):
            condition = UnknownTest(f"{value.text}.{attribute}", attribute)
            parts = tuple(DraftPart(part.owner, both(part.condition, condition)) for part in value.parts)
            if attribute in (WEIGHT, BIAS):
                return (Element(Aspect.PARAMETER, parts, f"{value.text}.{attribute}"),)
            return (Element(Aspect.MODULE, parts, f"{value.text}.{attribute}"),)
        case Element(what=Aspect.PARAMETER) if attribute == "requires_grad":
            return (Truth(GradientTest(), node),)
        case Element(what=Aspect.PARAMETER | Aspect.PAIR) if attribute in ("data", "T"):
            return (value,)
        case Element():
            return (frame.world.unknown(node, frame.context),)
        case OptimizerValue():
            unknown = frame.world.unknown(node, frame.context)
            unknown.groups_of = value if attribute in ("param_groups", "defaults") else None
            if attribute == "add_param_group":
                frame.world.changed_groups.note(value.call, frame.scope, None)
            return (unknown,)
        case Sequence() | Mapping():
            return derived(frame, node, (value,))
        case _:
            return (frame.world.unknown(node, frame.context),)


def method_of_instance(frame: Frame, owner: Entity, attribute: str) -> Values:
    """The method of an object that a class of this source created, bound to the object. Empty if there is no such
    method, or if the object has an attribute of that name."""
    if owner.made_by is None or (owner.number, attribute) in frame.world.attributes:
        return ()
    own = class_behind(frame, owner.made_by, attribute)
    method = own.method(attribute) if own is not None else None
    if method is None:
        return ()
    bound = FunctionValue(method.node, method.scope, owner, own)
    return (frame.world.make(method.node, ("of", owner), (), lambda: bound),)


def _bound(frame: Frame, value: Value, owner: Entity) -> Value:
    is_partial = isinstance(value, FunctionValue) and bool(value.given or value.given_by_name)
    if isinstance(value, FunctionValue) and value.bound is None and owner.own_class is not None and not is_partial:
        own = frame.class_value or owner.own_class
        role = ("bound to", owner, own)
        return frame.world.make(value.node, role, (), lambda: FunctionValue(value.node, value.scope, owner, own))
    return value


def _class_attribute(frame: Frame, state: State, value: ClassValue, attribute: str, node: tree.Attribute) -> Values:
    if (method := value.method(attribute)) is not None:
        of_class = replace(method, class_value=value)
        return (frame.world.make(method.node, ("of class", value), (), lambda: of_class),)
    values = frame.world.attributes.get((value.instance.representative().number, attribute), ())
    return values or (frame.world.unknown(node, frame.context),)
