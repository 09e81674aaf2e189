"""Fields of configuration objects: the optimizer class that one holds, by the default in its class."""

from optimlint.interpret.frame import Frame
from optimlint.interpret.models.recognition import is_optimizer_class
from optimlint.interpret.values import ClassValue, Entity, Values, union
from optimlint.knowledge.words import FIELD_DECORATORS
from optimlint.syntax import tree


def optimizer_in_field(frame: Frame, owner: Entity, attribute: str) -> Values:
    """The optimizer classes that a field of an object may hold: the default of its class, and the arguments of other
    constructions of the class. Empty if the field may hold anything else."""
    own = next((value for value in owner.annotation if isinstance(value, ClassValue)), owner.made_by)
    if not isinstance(own, ClassValue) or (owner.number, attribute) in frame.world.attributes:
        return ()
    values = frame.world.attributes.get((own.instance.number, attribute), ())
    return values if values and all(is_optimizer_class(frame, value) for value in values) else ()


def note_fields(frame: Frame, made: ClassValue, call: tree.Call, arguments: list[Values]) -> None:
    """Record the arguments that a construction passes for the fields of a dataclass."""
    if not _has_fields(made):
        return
    names = _fields(made)
    has_star = any(argument.star for argument in call.args)
    for index, (argument, values) in enumerate(zip(call.args, arguments, strict=True)):
        name = argument.keyword.value if argument.keyword is not None else names[index] if index < len(names) else ""
        for field in names if has_star else [name]:
            key = (made.instance.number, field)
            if key in frame.world.attributes:
                frame.world.attributes[key] = union(frame.world.attributes[key], values)


def _has_fields(made: ClassValue) -> bool:
    decorators = (
        one.decorator.func if isinstance(one.decorator, tree.Call) else one.decorator for one in made.node.decorators
    )
    return "__init__" not in made.methods and any(
        (one.attr if isinstance(one, tree.Attribute) else one).value in FIELD_DECORATORS
        for one in decorators
        if isinstance(one, tree.Attribute | tree.Name)
    )


def _fields(made: ClassValue) -> list[str]:
    """The fields, in the order of the constructor's parameters."""
    if not isinstance(made.node.body, tree.IndentedBlock):
        return []
    return [
        small.target.value
        for line in made.node.body.body
        if isinstance(line, tree.SimpleStatementLine)
        for small in line.body
        if isinstance(small, tree.AnnAssign) and isinstance(small.target, tree.Name)
    ]
