"""Faults in model classes: parameters that no optimizer gets, switches of gradients without effect, and layers that are
created in each forward pass."""

from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import Range
from optimlint.facts.models import Exposed
from optimlint.facts.names import Model, Scope


class Hiding(Enum):
    """How a model keeps parameters so that `parameters()` does not find them."""

    ANOTHER_TENSOR = "an attribute holds what a parameter was made into, and no parameter"
    COLLECTION = "a list, tuple or dict holds them"


@dataclass(frozen=True, slots=True)
class Move:
    """Text around a call that a fix moves inside the call's brackets. `before` and `after` are the ranges of the text,
    and `inside` is the call's first argument. `is_atom` is set if the argument can take a suffix without parentheses.

    `is_device` is set if all of the text only moves a tensor to a device.
    """

    before: Range
    before_text: str
    after: Range
    after_text: str
    inside: Range
    is_atom: bool
    is_device: bool


@dataclass(frozen=True, slots=True)
class Unregistered:
    """Parameters that the class `owner` keeps in `self.attribute` without registering them.

    `range` is the target of the assignment, `made` are the calls that create the parameters or modules, and `does` is
    the code that turns a parameter into another tensor (`.to(device)`, `* 0.1`). `exposed` is the name by which other
    files may use it.
    """

    hiding: Hiding
    range: Range
    owner: str
    attribute: str
    made: tuple[Range, ...]
    kinds: tuple[str, ...]
    does: str = ""
    exposed: Exposed | None = None
    move: Move | None = None
    display: Range | None = None
    """The range of the collection's display, around which a torch container can be written."""
    display_text: str = ""
    container: str = ""
    """The torch container that registers such objects, as the code would write it."""

    @property
    def holds_parameters(self) -> bool:
        """Whether it keeps bare parameters and no modules."""
        return all(kind == "Parameter" for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Switch:
    """An assignment that looks as if it enabled or disabled the gradient of `owner` but has no effect: the attribute is
    not spelled `requires_grad`, or the owner is a module, on which it does nothing.

    `range` is the target of the assignment, `name_range` the attribute's name in it. `turns_on` is None if it is not
    known whether gradients are wanted. `model` is the module meant, None for the variable of a loop. `frozen` is the
    range of an earlier assignment that was meant to freeze it.
    """

    range: Range
    name_range: Range
    owner: str
    attribute: str
    is_parameter: bool
    turns_on: bool | None
    scope: Scope
    model: Model | None = None
    frozen: Range | None = None
    is_frozen: bool = False
    """Whether it was frozen before, with or without effect."""
    call: Range | None = None
    """From the attribute's name to the end of the value: the range that a call replaces."""
    call_text: str = ""

    @property
    def is_mistyped(self) -> bool:
        return self.attribute != "requires_grad"


@dataclass(frozen=True, slots=True)
class FreshLayer:
    """A layer that the forward pass of class `owner` constructs and calls each time. `range` is its construction,
    `used` the call. `begins_alike` is set if its weights are initialized to the same values each time."""

    range: Range
    owner: str
    method: str
    kind: str
    used: Range
    begins_alike: bool
