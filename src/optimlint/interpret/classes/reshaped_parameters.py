"""Attributes that hold a tensor computed from a parameter. `self.w = nn.Parameter(…).to(device)` is not a parameter."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from optimlint.facts.modules import Hiding, Move, Unregistered
from optimlint.facts.names import Scope
from optimlint.interpret.classes.class_uses import dotted, owner_of
from optimlint.interpret.classes.torch_classes import has_keyword, is_parameter
from optimlint.interpret.values import ClassValue
from optimlint.interpret.world import World
from optimlint.knowledge.layers import MAKES_ANOTHER, MOVES
from optimlint.knowledge.words import DETACHING
from optimlint.syntax import tree
from optimlint.syntax.tree import walk

_KEEPS_DTYPE = ("torch.float", "torch.float32", "torch.get_default_dtype()", '"cpu"', "'cpu'", 'torch.device("cpu")')
"""Arguments of `to` with which it usually returns the parameter itself."""
_ARITHMETIC = (tree.Add, tree.Subtract, tree.Multiply, tree.Divide, tree.Power, tree.Modulo)
_DEEPEST = 12


@dataclass(slots=True)
class _Chain:
    """The path from an expression inwards to a call of `nn.Parameter`. `is_moved` is True if all steps only move the
    tensor, and `is_other` if one step certainly creates another tensor."""

    call: tree.Call | None = None
    is_other: bool = False
    is_moved: bool = True
    methods: list[str] = field(default_factory=list)


def find_reshaped(world: World, value: ClassValue) -> Iterator[Unregistered]:
    """The attributes that the class's own methods set to such tensors."""
    body = value.node.body.body if isinstance(value.node.body, tree.IndentedBlock) else ()
    for method in body:
        if isinstance(method, tree.FunctionDef):
            owner = owner_of(method)
            local = _local_parameters(world, value.scope, method)
            for node in walk(method.body):
                for target, given in _kept(owner, node):
                    yield from _found(world, value, target, given, local)


def _kept(owner: str, node: tree.Node) -> Iterator[tuple[tree.Expression, tree.Expression]]:
    """The attributes of the object that a statement sets: each target with its value."""
    match node:
        case tree.Assign(targets=targets, value=given):
            for one in targets:
                if _is_own(owner, one.target):
                    yield one.target, given
        case tree.AnnAssign(target=target, value=tree.Expression() as given) if _is_own(owner, target):
            yield target, given
        case tree.Call(func=tree.Name(value="setattr"), args=[first, second, third]):
            if isinstance(first.value, tree.Name) and first.value.value == owner:
                yield second.value, third.value


def _is_own(owner: str, node: tree.Expression) -> bool:
    name = dotted(node)
    return name.startswith(f"{owner}.") and name.count(".") == 1


def _local_parameters(world: World, scope: Scope, method: tree.FunctionDef) -> dict[str, tree.Call]:
    """The local variables that are bound once, to a parameter."""
    found: dict[str, tree.Call] = {}
    bound: list[str] = []
    for node in walk(method.body):
        if isinstance(node, tree.Assign):
            names = [one.target.value for one in node.targets if isinstance(one.target, tree.Name)]
            bound += names
            if isinstance(node.value, tree.Call) and is_parameter(world, scope, node.value):
                found.update(dict.fromkeys(names, node.value))
    return {name: call for name, call in found.items() if bound.count(name) == 1}


def _found(
    world: World, value: ClassValue, target: tree.Expression, given: tree.Expression, local: dict[str, tree.Call]
) -> Iterator[Unregistered]:
    for arm in (given.body, given.orelse) if isinstance(given, tree.IfExp) else (given,):
        chain = _Chain()
        _follow(world, value.scope, arm, local, chain)
        call = chain.call
        if call is None or not chain.is_other or has_keyword(call, "requires_grad", "False") or _is_frozen(call):
            continue
        is_written_here = arm.start <= call.start and call.end <= arm.end
        yield Unregistered(
            Hiding.ANOTHER_TENSOR,
            world.layout.range(target),
            value.node.name.value,
            target.attr.value if isinstance(target, tree.Attribute) else "",
            (world.layout.range(call),),
            ("Parameter",),
            _does(world, arm, call) if is_written_here else world.layout.code(arm),
            move=_move(world, arm, call, chain) if is_written_here and call.args else None,
        )
        return


