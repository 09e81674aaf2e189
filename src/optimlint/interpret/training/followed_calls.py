"""Record calls of functions of the source in training: the arguments, and what the objects that they create store."""

from optimlint.facts.training import Act
from optimlint.interpret.frame import Frame
from optimlint.interpret.origins import Given as Arguments
from optimlint.interpret.origins import bound_parameters
from optimlint.interpret.state import State
from optimlint.interpret.training.notes import Given, Note
from optimlint.interpret.values import ClassValue, Entity, FunctionValue, Values
from optimlint.syntax import tree


def note_call(frame: Frame, state: State, node: tree.Node, callee: FunctionValue, given: Arguments) -> None:
    """Record a call of a function of this source, with the values of each parameter."""
    training = frame.world.training
    if not training.is_on or frame.context or not isinstance(callee.node, tree.FunctionDef):
        return
    found = [
        Given((frame.world.parameter(parameter),), values, _code(frame, _written(node, values, given)))
        for parameter, values in bound_parameters(frame, callee, given)
    ]
    own = callee.class_value
    if own is not None and callee.bound is not None and callee.bound.representative() is not own.instance:
        receiver = node.func.value if isinstance(node, tree.Call) and isinstance(node.func, tree.Attribute) else None
        name = _code(frame, receiver)
        found += _kept_by(frame, callee.bound.representative(), name)
        found.append(Given((own.instance,), (callee.bound,), name))
    statement = frame.statement if is_inside(frame.statement, node) else None
    training.add(
        frame.scope,
        Note(
            Act.CALL,
            node,
            (),
            state.branch,
            statement=statement,
            traits=frame.traits,
            callee=callee,
            given=tuple(found),
        ),
    )


def note_making(frame: Frame, made: Entity, callee: ClassValue, given: Arguments) -> None:
    """Record the arguments with which an object of one of this source's classes is created, because its constructor may
    store them in attributes. Only for sources that train."""
    training, initializer = frame.world.training, callee.initializer()
    if training.is_on and initializer is not None:
        training.given[made] = tuple(bound_parameters(frame, initializer, given))


def _kept_by(frame: Frame, owner: Entity, name: str) -> list[Given]:
    """The constructor arguments of an object that it stores in attributes. These come before the object itself, because
    the first match counts and an object that is shared with others is identified by the argument. `name` is the
    caller's code for the object."""
    world = frame.world
    held = world.attributes.get((owner.parent.number, owner.attribute), ()) if owner.parent is not None else (owner,)
    made = [one for one in held if isinstance(one, Entity) and one in world.training.given]
    if len(made) != 1:
        return []
    kept = (
        (world.parameter(parameter).representative(), values) for parameter, values in world.training.given[made[0]]
    )
    return [
        Given((attribute,), values, f"{name}.{attribute.attribute}" if name else "")
        for attribute, values in kept
        if attribute.parent is not None
    ]


def _code(frame: Frame, node: tree.Expression | None) -> str:
    """The code of a name or attribute; "" for anything else."""
    return frame.world.layout.code(node) if isinstance(node, tree.Name | tree.Attribute) else ""


def _written(node: tree.Node, values: Values, given: Arguments) -> tree.Expression | None:
    """The argument of a call that has these values; None if there is none."""
    if not isinstance(node, tree.Call):
        return None
    pairs = zip(node.args, given.all, strict=False)
    return next((argument.value for argument, held in pairs if held is values), None)


def is_inside(statement: tree.Node | None, node: tree.Node) -> bool:
    """Whether a statement contains a node."""
    return statement is not None and statement.start <= node.start and node.end <= statement.end
