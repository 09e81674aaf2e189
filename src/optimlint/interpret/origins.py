"""Where an object comes from: what callers in the source give a function, what a function returns, what an annotation
says. From these follow the classes that may have made it, and which entities may be one object."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimlint.facts.models import Argument
from optimlint.facts.names import Scope, ScopeKind
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame, load
from optimlint.interpret.literals import text_of
from optimlint.interpret.models.contents import parts_of
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    Entity,
    FunctionValue,
    OptimizerValue,
    Value,
    Values,
)
from optimlint.knowledge.layers import MODULE_CONTAINERS
from optimlint.knowledge.words import MODEL_PACKAGES
from optimlint.syntax import tree

_MOST_SOURCES = 50
"""How many objects that one name may mean are told apart."""
_DEEPEST = 8


def made_here(frame: Frame, node: tree.Call, callee: ClassValue) -> Entity:
    """What a call of a class of this source makes."""
    entity = frame.world.unknown(node, frame.context)
    entity.made_by = callee
    note_made(entity, callee)
    return entity


def made_elsewhere(frame: Frame, node: tree.Call, callee: Entity, arguments: list[Values], owners: Values) -> Entity:
    """The result of an unknown call, which may be an instance of a class that another file defines. `owners` are what
    a method is called on."""
    entity = frame.world.unknown(node, frame.context)
    last = (callee.qualified_name or callee.text).rpartition(".")[2]
    maker: Entity | ClassValue | None = None
    if last == "from_pretrained" and arguments:
        name = arguments[0][0] if len(arguments[0]) == 1 else None
        if isinstance(name, Constant) and isinstance(name.value, str):
            entity.architecture = name.value
        maker = next((owner for owner in owners if isinstance(owner, ClassValue)), None) or callee.parent
    elif callee.qualified_name is not None and (last[:1].isupper() or _is_class(frame, callee)):
        maker = callee
    elif callee.qualified_name is not None:
        entity.called = callee
    entity.made_by = maker or entity.made_by
    if maker is None:
        entity.taken_from = _things((*owners, *(one for values in arguments for one in values)))
    elif last in MODULE_CONTAINERS:
        entity.taken_from = _things(tuple(_parts(arguments)))
    note_made(entity, maker)
    return entity


def _is_class(frame: Frame, callee: Entity) -> bool:
    """Whether another file defines a class by the name, whatever its letters."""
    return frame.machine.others.code_of(callee).lstrip().startswith("class")


def take_from(frame: Frame, node: tree.Call, owner: Entity) -> None:
    """`getattr(model, name)`: a part of the model, nobody knows which."""
    frame.world.unknown(node, frame.context).taken_from = _things((owner,))


def _things(values: Values) -> tuple[Entity, ...]:
    return tuple(dict.fromkeys(one for one in values if isinstance(one, Entity) and one.qualified_name is None))


def _parts(arguments: list[Values]) -> Iterator[Value]:
    """What a container is made of: modules, and those that models hold."""
    for values in arguments:
        yield from values
        for part in parts_of(values)[0]:
            if part.owner is not None:
                yield part.owner


def returned(frame: Frame, node: tree.Call, callee: FunctionValue) -> Entity:
    """What a function of this source gives back, where its body is not read again for the call."""
    entity = frame.world.unknown(node, frame.context)
    draft = frame.world.functions.get(callee.node)
    if draft is None or draft.is_generator:
        note_made(entity, None)
    else:
        note_source(entity, draft.returns)
    return entity


def note_made(entity: Entity, maker: Entity | ClassValue | None) -> None:
    """Note that a call of `maker` may have made the object; None for one of which nothing is known."""
    entity = entity.representative()
    if maker is None or len(entity.makers) > _MOST_SOURCES:
        entity.is_open = True
    elif maker not in entity.makers:
        entity.makers.append(maker)


def note_source(entity: Entity, values: Values) -> None:
    """Note that the object may be one of the values. None is no object."""
    entity = entity.representative()
    for value in values:
        if isinstance(value, Constant) and value.value is None:
            continue
        if not isinstance(value, Entity) or len(entity.sources) > _MOST_SOURCES:
            entity.is_open = True
        elif value is not entity and value not in entity.sources:
            entity.sources.append(value)


@dataclass(frozen=True, slots=True)
class Given:
    """What a call gives: all of it, in order, by position and by name; `is_open` where stars hide something."""

    all: list[Values]
    positional: list[Values]
    keywords: dict[str, Values]
    is_open: bool

    @staticmethod
    def of(node: tree.Call, arguments: list[Values]) -> "Given":
        """What `node` gives, whose arguments are these values."""
        pairs = [pair for pair in zip(node.args, arguments, strict=True) if not pair[0].star]
        keywords = {one.keyword.value: values for one, values in pairs if one.keyword is not None}
        positional = [values for one, values in pairs if one.keyword is None]
        return Given(arguments, positional, keywords, len(pairs) < len(arguments))

    def behind(self, callee: FunctionValue) -> "Given":
        """What the function gets in all, with what it has been given before."""
        if not callee.given and not callee.given_by_name:
            return self
        return replace(
            self,
            all=[*callee.given, *callee.given_by_name.values(), *self.all],
            positional=[*callee.given, *self.positional],
            keywords={**callee.given_by_name, **self.keywords},
        )


def note_arguments(frame: Frame, callee: FunctionValue, given: Given) -> None:
    """Note what a call gives the parameters of a function of this source."""
    for parameter, values in _told_parameters(frame, callee, given):
        entity = frame.world.parameter(parameter)
        if values is not None:
            note_source(entity, values)
            for value in values:
                if isinstance(value, OptimizerValue):
                    frame.world.optimizers_given.setdefault(entity.representative(), {})[value.call] = None
            _name(values, parameter.name.value)
        elif given.is_open:
            entity.is_open = True


def bound_parameters(frame: Frame, callee: FunctionValue, given: Given) -> Iterator[tuple[tree.Param, Values]]:
    """The parameters of a function of this source that a call gives something, and what it gives."""
    return ((parameter, values) for parameter, values in _told_parameters(frame, callee, given) if values)


def _told_parameters(frame: Frame, callee: FunctionValue, given: Given) -> Iterator[tuple[tree.Param, Values | None]]:
    """Each parameter, with what a call is seen to give it."""
    node = callee.node
    if not isinstance(node, tree.FunctionDef):
        return
    listed = [*node.params.posonly_params, *node.params.params]
    is_shifted = bool(listed) and not _is_without_self(frame, callee, node)
    positional = [(), *given.positional] if is_shifted else given.positional
    for index, parameter in enumerate((*listed, *node.params.kwonly_params)):
        by_position = positional[index] if index < min(len(positional), len(listed)) else None
        yield parameter, by_position if by_position is not None else given.keywords.get(parameter.name.value)


def _name(values: Values, name: str) -> None:
    """What a call makes and hands on at once has no name but the parameter's."""
    for value in values:
        if isinstance(value, Entity) and value.makers and not value.name and value.parent is None:
            value.name = name


