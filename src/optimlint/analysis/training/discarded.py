"""Gradients that are zeroed before a step uses them."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.analysis.training.order import exclude, innermost_loop, is_within, own_loop
from optimlint.analysis.training.relations import optimizers_in, surely_zeroes
from optimlint.facts.training import Act, Event, Routine, Subject, Trait, TurnKind, Turns


@dataclass(frozen=True, slots=True)
class Discarded:
    """Gradients that `zero` discards although `step` should have used them. `is_periodic` is set if the step is made
    only every n-th round. `again` is an event that zeroes them after the step, too."""

    zero: Event
    step: Event
    backward: Event
    is_periodic: bool
    again: Event | None = None


def discarded_gradients(routine: Routine) -> Iterator[Discarded]:
    """The events that zero gradients too early."""
    for step in routine.of(Act.STEP):
        if len(step.subjects) == 1 and Trait.WITH_CLOSURE not in step.traits:
            yield from _between(routine, step)
            yield from _at_every_round(routine, step)


def _between(routine: Routine, step: Event) -> Iterator[Discarded]:
    """The pattern of a backward pass, `zero_grad` and the step, in this order in one block."""
    zero: Event | None = None
    for event in reversed(routine.events[: routine.events.index(step)]):
        if event.act in (Act.STEP, Act.READ, Act.GRADIENTS, Act.CALL):
            return
        if event.act is Act.BACKWARD:
            if zero is not None and event.turns == step.turns and Trait.BY_ENGINE not in event.traits:
                yield Discarded(zero, step, event, is_periodic=False)
            return
        if zero is None and event.act is Act.ZERO and event.turns == step.turns:
            if surely_zeroes(routine, event, step.subjects[0]):
                zero = event
        elif zero is None and _is_given(event, step.subjects[0]):
            return


def _is_given(event: Event, optimizer: Subject) -> bool:
    """Whether the optimizer is passed to a function that may do anything with it."""
    return event.act in (Act.OPAQUE, Act.HELPER) and any(one.holds(optimizer) for one in event.subjects)


def _at_every_round(routine: Routine, step: Event) -> Iterator[Discarded]:
    """The pattern of `zero_grad` in every round of a loop and the step only in every n-th."""
    number = next((number for number, turn in enumerate(step.turns) if turn.is_periodic), None)
    loop = innermost_loop(step.turns[:number]) if number is not None else ()
    if number is None or own_loop(routine, loop) is None:
        return
    arm = step.turns[: number + 1]
    events = [event for event in routine.events if is_within(event, loop)]
    backward = next((event for event in events if event.act is Act.BACKWARD), None)
    if backward is None or not _accumulates(events, loop, arm, step):
        return
    for event in events:
        is_always = is_within(step, event.turns) and not is_within(event, arm) and not exclude(event, step)
        if is_always and surely_zeroes(routine, event, step.subjects[0]):
            again = next((one for one in events if _follows(routine, one, step, arm)), None)
            yield Discarded(event, step, backward, is_periodic=True, again=again)


def _accumulates(events: list[Event], loop: Turns, arm: Turns, step: Event) -> bool:
    """Whether every round computes gradients once, and no other optimizer makes steps in the loop."""
    backwards = [event for event in events if event.act is Act.BACKWARD]
    is_plain = all(
        Trait.BY_ENGINE not in event.traits
        and not is_within(event, arm)
        and not any(turn.kind is TurnKind.LOOP or turn.is_periodic for turn in event.turns[len(loop) :])
        and not exclude(event, step)
        for event in backwards
    )
    is_simple = not any(event.act in (Act.READ, Act.GRADIENTS, Act.CALL) for event in events)
    return is_plain and is_simple and set(optimizers_in(events)) == set(step.subjects)


def _follows(routine: Routine, event: Event, step: Event, arm: Turns) -> bool:
    """Whether an event zeroes the gradients again after the step."""
    return (
        is_within(event, arm)
        and routine.events.index(event) > routine.events.index(step)
        and surely_zeroes(routine, event, step.subjects[0])
    )
