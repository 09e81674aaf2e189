"""What training code does, in order: the nouns that the rules about the training loop read.

A routine is a function, or the code outside of functions, with all that it does to models, optimizers and loss scalers:
one event after the other, those of the functions that it calls among them. Each event tells where it stands: in which
loops, arms and calls. What a routine does to an object that callers give it, it does to what they give.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from optimlint.diagnostic import Range
from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.facts.names import Scope


class Act(Enum):
    """What an event does."""

    FORWARD = auto()
    """The object is called."""
    METHOD = auto()
    """A method of the object is called that computes something."""
    BACKWARD = auto()
    """Gradients are computed; the objects are what they are computed of."""
    STEP = auto()
    """The optimizer updates its parameters."""
    ZERO = auto()
    """Gradients are zeroed: of an optimizer, a model, or a parameter of either."""
    CLIP = auto()
    """Gradients are clipped."""
    EVAL = auto()
    """The model is put in evaluation mode."""
    TRAIN = auto()
    """The model is put in training mode, or in the mode that it had before."""
    UNSCALE = auto()
    """The scaler takes the loss scale out of the gradients of the optimizer."""
    READ = auto()
    """Gradients are read by hand."""
    GRADIENTS = auto()
    """Gradients are set by hand."""
    MADE = auto()
    """The object, an attribute of another one, is made anew by a call."""
    OPAQUE = auto()
    """The objects are given to a call that cannot be followed, or are what it is a method of."""
    HELPER = auto()
    """A function of this source is called whose own code does nothing in training; the objects are what it is given."""
    LEAVE_ROUND = auto()
    """`continue`."""
    LEAVE_LOOP = auto()
    """`break`."""
    LEAVE = auto()
    """`return`, `raise`, the end of the program."""
    CALL = auto()
    """A function of this source is called. Where a routine is judged, its events stand in place of the call."""


class Trait(Enum):
    """What else is true of an event."""

    WITHOUT_GRADIENT = auto()
    """It stands under `no_grad` or `inference_mode`."""
    BY_ENGINE = auto()
    """A framework does it, with what belongs to it: `accelerator.backward(loss)`."""
    WITH_CLOSURE = auto()
    """The optimizer calls a function that computes the gradients."""
    MEASURES = auto()
    """The limit of a clip is infinite."""
    RESCALED = auto()
    """The limit of a clip is multiplied by the loss scale."""
    BY_HAND = auto()
    """Gradients are zeroed or clipped one parameter at a time."""


class TurnKind(Enum):
    """What a turn leads into."""

    LOOP = auto()
    ARM = auto()
    CALL = auto()


@dataclass(frozen=True, slots=True)
class Turn:
    """One step into the body of a loop, an arm of a branch, or a call; `site` is where that stands. `is_periodic` says
    that the arm is taken every n-th time: its test is one of a counter; `is_once`, that it is taken in one round of the
    loop only, such as the last."""

    kind: TurnKind
    site: int
    arm: str = ""
    is_periodic: bool = False
    is_once: bool = False


Turns = tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A model, an optimizer or a scaler, as far as its identity is known: the object that a name or a call stands for,
    and the attributes from there. `text` is how the code calls it, `made_at` where a call makes it, `is_copy` whether
    that copies another object."""

    identity: int
    path: tuple[str, ...] = ()
    text: str = field(default="", compare=False)
    made_at: int | None = field(default=None, compare=False)
    is_copy: bool = field(default=False, compare=False)
    is_plain: bool = field(default=False, compare=False)
    """Whether it surely is a model without dropout, batch norm or another layer that has two modes."""

    def holds(self, other: "Subject") -> bool:
        """Whether `other` is this object or a part of it."""
        return self.identity == other.identity and other.path[: len(self.path)] == self.path

    def meets(self, other: "Subject") -> bool:
        """Whether one of both is the other or a part of it."""
        return self.holds(other) or other.holds(self)

    @property
    def is_one_of_many(self) -> bool:
        """Whether it stands for each of several objects: an element of a collection, other than under a literal key."""
        return any(part.startswith("[") and part[1:2] not in "'\"" for part in self.path)

    @property
    def has_name(self) -> bool:
        """Whether its text can be written again."""
        return all(part.isidentifier() for part in self.text.split("."))


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement that an event stands in, which begins its own line: where it stands, the end of its last line, the
    white space before it, and its code."""

    range: Range
    line_end: Range
    indentation: str
    code: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a routine does. `subjects` are the objects that it does it to: any of them, where branches meet.

    `through` are the calls that lead there from the routine, outermost first; `scalers` the loss scalers that scale
    what a backward pass goes through, make the step, or take the scale out.
    """

    act: Act
    subjects: tuple[Subject, ...]
    range: Range
    order: int
    turns: Turns = ()
    reach: Reach = EVERYWHERE
    traits: frozenset[Trait] = frozenset()
    scalers: tuple[Subject, ...] = ()
    statement: Statement | None = None
    through: tuple[Range, ...] = ()
    callee: "Callee | None" = None

    @property
    def place(self) -> Range:
        """Where the routine itself does it: the event, or the call that leads there."""
        return self.through[0] if self.through else self.range

    @property
    def is_own(self) -> bool:
        """Whether the routine itself does it, and no function that it calls."""
        return not self.through

    def is_of(self, subject: Subject) -> bool:
        """Whether it may be done to the object, a part of it, or what it is a part of."""
        return any(one.meets(subject) for one in self.subjects)


@dataclass(frozen=True, slots=True)
class Callee:
    """The function that a call calls, and what its parameters and its `self` are there."""

    scope: Scope
    given: tuple[tuple[Subject, tuple[Subject, ...]], ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop of a routine. `start` and `end` are offsets; `first` is the first statement of its body."""

    site: int
    range: Range
    start: int
    end: int
    first: Statement | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a function, or the code outside of functions, does: its events in order, calls among them, not followed."""

    scope: Scope
    events: tuple[Event, ...]
    loops: tuple[Loop, ...]


@dataclass(frozen=True, slots=True)
class Routine:
    """What a function, or the code outside of functions, does in the end: the calls that can be followed replaced by
    what they do."""

    scope: Scope
    events: tuple[Event, ...]
    loops: tuple[Loop, ...]
    optimizers: tuple["Holder", ...] = ()

    def of(self, *acts: Act) -> tuple[Event, ...]:
        """The events of these kinds, in order."""
        return tuple(event for event in self.events if event.act in acts)

    def loop(self, site: int) -> Loop | None:
        """The routine's own loop that stands there."""
        return next((loop for loop in self.loops if loop.site == site), None)

    def held_by(self, optimizer: Subject) -> tuple[Subject, ...] | None:
        """The models whose parameters an optimizer has; None where that is not known."""
        return next((one.models for one in self.optimizers if one.optimizer == optimizer), None)


@dataclass(frozen=True, slots=True)
class Holder:
    """An optimizer that this source constructs, and the models whose parameters it has."""

    optimizer: Subject
    models: tuple[Subject, ...]
