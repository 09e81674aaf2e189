"""Clips without the intended effect: of gradients that are still scaled, or that no step uses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from optimlint.analysis.training.order import exclude, innermost_loop, is_within, meet
from optimlint.analysis.training.relations import may_be, may_reach, optimizers_in, surely_zeroes
from optimlint.facts.training import Act, Event, Routine, Subject, Trait, Turns

_NOT_JUDGED = (Trait.BY_ENGINE, Trait.BY_HAND, Trait.MEASURES, Trait.RESCALED)
"""Traits of clips whose limit may be meant for scaled gradients."""


@dataclass(frozen=True, slots=True)
class ScaledClip:
    """A clip of gradients that a loss scaler has scaled and nothing has unscaled."""

    clip: Event
    backward: Event
    step: Event
    late: Event | None
    """The event that unscales them after the clip."""
    is_ever_unscaled: bool
    """Whether the routine unscales any gradients."""


class Idle(Enum):
    """Why a clip does nothing."""

    BEFORE_BACKWARD = auto()
    """There is nothing to clip yet: the gradients are zeroed, and computed only after the clip."""
    AFTER_STEP = auto()
    """The step has been made, and the gradients are zeroed next."""


@dataclass(frozen=True, slots=True)
class IdleClip:
    """A clip that affects no step. `before` is the event before it, `step` the step that it should affect."""

    clip: Event
    why: Idle
    before: Event
    step: Event


def scaled_clips(routine: Routine) -> Iterator[ScaledClip]:
    """The torch clips whose limit is compared with scaled gradients."""
    events = routine.events
    for number, clip in enumerate(events):
        if clip.act is not Act.CLIP or not clip.traits.isdisjoint(_NOT_JUDGED):
            continue
        before = [one for one in events[:number] if one.act is Act.BACKWARD and not exclude(one, clip)]
        # Of two branch arms, one with a scaler and one without, either may compute the clipped gradients.
        last = [one for one in before if one is before[-1] or exclude(one, before[-1])]
        backward = next((one for one in reversed(last) if one.scalers), None)
        if backward is None:
            continue
        step = next((one for one in events[number:] if _steps(one, clip, backward)), None)
        if backward is not before[-1] and _is_stepped_without(events[number:], clip):
            continue
        between = events[events.index(backward) : number]
        if step is None or any(_may_unscale(routine, one, step) and not exclude(one, clip) for one in between):
            continue
        if _may_be_stepped(routine, clip, step):
            late = next((one for one in events[number:] if one.act is Act.UNSCALE and not exclude(one, clip)), None)
            yield ScaledClip(clip, backward, step, late, bool(routine.of(Act.UNSCALE)))


def _steps(event: Event, clip: Event, backward: Event) -> bool:
    return (
        event.act is Act.STEP
        and meet(event.scalers, backward.scalers)
        and bool(event.subjects)
        and not exclude(event, clip)
        and not exclude(event, backward)
    )


def _is_stepped_without(behind: Sequence[Event], clip: Event) -> bool:
    """Whether the block of a clip has a step of its own, without a scaler."""
    own = next((one for one in behind if one.act is Act.STEP and one.turns == clip.turns), None)
    return own is not None and not own.scalers


def _may_unscale(routine: Routine, event: Event, step: Event) -> bool:
    if event.act in (Act.UNSCALE, Act.CALL):
        return True
    is_given = event.act in (Act.OPAQUE, Act.HELPER) and meet(event.subjects, step.scalers)
    return is_given or any(may_reach(routine, event, one) for one in step.subjects)


def _may_be_stepped(routine: Routine, clip: Event, step: Event) -> bool:
    """Whether the optimizer may update the clipped parameters."""
    held = [routine.held_by(one) for one in step.subjects]
    return not clip.subjects or any(models is None or meet(models, clip.subjects) for models in held)


def idle_clips(routine: Routine) -> Iterator[IdleClip]:
    """The clips that affect no step."""
    for clip in routine.of(Act.CLIP):
        if not clip.traits.isdisjoint((Trait.BY_ENGINE, Trait.MEASURES)):
            continue
        loop = innermost_loop(clip.turns)
        events = [one for one in routine.events if is_within(one, loop)]
        optimizer = _optimizer_of(routine, events, clip)
        if optimizer is None or not any(one.act is Act.BACKWARD for one in events):
            continue
        position = events.index(clip)
        around = [*events[position + 1 :], *events[:position]]
        found = _judge(routine, clip, _relevant(routine, around, clip, optimizer), optimizer, loop)
        if found is not None:
            yield found


def _optimizer_of(routine: Routine, events: Sequence[Event], clip: Event) -> Subject | None:
    """The one optimizer that uses the clipped gradients; None if it is not known."""
    optimizers = optimizers_in(events)
    if len(optimizers) > 1:
        held = [(one, routine.held_by(one)) for one in optimizers]
        optimizers = tuple(one for one, models in held if models is None or meet(models, clip.subjects))
        if any(models is None for _, models in held):
            return None
    return optimizers[0] if len(optimizers) == 1 and not optimizers[0].is_one_of_many else None


def _relevant(routine: Routine, around: Sequence[Event], clip: Event, optimizer: Subject) -> list[Event]:
    """The events that concern the gradients in one round of the loop, from the clip on until it comes again."""
    acts = (Act.ZERO, Act.BACKWARD, Act.STEP, Act.READ, Act.GRADIENTS, Act.CALL)
    return [one for one in around if (one.act in acts or may_reach(routine, one, optimizer)) and not exclude(one, clip)]


def _judge(routine: Routine, clip: Event, around: Sequence[Event], optimizer: Subject, loop: Turns) -> IdleClip | None:
    if not around:
        return None
    following, preceding = around[0], around[-1]
    step = next((one for one in around if one.act is Act.STEP), preceding)
    if not _is_sure(preceding, clip, loop):
        return None
    if surely_zeroes(routine, preceding, optimizer) and following.act is not Act.OPAQUE:
        return IdleClip(clip, Idle.BEFORE_BACKWARD, preceding, step) if following.act is Act.BACKWARD else None
    is_step = preceding.act is Act.STEP and any(may_be(one, optimizer) for one in preceding.subjects)
    if is_step and surely_zeroes(routine, following, optimizer) and _is_sure(following, clip, loop):
        return IdleClip(clip, Idle.AFTER_STEP, preceding, preceding)
    return None


def _is_sure(event: Event, clip: Event, loop: Turns) -> bool:
    """Whether an event happens in every round in which the clip does."""
    return is_within(clip, event.turns) or event.turns == loop
