"""Lightning hooks that create optimizers and do not return them."""

import re
from collections.abc import Iterator

from optimlint.diagnostic import Edit
from optimlint.facts.hooks import Unreturned
from optimlint.interpret.classes.class_uses import dotted
from optimlint.interpret.drafts import CallDraft, FunctionDraft
from optimlint.interpret.values import ClassValue, Entity
from optimlint.interpret.world import World
from optimlint.knowledge.schedulers import is_named_scheduler
from optimlint.loop_marks import may_forget_return
from optimlint.syntax import tree
from optimlint.syntax.tree import children

_HOOK = "configure_optimizers"
_PACKAGES = ("lightning", "pytorch_lightning")
_BY_HAND = re.compile(r"automatic_optimization|\.step\(|backward\(|\.optimizers\b")
"""Matches in a class that performs the optimizer steps itself or makes its optimizers available in another way."""
_HARMLESS = ("torch", "abc", "typing")
"""Packages whose classes never perform optimizer steps."""
_PLAIN = re.compile(r"\w+\s*=\s*\Z")
_MOST_BASES = 50


def unreturned_optimizers(world: World) -> Iterator[Unreturned]:
    """The hooks of the source that create optimizers and return none of them."""
    if not may_forget_return(world.layout.checked.encode("utf-8", "surrogatepass")):
        return
    for draft in world.functions.values():
        own = draft.class_value
        if own is None or draft.scope.module or draft.node.name.value != _HOOK or draft.node.decorators:
            continue
        made = [call for call in world.calls.values() if call.scope == draft.scope]
        if made and _is_of_lightning(world, own) and not _gives_something(draft, made):
            yield _fact(world, own, draft, made)


def _is_of_lightning(world: World, own: ClassValue) -> bool:
    """Whether a class is a Lightning module that leaves the optimizer steps to Lightning."""
    pending: list[Entity | ClassValue] = [own]
    is_module = False
    for one in pending:  # Grows while it is iterated.
        if isinstance(one, ClassValue):
            start, end = world.layout.span(one.node)
            if _BY_HAND.search(world.layout.source, start, end) or len(pending) > _MOST_BASES:
                return False
            pending += one.bases
            continue
        name = one.qualified_name or one.text
        is_module |= name.split(".")[0] in _PACKAGES and name.endswith(".LightningModule")
        if name != "object" and name.split(".")[0] not in (*_PACKAGES, *_HARMLESS):
            return False  # A base class of unknown code may perform the steps itself.
    return is_module


def _gives_something(draft: FunctionDraft, made: list[CallDraft]) -> bool:
    """Whether a function may make its optimizers available after all: it returns a value, yields, raises, stores
    something, contains another function, or passes an optimizer to a call that creates no scheduler."""
    constructions = {call.node for call in made}
    names = {call.place for call in made if call.place}
    pending: list[tree.Node] = list(children(draft.node.body))
    while pending:
        node = pending.pop()
        match node:
            case tree.FunctionDef() | tree.Lambda() | tree.ClassDef():
                return True
            case tree.Return(value=tree.Expression()) | tree.Raise() | tree.Yield():
                return True
            case tree.AssignTarget(target=tree.Name()):
                continue
            case tree.AssignTarget():
                return True
            case tree.Call(func=func, args=args) if node not in constructions:
                is_scheduler = is_named_scheduler(dotted(func).rpartition(".")[2])
                if not is_scheduler and any(_mentions(one, names) or one.value in constructions for one in args):
                    return True
            case _:
                pass
        pending += children(node)
    return False


def _mentions(node: tree.Node, names: set[str]) -> bool:
    return any(isinstance(one, tree.Name) and one.value in names for one in tree.walk(node))


def _fact(world: World, own: ClassValue, draft: FunctionDraft, made: list[CallDraft]) -> Unreturned:
    layout = world.layout
    return Unreturned(
        layout.range(draft.node.name),
        draft.node.name.value,
        own.node.name.value,
        tuple(layout.range(call.node) for call in sorted(made, key=lambda call: call.order)),
        _returning(world, draft, made),
    )


def _returning(world: World, draft: FunctionDraft, made: list[CallDraft]) -> Edit | None:
    """The edit that returns the optimizer, if there is only one and the last statement of the function creates it; None
    otherwise."""
    last = draft.node.body.body[-1] if isinstance(draft.node.body, tree.IndentedBlock) else None
    if len(made) != 1 or not isinstance(last, tree.SimpleStatementLine) or len(last.body) != 1:
        return None
    node = made[0].node
    match last.body[0]:
        case tree.Expr(value=value) if value is node and not value.lpar:
            return Edit(world.layout.between(node.start, node.start), "return ")
        case tree.Assign(targets=[tree.AssignTarget(target=tree.Name() as target)], value=value) if value is node:
            is_plain = _PLAIN.match(world.layout.text_between(target.start, node.start))
            return Edit(world.layout.between(target.start, node.start), "return ") if is_plain else None
        case _:
            return None
