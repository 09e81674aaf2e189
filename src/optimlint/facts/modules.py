"""What the classes of models hold that no optimizer ever gets."""

from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import Range
from optimlint.facts.models import Exposed
from optimlint.facts.names import Model, Scope


class Hiding(Enum):
    """How a model keeps parameters where `parameters()` does not find them."""

    ANOTHER_TENSOR = "an attribute holds what a parameter was made into, and no parameter"
    COLLECTION = "a list, tuple or dict holds them"


@dataclass(frozen=True, slots=True)
class Move:
    """Text that stands around the brackets of a call, to be moved into them: `before` and `after` are where it stands,
    `inside` is the call's first argument, `is_atom` whether this can take a suffix without brackets of its own.

    `is_device` says that all of it moves a tensor to a device."""

    before: Range
    before_text: str
    after: Range
    after_text: str
    inside: Range
    is_atom: bool
    is_device: bool


@dataclass(frozen=True, slots=True)
class Unregistered:
    """Parameters that the class `owner` holds by `self.attribute` without registering them.

    `range` is the assignment's target, `made` are the calls that make the parameters or modules, `does` is what turns
    a parameter into another tensor (`.to(device)`, `* 0.1`). `exposed` is what other files may reach it by.
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
    """The collection's display where it stands, which a container of torch may be written around."""
    display_text: str = ""
    container: str = ""
    """The container of torch that registers such things, as the code would write it."""

    @property
    def holds_parameters(self) -> bool:
        """Whether it holds parameters themselves, and no modules."""
        return all(kind == "Parameter" for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Switch:
    """An assignment that looks as if it switched the gradient of `owner`, and switches nothing: of an attribute that is
    spelt otherwise than `requires_grad`, or of a module, which has no such attribute.

    `range` is the assignment's target, `name_range` the attribute's name in it. `turns_on` is None where it is not
    known whether gradients are wanted. `model` is the module meant, None for what a loop goes over; `frozen` is where
    another assignment to it meant to freeze it before.
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
    """Whether it was frozen before, with effect or without."""
    call: Range | None = None
    """From the attribute's name to the end of the value: what a call takes the place of."""
    call_text: str = ""

    @property
    def is_mistyped(self) -> bool:
        return self.attribute != "requires_grad"


@dataclass(frozen=True, slots=True)
class FreshLayer:
    """A layer that the forward pass of class `owner` makes anew and calls, each time: `range` is its construction,
    `used` where it is called. `begins_alike` says that its weights begin with the same values each time."""

    range: Range
    owner: str
    method: str
    kind: str
    used: Range
    begins_alike: bool