def _is_frozen(call: tree.Call) -> bool:
    """Whether the second positional argument of `nn.Parameter` is False."""
    second = call.args[1] if len(call.args) > 1 else None
    if second is None or second.keyword is not None:
        return False
    return isinstance(second.value, tree.Name) and second.value.value == "False"


def _follow(world: World, scope: Scope, node: tree.Expression, local: dict[str, tree.Call], chain: _Chain) -> None:
    """Follow an expression inwards to the parameter that it is made of, through methods and arithmetic."""
    for _ in range(_DEEPEST):
        match node:
            case tree.Call() if is_parameter(world, scope, node):
                chain.call = node
                return
            case tree.Name(value=name) if name in local:
                chain.call = local[name]
                return
            case tree.Call(func=tree.Attribute(value=inner, attr=tree.Name(value=method))):
                if not _note_method(world, node, method, chain):
                    return
                node = inner
            case tree.Attribute(value=inner, attr=tree.Name(value="T" | "mT")):
                chain.is_other, chain.is_moved = True, False
                node = inner
            case tree.UnaryOperation(operator=tree.Minus(), expression=inner):
                chain.is_other, chain.is_moved = True, False
                node = inner
            case tree.BinaryOperation(left=left, operator=operator, right=right) if isinstance(operator, _ARITHMETIC):
                chain.is_other, chain.is_moved = True, False
                is_left = any(is_parameter(world, scope, one) for one in _spine(left))
                node = left if is_left else right
            case _:
                return


def _spine(node: tree.Expression) -> Iterator[tree.Expression]:
    """An expression, the object of its outermost operation, the object of that one, and so on."""
    for _ in range(_DEEPEST):
        yield node
        match node:
            case tree.Call(func=tree.Attribute(value=inner)) | tree.BinaryOperation(left=inner):
                node = inner
            case tree.Attribute(value=inner) | tree.UnaryOperation(expression=inner):
                node = inner
            case _:
                return


def _note_method(world: World, node: tree.Call, method: str, chain: _Chain) -> bool:
    """Record the effect of a method; False if its result is unknown or is deliberately not a parameter."""
    if method in DETACHING or method == "data":
        return False
    if method == "requires_grad_":
        return not any(isinstance(one.value, tree.Name) and one.value.value == "False" for one in node.args)
    if method.endswith("_") or method in ("float", "cpu", "contiguous"):
        return True
    if method not in MAKES_ANOTHER:
        return False
    if method == "to" and any(world.layout.code(one.value) in _KEEPS_DTYPE for one in node.args):
        return True
    chain.is_other = True
    chain.is_moved &= method in MOVES
    return True


def _does(world: World, arm: tree.Expression, call: tree.Call) -> str:
    """The operations on the parameter: the code before and after the call."""
    before = world.layout.code_between(arm.start, call.start)
    after = world.layout.code_between(call.end, arm.end)
    return f"{before} … {after}" if before and after else after or before


def _move(world: World, arm: tree.Expression, call: tree.Call, chain: _Chain) -> Move | None:
    """How to move the operations into the parentheses of the call; None if moving text is not enough."""
    first = call.args[0]
    word = first.keyword.value if first.keyword is not None else "data"
    if first.star or word != "data" or arm.lpar or call.lpar or (first.value.lpar and first.keyword is not None):
        return None
    layout = world.layout
    is_plain = isinstance(first.value, tree.Call | tree.Name | tree.Attribute | tree.Subscript)
    return Move(
        layout.between(arm.start, call.start),
        layout.text_between(arm.start, call.start),
        layout.between(call.end, arm.end),
        layout.text_between(call.end, arm.end),
        layout.range(first if first.value.lpar else first.value),
        is_plain or first.value.lpar > 0,
        chain.is_moved,
    )
