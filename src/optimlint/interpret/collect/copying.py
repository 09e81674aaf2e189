"""How to write `copy.deepcopy` in a source, and where to insert the import if it is missing."""

from dataclasses import dataclass

from optimlint.diagnostic import Range
from optimlint.interpret.values import Entity
from optimlint.interpret.world import MODULE, World
from optimlint.syntax import tree


@dataclass(frozen=True, slots=True)
class Copying:
    """The expression for the deep copy function, "" if there is no safe name for it, and the import to insert."""

    text: str
    addition: Range | None = None
    addition_text: str = ""


def copying_in(world: World, module: tree.Module) -> Copying:
    """How the source can refer to `copy.deepcopy`."""
    for name in ("deepcopy", "copy"):
        names = {one.qualified_name if isinstance(one, Entity) else None for one in world.bound.get((MODULE, name), ())}
        if names == {"copy.deepcopy"}:
            return Copying(name)
        if names == {"copy"}:
            return Copying("copy.deepcopy")
        if names and name == "copy":
            return Copying("")
    first = next((node for node in module.body if not _comes_first(node)), None)
    text = world.layout.source
    if first is None or any(text[at - 1 : at] != "." for at in world.mentions.get("copy", ())):
        return Copying("")
    return Copying("copy.deepcopy", world.layout.between(first.start, first.start), "import copy\n")


def _comes_first(node: tree.Node) -> bool:
    """Whether a statement must stay before the imports: a docstring, or a `__future__` import."""
    match node:
        case tree.SimpleStatementLine(body=[tree.Expr(value=tree.String())]):
            return True
        case tree.SimpleStatementLine(body=[tree.ImportFrom(module=tree.Name(value="__future__"))]):
            return True
        case _:
            return False
