"""Find the functions that create, return or take models, in a source that has been parsed."""

from collections.abc import Iterator

from optimlint.interpret.classes.model_classes import is_model_class
from optimlint.interpret.world import World
from optimlint.syntax import tree
from optimlint.syntax.tree import children
from optimlint.ways import Unit, Ways, ways_of


def find_ways(world: World, module: tree.Module) -> Ways:
    """Which functions of the source create, return or take its models."""
    classes: dict[str, tree.ClassDef] = {}
    units: list[Unit] = []
    for node, owner in _definitions(module):
        if isinstance(node, tree.ClassDef):
            classes[node.name.value] = node
            continue
        name = owner if owner and node.name.value == "__init__" else node.name.value
        start, end = world.layout.span(node)
        units.append(Unit(name, world.layout.source[start:end], _count(node.params) > bool(owner)))
    models = frozenset(
        name for name, node in classes.items() if is_model_class(node, lambda _, other: classes.get(other))
    )
    return ways_of(units, models)


def _count(params: tree.Parameters) -> int:
    return len(params.posonly_params) + len(params.params) + len(params.kwonly_params)


def _definitions(module: tree.Module) -> Iterator[tuple[tree.ClassDef | tree.FunctionDef, str]]:
    """The classes of a module, and the functions that are not inside other functions, each with the name of the
    enclosing class ("" without one)."""
    pending: list[tuple[tree.Node, str]] = [(module, "")]
    while pending:
        node, owner = pending.pop()
        if isinstance(node, tree.FunctionDef):
            yield node, owner
            continue
        if isinstance(node, tree.ClassDef):
            yield node, owner
            pending.append((node.body, node.name.value))
            continue
        statements = tree.CompoundStatement | tree.Suite | tree.Module | tree.Else | tree.ExceptHandler | tree.Finally
        if isinstance(node, statements | tree.MatchCase):
            pending += [(child, owner) for child in reversed(children(node))]
