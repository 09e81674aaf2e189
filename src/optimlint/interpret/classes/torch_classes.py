"""Resolve imports in class bodies: which classes are torch modules, and which calls create layers and parameters."""

from collections.abc import Iterable
from dataclasses import dataclass

from optimlint.facts.names import Scope
from optimlint.interpret.classes.class_uses import dotted
from optimlint.interpret.values import ClassValue, Entity
from optimlint.interpret.world import World
from optimlint.knowledge.layers import CONTAINERS, LAYERS
from optimlint.knowledge.summaries import same_module
from optimlint.knowledge.words import FOREIGN_FRAMEWORKS, MODULE_PACKAGES
from optimlint.syntax import tree

_MODULE_ENDS = ("Module", "Model", "Base")
_DEEPEST = 12
_MOST_BASES = 50


@dataclass(frozen=True, slots=True)
class Made:
    """A call that creates a parameter or a module with parameters; `kind` is the last part of the class name."""

    call: tree.Call
    kind: str

    @property
    def is_parameter(self) -> bool:
        return self.kind == "Parameter"


def is_torch_module(value: ClassValue) -> bool:
    """Whether a class is certainly a torch module. For base classes from other files, the name decides."""
    pending: list[Entity | ClassValue] = list(value.bases)
    for base in pending:  # Grows while it is iterated.
        if isinstance(base, ClassValue):
            if len(pending) < _MOST_BASES:
                pending += base.bases
            continue
        name = base.qualified_name or ""
        if name.split(".")[0] in FOREIGN_FRAMEWORKS:
            return False
        if name.startswith("torch.nn.") or (name.endswith("Module") and name.split(".")[0] in MODULE_PACKAGES):
            return True
        if name.endswith(_MODULE_ENDS) and "." in name:
            return True
    return False


def qualified(world: World, scope: Scope, node: tree.Node) -> str:
    """The qualified name of `a.b.c` by the imports; "" if there is none."""
    first, dot, rest = dotted(node).partition(".")
    current: Scope | None = scope
    while first and current is not None:
        values = world.bound.get((current, first), ())
        if values:
            names = {one.qualified_name if isinstance(one, Entity) else None for one in values}
            name = names.pop() if len(names) == 1 else None
            return f"{name}{dot}{rest}" if name else ""
        current = current.parent
    return ""


def is_parameter(world: World, scope: Scope, node: tree.Node) -> bool:
    """Whether an expression calls `nn.Parameter`."""
    match node:
        case tree.Call(func=func):
            name = qualified(world, scope, func)
            return name.startswith("torch.nn.") and name.endswith(".Parameter")
        case _:
            return False


def made_by(world: World, scope: Scope, node: tree.Expression, depth: int = 0) -> Made | None:
    """The new parameter, or module with parameters, that an expression certainly creates; None otherwise."""
    call = without_moves(node)
    if call is None or depth > _DEEPEST:
        return None
    if is_parameter(world, scope, call):
        return None if has_keyword(call, "requires_grad", "False") else Made(call, "Parameter")
    name = qualified(world, scope, call.func)
    kind = name.rpartition(".")[2]
    if not name.startswith("torch.nn."):
        return None
    if kind in LAYERS:
        return Made(call, kind) if _has_parameters(call) else None
    if kind in CONTAINERS:
        parts = (made_by(world, scope, one, depth + 1) for one in _members(call))
        return Made(call, kind) if any(parts) else None
    return None


def without_moves(node: tree.Expression) -> tree.Call | None:
    """The call that creates a module, without the methods called on it that return the module itself. None for other
    expressions and if one of the methods is `eval` or `requires_grad_`."""
    while isinstance(node, tree.Call):
        match node.func:
            case tree.Attribute(value=tree.Call() as inner, attr=tree.Name(value=method)) if method in same_module():
                if method in ("eval", "requires_grad_"):
                    return None
                node = inner
            case _:
                return node
    return None


def has_keyword(call: tree.Call, name: str, value: str) -> bool:
    """Whether a call has the keyword argument `name=value`, where the value is a name such as `False`."""
    return any(
        one.keyword is not None
        and one.keyword.value == name
        and isinstance(one.value, tree.Name)
        and one.value.value == value
        for one in call.args
    )


def _has_parameters(call: tree.Call) -> bool:
    """Whether no argument disables the parameters of the layer or provides them."""
    for argument in call.args:
        word = argument.keyword.value if argument.keyword is not None else ""
        is_false = isinstance(argument.value, tree.Name) and argument.value.value == "False"
        if word in ("affine", "elementwise_affine", "_weight") or (is_false and not word) or argument.star == "**":
            return False
    return True


def _members(call: tree.Call) -> Iterable[tree.Expression]:
    for argument in call.args:
        match argument.value:
            case tree.List(elements=elements) | tree.Tuple(elements=elements):
                yield from (one.value for one in elements)
            case tree.ListComp(elt=elt) | tree.GeneratorExp(elt=elt):
                yield elt
            case tree.Dict(elements=elements):
                yield from (one.value for one in elements)
            case value:
                yield value
