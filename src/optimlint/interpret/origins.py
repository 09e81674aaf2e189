"""Track where objects come from: arguments of calls in the source, results of functions, annotations. This gives the
classes that may have created an object, and the entities that may be the same object."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimlint.facts.models import Argument
from optimlint.facts.names import Scope, ScopeKind
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame, load
from optimlint.interpret.literals import text_of
from optimlint.interpret.models.contents import parts_of
from optimlint.interpret.settings import text_set_once
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
"""The most creators, and the most sources, that are kept per object."""
_DEEPEST = 8


def made_here(frame: Frame, node: tree.Call, callee: ClassValue) -> Entity:
    """The object that a call of a class of this source creates."""
    entity = frame.world.unknown(node, frame.context)
    entity.made_by = callee
    note_made(entity, callee)
    return entity


def made_elsewhere(frame: Frame, node: tree.Call, callee: Entity, arguments: list[Values], owners: Values) -> Entity:
    """The result of an unknown call, which may be an instance of a class of another file. `owners` are the receivers of
    a method call."""
    entity = frame.world.unknown(node, frame.context)
    last = (callee.qualified_name or callee.text).rpartition(".")[2]
    maker: Entity | ClassValue | None = None
    if last == "from_pretrained" and arguments:
        entity.architecture = text_set_once(frame, node.args[0].value, arguments[0])
        maker = next((owner for owner in owners if isinstance(owner, ClassValue)), None) or callee.parent
    elif callee.qualified_name is not None and (last[:1].isupper() or _is_class(frame, callee)):
        maker = callee
    elif callee.qualified_name is not None:
        entity.called = callee
    entity.made_by = maker or entity.made_by
    if any(map(_asks_gradient, node.args)):
        entity.asks_gradient = True
    if maker is None:
        entity.taken_from = _things((*owners, *(one for values in arguments for one in values)))
    elif last in MODULE_CONTAINERS:
        entity.taken_from = _things(tuple(_parts(arguments)))
    note_made(entity, maker)
    return entity


def _asks_gradient(argument: tree.Arg) -> bool:
    match argument:
        case tree.Arg(keyword=tree.Name(value="requires_grad"), value=tree.Name(value="True")):
            return True
        case _:
            return False


def _is_class(frame: Frame, callee: Entity) -> bool:
    """Whether another file defines the callee as a class, even if its name is lower case."""
    return frame.machine.others.code_of(callee).lstrip().startswith("class")


def take_from(frame: Frame, node: tree.Call, owner: Entity) -> None:
    """Record that `getattr(model, name)` gives an unknown part of the model."""
    frame.world.unknown(node, frame.context).taken_from = _things((owner,))


def _things(values: Values) -> tuple[Entity, ...]:
    return tuple(dict.fromkeys(one for one in values if isinstance(one, Entity) and one.qualified_name is None))


def _parts(arguments: list[Values]) -> Iterator[Value]:
    """The modules that a container is created from, and the owners of parameters among its arguments."""
    for values in arguments:
        yield from values
        for part in parts_of(values)[0]:
            if part.owner is not None:
                yield part.owner


def returned(frame: Frame, node: tree.Call, callee: FunctionValue) -> Entity:
    """The result of a function of this source whose body is not read again for the call."""
    entity = frame.world.unknown(node, frame.context)
    entity.returned_by = callee.node
    draft = frame.world.functions.get(callee.node)
    if draft is None or draft.is_generator:
        note_made(entity, None)
    else:
        note_source(entity, draft.returns)
    return entity


def note_made(entity: Entity, maker: Entity | ClassValue | None) -> None:
    """Record that a call of `maker` may have created the object, or something unknown (None)."""
    entity = entity.representative()
    if maker is None or len(entity.makers) > _MOST_SOURCES:
        entity.is_open = True
    elif maker not in entity.makers:
        entity.makers.append(maker)


def note_source(entity: Entity, values: Values) -> None:
    """Record that the object may be any of the values. A None among them is ignored."""
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
    """The arguments of a call: all in order, by position, and by name. `is_open` if `*` or `**` hides some."""

    all: list[Values]
    positional: list[Values]
    keywords: dict[str, Values]
    is_open: bool

    @staticmethod
    def of(node: tree.Call, arguments: list[Values]) -> "Given":
        """The arguments of the call `node`, with these values."""
        pairs = [pair for pair in zip(node.args, arguments, strict=True) if not pair[0].star]
        keywords = {one.keyword.value: values for one, values in pairs if one.keyword is not None}
        positional = [values for one, values in pairs if one.keyword is None]
        return Given(arguments, positional, keywords, len(pairs) < len(arguments))

    def behind(self, callee: FunctionValue) -> "Given":
        """All arguments that the function gets, including those that `partial` bound before."""
        if not callee.given and not callee.given_by_name:
            return self
        return replace(
            self,
            all=[*callee.given, *callee.given_by_name.values(), *self.all],
            positional=[*callee.given, *self.positional],
            keywords={**callee.given_by_name, **self.keywords},
        )


def note_arguments(frame: Frame, callee: FunctionValue, given: Given) -> None:
    """Record the arguments that a call passes to the parameters of a function of this source."""
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
    """The parameters of a function of this source for which a call passes values, with the values."""
    return ((parameter, values) for parameter, values in _told_parameters(frame, callee, given) if values)


def _told_parameters(frame: Frame, callee: FunctionValue, given: Given) -> Iterator[tuple[tree.Param, Values | None]]:
    """Each parameter, with the values that the call visibly passes; None if there are none."""
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
    """An object that a call creates and passes on at once is named after the parameter."""
    for value in values:
        if isinstance(value, Entity) and value.makers and not value.name and value.parent is None:
            value.name = name


def _is_without_self(frame: Frame, callee: FunctionValue, node: tree.FunctionDef) -> bool:
    """Whether the first argument of the call is the first parameter: for functions outside of classes, static methods,
    and methods looked up on the class."""
    draft = frame.world.functions.get(node)
    own = callee.class_value or (draft.class_value if draft is not None else None)
    decorators = {one.decorator.value for one in node.decorators if isinstance(one.decorator, tree.Name)}
    if own is None or "staticmethod" in decorators:
        return True
    return callee.bound is None and "classmethod" not in decorators


def annotated(frame: Frame, state: State, node: tree.Expression, depth: int = 0) -> Values:
    """The class that an annotation names; empty if it is not clear which."""
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
    """Whether a value looks like a class that another file of the repository may define."""
    name = value.qualified_name if isinstance(value, Entity) else None
    return name is not None and name.split(".")[0] not in MODEL_PACKAGES and name.rpartition(".")[2][:1].isupper()


def made_by(entity: Entity) -> list[Entity] | None:
    """The objects with known creators that an entity may be; None if it may be another one too. Arguments of callers
    are preferred to annotations."""
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
    """The function parameters through which an entity enters the source; empty if it may also come from elsewhere."""
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
    """Record which parameter of which function an entity is, if other files can call the function by name: a
    module-level function, or `__init__` of a module-level class."""
    is_of_module = own is None and scope.parent is not None and scope.parent.kind is ScopeKind.MODULE
    is_of_class = own is not None and own.scope.parent is not None and own.scope.parent.kind is ScopeKind.MODULE
    if is_of_module:
        entity.representative().argument = Argument(scope.name, parameter.name.value, position, scope.module)
    elif own is not None and is_of_class and scope.name.endswith(".__init__"):
        name = own.node.name.value
        entity.representative().argument = Argument(name, parameter.name.value, position - 1, scope.module)


def makers_of(entity: Entity) -> Iterator[Entity | ClassValue]:
    """The classes that may have created an object with known creators."""
    if entity.own_class is not None:
        yield entity.own_class
    elif entity.makers and not entity.is_open:
        yield from entity.makers
    else:
        yield from (value for value in entity.annotation if isinstance(value, Entity | ClassValue))
