"""What a class is made of, by what imports say: which classes are torch's modules, and which calls make layers and
parameters."""

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
    """A call that makes a parameter or a module with parameters; `kind` is the class's last name."""

    call: tree.Call
    kind: str

    @property
    def is_parameter(self) -> bool:
        return self.kind == "Parameter"


def is_torch_module(value: ClassValue) -> bool:
    """Whether a class is surely a module of torch; of a base that another file defines its name tells."""
    pending: list[Entity | ClassValue] = list(value.bases)
    for base in pending:  # They grow meanwhile.
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
    """The qualified name that imports give `a.b.c`; "" without one."""
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
    """The parameter, or the module with parameters, that an expression surely makes anew."""
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
    """The call that makes a module, without the methods that return the module itself; None where one of these says
    that it is not trained."""
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
    """Whether a call has a keyword argument that is this name."""
    return any(
        one.keyword is not None
        and one.keyword.value == name
        and isinstance(one.value, tree.Name)
        and one.value.value == value
        for one in call.args
    )


def _has_parameters(call: tree.Call) -> bool:
    """Whether no argument says that the layer has no parameters, or which ones it has."""
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
