"""Models that stay in evaluation mode while training continues."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.analysis.training.order import (
    comes_back,
    common,
    exclude,
    innermost_loop,
    is_made_in,
    is_within,
    own_loop,
)
from optimlint.analysis.training.relations import may_be
from optimlint.facts.training import Act, Event, Loop, Routine, Subject, Trait, Turns


@dataclass(frozen=True, slots=True)
class KeptMode:
    """A model that stays in evaluation mode in the following rounds of a loop. `eval` sets the mode, `backward` is the
    backward pass that trains the model in it."""

    model: Subject
    eval: Event
    backward: Event
    loop: Loop


def kept_modes(routine: Routine) -> Iterator[KeptMode]:
    """The models that stay in evaluation mode in the routine's own loops."""
    for number, event in enumerate(routine.events):
        if event.act is not Act.EVAL or len(event.subjects) != 1 or _is_repeated(routine, number):
            continue
        if event.subjects[0].is_one_of_many or event.subjects[0].is_plain:
            continue
        backward, turns = _trained_before(routine, number)
        loop = own_loop(routine, turns)
        if backward is None or loop is None or exclude(event, backward) or not comes_back(routine, event, turns):
            continue
        model = event.subjects[0]
        if is_made_in(model, loop) or _is_made_within(routine, turns, model):
            continue
        if any(turn.is_once for turn in event.turns[len(turns) :]):
            continue  # Usually the last round, or the round from which on the author freezes the model.
        if _stays(routine, turns, model) and _trains(routine, turns, model, backward):
            yield KeptMode(_as_called(routine, model), event, backward, loop)


def _is_repeated(routine: Routine, number: int) -> bool:
    """Whether the same block sets the same model to evaluation mode before."""
    event = routine.events[number]
    return event.is_own and any(
        one.act is Act.EVAL and one.is_own and one.turns == event.turns and one.subjects == event.subjects
        for one in routine.events[:number]
    )


def _as_called(routine: Routine, model: Subject) -> Subject:
    """The model under the name that the routine itself uses."""
    own = (one for event in routine.events if event.is_own for one in event.subjects)
    return next((one for one in own if one == model and one.has_name), model)


def _trained_before(routine: Routine, number: int) -> tuple[Event | None, Turns]:
    """The last backward pass before an event in the innermost loop that the two share, and the turns to that loop."""
    found: Event | None = None
    innermost: Turns = ()
    for one in routine.events[:number]:
        if one.act is Act.BACKWARD:
            turns = innermost_loop(common(one, routine.events[number]))
            if len(turns) > len(innermost):
                found, innermost = one, turns
    return found, innermost


def _is_made_within(routine: Routine, turns: Turns, model: Subject) -> bool:
    """Whether the loop creates the model, or an object that contains it, anew."""
    made = (one for event in routine.of(Act.MADE) if is_within(event, turns) for one in event.subjects)
    return any(one.holds(model) for one in made)


def _stays(routine: Routine, turns: Turns, model: Subject) -> bool:
    """Whether nothing in the loop may set the model back to training mode."""
    return not any(
        (one.act is Act.TRAIN and any(may_be(subject, model) for subject in one.subjects))
        or (one.act is Act.OPAQUE and any(subject.holds(model) for subject in one.subjects))
        for one in routine.events
        if is_within(one, turns)
    )


def _trains(routine: Routine, turns: Turns, model: Subject, backward: Event) -> bool:
    """Whether the next round computes gradients through the model, without setting it to evaluation mode for that. A
    function that gets the model and does nothing else in training is assumed to call it."""
    before = [one for one in routine.events[: routine.events.index(backward)] if is_within(one, turns)]
    is_called = any(
        one.act in (Act.FORWARD, Act.METHOD, Act.HELPER)
        and one.is_of(model)
        and Trait.WITHOUT_GRADIENT not in one.traits
        and not exclude(one, backward)
        for one in before
    )
    is_meant = any(one.act is Act.EVAL and one.is_of(model) for one in before)
    return is_called and not is_meant and _may_be_stepped(routine, turns, model)


def _may_be_stepped(routine: Routine, turns: Turns, model: Subject) -> bool:
    """Whether an optimizer that makes steps in the loop, or a framework, may update the model's parameters."""
    steps = [one for one in routine.of(Act.STEP) if is_within(one, turns)]
    held = [routine.held_by(subject) for one in steps for subject in one.subjects]
    if any(one.meets(model) for models in held if models is not None for one in models):
        return True
    is_by_engine = any(is_within(one, turns) and Trait.BY_ENGINE in one.traits for one in routine.of(Act.BACKWARD))
    return not model.is_copy and (None in held or (is_by_engine and not held))
