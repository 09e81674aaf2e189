"""Events of training code in order: the input of rules about the training loop.

A routine is a function, or the code outside of functions, with everything that it does to models, optimizers and loss
scalers: a sequence of events, including those of the functions that it calls. Each event has its position: the loops,
branch arms and calls that lead to it. An event on a parameter of a function is an event on the caller's argument.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

from optimlint.diagnostic import Range
from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.facts.names import Scope


class Act(Enum):
    """The kind of an event."""

    FORWARD = auto()
    """The object is called."""
    METHOD = auto()
    """A method of the object that computes something is called."""
    BACKWARD = auto()
    """Gradients are computed; the objects are the loss, or the object whose `backward` is called."""
    STEP = auto()
    """The optimizer updates its parameters."""
    ZERO = auto()
    """Gradients are zeroed: those of an optimizer, a model, or a parameter of either."""
    CLIP = auto()
    """Gradients are clipped."""
    EVAL = auto()
    """The model is set to evaluation mode."""
    TRAIN = auto()
    """The model is set to training mode, or to the mode that it had before."""
    UNSCALE = auto()
    """The scaler removes the loss scale from the optimizer's gradients."""
    READ = auto()
    """Code reads gradients directly."""
    GRADIENTS = auto()
    """Code assigns gradients directly."""
    MADE = auto()
    """A call creates the object, which is an attribute of another one, anew."""
    OPAQUE = auto()
    """The objects are passed to a call that cannot be followed, or a method of theirs is."""
    HELPER = auto()
    """A function of this source is called whose own code has no events; the objects are its arguments."""
    LEAVE_ROUND = auto()
    """`continue`."""
    LEAVE_LOOP = auto()
    """`break`."""
    LEAVE = auto()
    """`return`, `raise`, or the end of the program."""
    CALL = auto()
    """A function of this source is called. In a routine, its events replace the call."""


class Trait(Enum):
    """Additional properties of an event."""

    WITHOUT_GRADIENT = auto()
    """It is under `no_grad` or `inference_mode`."""
    BY_ENGINE = auto()
    """A framework does it, with additional steps of its own: `accelerator.backward(loss)`."""
    WITH_CLOSURE = auto()
    """The optimizer calls a function that computes the gradients."""
    MEASURES = auto()
    """The limit of a clip is infinite, so that it only computes the norm."""
    RESCALED = auto()
    """The limit of a clip is multiplied by the loss scale."""
    BY_HAND = auto()
    """Gradients are zeroed or clipped one parameter at a time."""


class TurnKind(Enum):
    """The kind of code that a turn enters."""

    LOOP = auto()
    ARM = auto()
    CALL = auto()


@dataclass(frozen=True, slots=True)
class Turn:
    """One step on the path to an event: into the body of a loop, an arm of a branch, or a called function. `site` is
    the position of the loop, branch or call. `is_periodic` is set if the arm is taken every n-th time, by a test of a
    counter; `is_once` if it is taken in only one round of the loop, such as the last."""

    kind: TurnKind
    site: int
    arm: str = ""
    is_periodic: bool = False
    is_once: bool = False


Turns = tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A model, an optimizer or a scaler, as far as its identity is known: an object that a name or a call stands for,
    with the attributes from there. `text` is its expression in the code, `made_at` the position of the call that
    creates it, and `is_copy` whether that call copies another object."""

    identity: int
    path: tuple[str, ...] = ()
    text: str = field(default="", compare=False)
    made_at: int | None = field(default=None, compare=False)
    is_copy: bool = field(default=False, compare=False)
    is_plain: bool = field(default=False, compare=False)
    """Whether it is surely a model without dropout, batch norm or another layer whose behavior depends on the mode."""

    def holds(self, other: "Subject") -> bool:
        """Whether `other` is this object or a part of it."""
        return self.identity == other.identity and other.path[: len(self.path)] == self.path

    def meets(self, other: "Subject") -> bool:
        """Whether one of the two is the other or a part of it."""
        return self.holds(other) or other.holds(self)

    @property
    def is_one_of_many(self) -> bool:
        """Whether it stands for any of several objects: an element of a collection, unless under a literal key."""
        return any(part.startswith("[") and part[1:2] not in "'\"" for part in self.path)

    @property
    def has_name(self) -> bool:
        """Whether its text is a dotted name, which can be written again."""
        return all(part.isidentifier() for part in self.text.split("."))


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement of an event, if it starts its own line: its range, the end of its last line, its indentation, and
    its code."""

    range: Range
    line_end: Range
    indentation: str
    code: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a routine does. `subjects` are the objects that it is done to: any one of them, if branches choose
    between them.

    `through` are the calls that lead from the routine to it, outermost first. `scalers` are the loss scalers that scale
    the loss of a backward pass, make the step, or unscale the gradients.
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
        """The range in the routine itself: the event, or the call that leads to it."""
        return self.through[0] if self.through else self.range

    @property
    def is_own(self) -> bool:
        """Whether the routine itself does it and not a function that it calls."""
        return not self.through

    def is_of(self, subject: Subject) -> bool:
        """Whether it may be done to the object, a part of it, or an object that contains it."""
        return any(one.meets(subject) for one in self.subjects)


@dataclass(frozen=True, slots=True)
class Callee:
    """The function that a call calls, and for its parameters and `self` the objects that the call passes."""

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
    """The events of a function, or of the code outside of functions, in order. Calls are events, not followed."""

    scope: Scope
    events: tuple[Event, ...]
    loops: tuple[Loop, ...]


@dataclass(frozen=True, slots=True)
class Routine:
    """The events of a function, or of the code outside of functions, with calls that can be followed replaced by the
    events of the called functions."""

    scope: Scope
    events: tuple[Event, ...]
    loops: tuple[Loop, ...]
    optimizers: tuple["Holder", ...] = ()

    def of(self, *acts: Act) -> tuple[Event, ...]:
        """The events of these kinds, in order."""
        return tuple(event for event in self.events if event.act in acts)

    def loop(self, site: int) -> Loop | None:
        """The routine's own loop at `site`; None if there is none."""
        return next((loop for loop in self.loops if loop.site == site), None)

    def held_by(self, optimizer: Subject) -> tuple[Subject, ...] | None:
        """The models whose parameters an optimizer has; None if they are not known."""
        return next((one.models for one in self.optimizers if one.optimizer == optimizer), None)


@dataclass(frozen=True, slots=True)
class Holder:
    """An optimizer that this source constructs, and the models whose parameters it has."""

    optimizer: Subject
    models: tuple[Subject, ...]
