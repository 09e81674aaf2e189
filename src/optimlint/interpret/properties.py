"""Properties: attributes that a method of the object's class computes, or of a class that it inherits from."""

from optimlint.interpret.classes.gradients import last_name
from optimlint.interpret.frame import Frame
from optimlint.interpret.functions import call_function
from optimlint.interpret.state import State
from optimlint.interpret.values import FunctionValue, Values, union
from optimlint.syntax import tree

_PROPERTIES = frozenset({"property", "cached_property"})


def computed(frame: Frame, state: State, node: tree.Attribute, values: Values) -> Values:
    """The values of an attribute, with what a property returns in place of the property. A property of `super()` stays
    as it is: the object's own class may override it."""
    match node.value:
        case tree.Call(func=tree.Name(value="super")):
            return values
    found: Values = ()
    for value in values:
        result = None
        if isinstance(value, FunctionValue) and value.bound is not None and _is_property(value.node):
            result = call_function(frame, state, node, value, [], {})
        found = union(found, (value,) if result is None else result)
    return found


def _is_property(node: tree.FunctionDef | tree.Lambda) -> bool:
    decorators = node.decorators if isinstance(node, tree.FunctionDef) else ()
    return any(last_name(one.decorator) in _PROPERTIES for one in decorators)
