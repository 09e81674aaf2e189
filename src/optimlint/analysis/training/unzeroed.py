"""Optimizers whose gradients are never zeroed: each step uses the sum of all gradients so far."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.analysis.training.order import comes_back, exclude, is_made_in, is_within, own_loop
from optimlint.analysis.training.relations import may_reach, may_zero
from optimlint.facts.training import Act, Event, Routine, Subject, Trait, TurnKind, Turns


@dataclass(frozen=True, slots=True)
class Unzeroed:
    """A step whose gradients come from `backward` and are zeroed nowhere in the loop. `zeroed` is an event that zeroes
    other gradients, those of another optimizer."""

    optimizer: Subject
    step: Event
    backward: Event
    zeroed: Event | None


def unzeroed(routine: Routine) -> Iterator[Unzeroed]:
    """The steps in the routine's own loops whose gradients are never zeroed."""
    for step in routine.of(Act.STEP):
        if len(step.subjects) != 1 or not step.traits.isdisjoint((Trait.WITH_CLOSURE, Trait.BY_ENGINE)):
            continue
        loops = (each for each in _training_loops(routine, step) if comes_back(routine, step, each[0]))
        turns, backward = next(loops, ((), None))
        loop = own_loop(routine, turns)
        optimizer = step.subjects[0]
        if backward is None or loop is None:
            continue
        models = routine.held_by(optimizer)
        is_of_no_model = models is None and optimizer.identity < 0
        made = (optimizer, *(models or ()))
        if is_of_no_model or any(is_made_in(one, loop) for one in made):
            continue
        events = [event for event in routine.events if is_within(event, turns)]
        if not any(_may_help(routine, event, optimizer) for event in events):
            zeroed = next((event for event in events if event.act is Act.ZERO), None)
            yield Unzeroed(optimizer, step, backward, zeroed)


def _training_loops(routine: Routine, step: Event) -> Iterator[tuple[Turns, Event]]:
    """The loops that contain the step and a backward pass before it, innermost first, each with that backward pass."""
    above = [event for event in routine.events[: routine.events.index(step)] if event.act is Act.BACKWARD]
    for count in range(len(step.turns), 0, -1):
        if step.turns[count - 1].kind is TurnKind.LOOP:
            turns = step.turns[:count]
            found = [one for one in above if is_within(one, turns) and not exclude(one, step)]
            if found:
                yield turns, found[-1]


def _may_help(routine: Routine, event: Event, optimizer: Subject) -> bool:
    """Whether an event may zero the optimizer's gradients, or leaves that to a framework."""
    is_by_engine = event.act is Act.BACKWARD and Trait.BY_ENGINE in event.traits
    is_by_hand = event.act in (Act.GRADIENTS, Act.CALL) or is_by_engine
    return is_by_hand or may_zero(routine, event, optimizer) or may_reach(routine, event, optimizer)
