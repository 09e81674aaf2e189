"""Weights that are kept as the best ones while training goes on."""

from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import Range


class Keeping(Enum):
    """How weights are kept that change later."""

    STATE = "the model's own state dict"
    SHALLOW = "a new dict of the model's own tensors"
    ON_CPU = "a new dict of what is the model's own tensors where it is on a CPU"
    MODEL = "the model itself"


@dataclass(frozen=True, slots=True)
class KeptWeights:
    """Weights of `model` that `place` is bound to where a test says that something improved: what is kept are
    references, and training goes on. `range` is the assignment's target, `uses` are where it is loaded, saved or
    returned.

    `value` is what a copy is written around, `copy_text` what copies there; `addition` is where an import goes that
    this needs, and `addition_text` the import.
    """

    range: Range
    place: str
    model: str
    keeping: Keeping
    test: Range
    uses: tuple[Range, ...]
    value: Range | None
    copy_text: str = ""
    addition: Range | None = None
    addition_text: str = ""