def _is_without_self(frame: Frame, callee: FunctionValue, node: tree.FunctionDef) -> bool:
    """Whether the call's first argument is the function's first parameter: of no method, of a static one, of one that
    is looked up on its class."""
    draft = frame.world.functions.get(node)
    own = callee.class_value or (draft.class_value if draft is not None else None)
    decorators = {one.decorator.value for one in node.decorators if isinstance(one.decorator, tree.Name)}
    if own is None or "staticmethod" in decorators:
        return True
    return callee.bound is None and "classmethod" not in decorators


def annotated(frame: Frame, state: State, node: tree.Expression, depth: int = 0) -> Values:
    """The classes that an annotation names."""
    match node:
        case tree.Name(value=name):
            values = load(frame, state, name)
        case tree.Attribute():
            values = evaluate(frame, state, node)
        case tree.SimpleString() if text_of(node).isidentifier():
            values = load(frame, state, text_of(node))
        case tree.Subscript(value=tree.Name(value="Optional") | tree.Attribute(attr=tree.Name(value="Optional"))):
            inner = node.slice[0].slice
            return annotated(frame, state, inner.value, depth) if isinstance(inner, tree.Index) else ()
        case tree.BinaryOperation(left=left, operator=tree.BitOr(), right=tree.Name(value="None")) if depth < _DEEPEST:
            return annotated(frame, state, left, depth + 1)
        case _:
            return ()
    is_told = len(values) == 1 and (isinstance(values[0], ClassValue) or is_foreign(values[0]))
    return values if is_told else ()


def is_foreign(value: Value) -> bool:
    """Whether a value is a class that another file of the repository may define."""
    name = value.qualified_name if isinstance(value, Entity) else None
    return name is not None and name.split(".")[0] not in MODEL_PACKAGES and name.rpartition(".")[2][:1].isupper()


def made_by(entity: Entity) -> list[Entity] | None:
    """The objects of known makers that an entity may be; None where it may be another one, too. What callers give
    tells more than what an annotation says."""
    start = entity.representative()
    found: dict[Entity, None] = {}
    pending, seen = [start], set[Entity]()
    while pending:
        one = pending.pop().representative()
        if one in seen:
            continue
        seen.add(one)
        is_made = one.own_class is not None or bool(one.makers and not one.is_open)
        if is_made or (one.annotation and one is not start):
            found[one] = None
        others = (*one.sources, *one.alternatives)
        if others and not one.is_open and (is_made or one not in found):
            pending += others
        elif one not in found:
            return [start] if start.annotation else None
    return list(found)


def arguments_of(entity: Entity) -> list[Argument]:
    """The parameters of functions by whose callers alone an entity comes; none where it may come otherwise."""
    found: dict[Argument, None] = {}
    pending, seen = [entity], set[Entity]()
    while pending:
        one = pending.pop().representative()
        if one in seen:
            continue
        seen.add(one)
        if one.sources and not one.is_open and not one.makers:
            pending += one.sources
        elif one.argument is not None and not one.argument.module and not one.is_open and not one.makers:
            found[one.argument] = None
        else:
            return []
    return list(found)


def note_argument(entity: Entity, scope: Scope, own: ClassValue | None, parameter: tree.Param, position: int) -> None:
    """Note of which function a parameter is, where other files may call the function by its name."""
    is_of_module = own is None and scope.parent is not None and scope.parent.kind is ScopeKind.MODULE
    is_of_class = own is not None and own.scope.parent is not None and own.scope.parent.kind is ScopeKind.MODULE
    if is_of_module:
        entity.representative().argument = Argument(scope.name, parameter.name.value, position, scope.module)
    elif own is not None and is_of_class and scope.name.endswith(".__init__"):
        name = own.node.name.value
        entity.representative().argument = Argument(name, parameter.name.value, position - 1, scope.module)


def makers_of(entity: Entity) -> Iterator[Entity | ClassValue]:
    """The classes that may have made an object of known makers."""
    if entity.own_class is not None:
        yield entity.own_class
    elif entity.makers and not entity.is_open:
        yield from entity.makers
    else:
        yield from (value for value in entity.annotation if isinstance(value, Entity | ClassValue))
