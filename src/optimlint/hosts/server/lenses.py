"""Code lenses: a line above the construction of each optimizer that summarizes its groups."""

from lsprotocol import types

from optimlint.effective import EffectiveOptimizer
from optimlint.hosts.server.documents import Whole
from optimlint.hosts.server.messages import Reader
from optimlint.workspace.groups_in_short import in_short


def lenses(
    optimizers: tuple[EffectiveOptimizer, ...], whole: Whole, cell: int | None, reader: Reader
) -> list[types.CodeLens]:
    """The code lenses of a file or cell. A lens without a command only shows its text."""
    places = reader.places(whole.part(cell))
    return [
        types.CodeLens(places.for_editor(one.range), types.Command(in_short(one), ""))
        for one in optimizers
        if one.range.cell == cell
    ]
