"""Weights that are kept as the best ones while training continues."""

from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import Range


class Keeping(Enum):
    """The kind of reference by which weights are kept, so that later steps change them."""

    STATE = "the model's own state dict"
    SHALLOW = "a new dict of the model's own tensors"
    ON_CPU = "a new dict of what is the model's own tensors where it is on a CPU"
    MODEL = "the model itself"


@dataclass(frozen=True, slots=True)
class KeptWeights:
    """Weights of `model` that are assigned to `place` when a test shows an improvement. The assignment keeps
    references, and training continues. `range` is the target of the assignment; `uses` are the places where the weights
    are loaded, saved or returned.

    A fix wraps a copy, `copy_text`, around `value`, and inserts the import `addition_text` at `addition` if the copy
    needs it.
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
