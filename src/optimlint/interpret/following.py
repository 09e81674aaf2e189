"""Resolve imported names to the functions and classes they refer to, when their code is worth parsing.

Parsing a module is the most expensive step, so the text of a definition is checked first. A function that mentions no
parameters, groups or optimizers stays unknown.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from optimlint.interpret.frame import Frame
from optimlint.interpret.interest import MARKS
from optimlint.interpret.training.leading import ACTS
from optimlint.interpret.values import (
    ClassValue,
    Constant,
    Entity,
    FunctionValue,
    OptimizerClass,
    Sequence,
    Stream,
    Value,
    Values,
    union,
)

_ANOTHER_FUNCTION = re.compile(r"=\s*(?:(?:\w+\.)*partial\(|[\w.]+\s*(?:#|$))")
"""Binds a name to another function, perhaps by `partial`."""
_CHOOSES = re.compile(r"\breturn\b(?:[^\n#]*\bfor\b|[^\n#]*\bfilter\(|[^\n#]*\w\([^\n#]*\))")
"""Returns a comprehension, a filter, or what another function returns."""
_MOST_LINES = 8
_LITERAL = re.compile(r"^\w+[ \t]*(?::[^=\n]+)?=[ \t]*(?:[\[({\"']|-?\.?\d)")
"""Binds a name to a literal."""


def followed(frame: Frame, callees: Values) -> Values:
    """The callees, with imported names replaced by the functions and classes that they refer to."""
    if not any(isinstance(one, Entity) and one.qualified_name is not None for one in callees):
        return callees
    return union(*((_followed(frame, one) or (one,)) for one in callees))


def literals(frame: Frame, values: Values) -> Values:
    """The values, with an imported name replaced by the literal that it is bound to: a list of name fragments, a
    number, a string."""
    match values:
        case (Entity(qualified_name=str()) as entity,):
            if _LITERAL.search(frame.machine.others.code_of(entity)) is None:
                return values
            found = frame.machine.others.find(entity)
            return found if found and all(map(_is_literal, found)) else values
        case _:
            return values


def _is_literal(value: Value) -> bool:
    match value:
        case Constant():
            return True
        case Sequence(items=items):
            return all(isinstance(one, Constant) for item in items.values() for one in item.values)
        case _:
            return False


def _followed(frame: Frame, callee: Value) -> Values:
    if not isinstance(callee, Entity) or callee.qualified_name is None:
        return ()
    code = frame.machine.others.code_of(callee)
    if not code:
        return _of_class(frame, callee)
    if code.lstrip().startswith("class"):
        head = code.partition(":")[0]
        is_followed = "Optimizer" in head or frame.machine.others.is_own(callee)
        return tuple(frame.machine.others.classes(callee)) if is_followed else ()
    is_bound = not code.lstrip().startswith(("def", "async"))
    if is_bound and _ANOTHER_FUNCTION.search(code) is None:
        return ()
    if not is_bound and callee not in frame.world.wanted and not _is_worth_it(frame, code):
        return ()
    found = tuple(one for one in frame.machine.others.find(callee) if isinstance(one, FunctionValue | OptimizerClass))
    if callee in frame.world.wanted:
        frame.world.needed.update(one.node for one in found if isinstance(one, FunctionValue))
    return found


def want_helper(frame: Frame, callee: Entity, arguments: list[Values]) -> None:
    """Have a short function of another file followed in the next pass that is given a stream of parameters, and so may
    return some of them."""
    if callee.qualified_name is None or not any(isinstance(one, Stream) for values in arguments for one in values):
        return
    code = frame.machine.others.code_of(callee).strip()
    if code.startswith("def") and code.count("\n") < _MOST_LINES and _CHOOSES.search(code) is not None:
        frame.world.wanted.add(callee)


def _of_class(frame: Frame, callee: Entity) -> Values:
    """A method looked up on a class of another file: `Builder.groups(model)`."""
    owner = callee.parent
    if owner is None or not callee.attribute.isidentifier() or f"def {callee.attribute}" not in _code(frame, owner):
        return ()
    return tuple(
        FunctionValue(method.node, method.scope, None, own)
        for own in frame.machine.others.classes(owner)
        if (method := own.method(callee.attribute)) is not None
    )


def class_behind(frame: Frame, maker: Entity | ClassValue | None, attribute: str) -> ClassValue | None:
    """The class of an object, if its attribute is a method worth following."""
    if not isinstance(maker, Entity):
        return maker
    code = _code(frame, maker)
    if f"def {attribute}" not in code or not _is_worth_it(frame, code):
        return None
    found = frame.machine.others.classes(maker)
    return found[0] if len(found) == 1 else None


def bases_behind(frame: Frame, bases: Iterable[Entity | ClassValue]) -> list[Entity | ClassValue]:
    """The bases of a class, with imported names replaced by the classes if their methods matter."""
    found: list[Entity | ClassValue] = []
    for base in bases:
        is_followed = isinstance(base, Entity) and _is_worth_it(frame, _code(frame, base))
        classes = frame.machine.others.classes(base) if isinstance(base, Entity) and is_followed else []
        found += classes or [base]
    return found


def _is_worth_it(frame: Frame, code: str) -> bool:
    """Whether a definition mentions parameters, groups or optimizers, or, if the source trains, training operations."""
    return _has_marks(code) or (frame.world.training.is_on and _acts(code))


@lru_cache(64)
def _has_marks(code: str) -> bool:
    """Cached, because it is asked for each method call on an object and the class may be long."""
    return MARKS.search(code) is not None


@lru_cache(64)
def _acts(code: str) -> bool:
    return ACTS.search(code) is not None


def _code(frame: Frame, entity: Entity) -> str:
    return frame.machine.others.code_of(entity) if entity.qualified_name is not None else ""
