"""Relative positions of the events of a routine: loops, branches and order."""

from optimlint.facts.training import Act, Event, Loop, Routine, Subject, Turn, TurnKind, Turns


def common(one: Event, other: Event) -> Turns:
    """The turns that lead to both events."""
    count = 0
    for first, second in zip(one.turns, other.turns, strict=False):
        if (first.kind, first.site, first.arm) != (second.kind, second.site, second.arm):
            break
        count += 1
    return one.turns[:count]


def exclude(one: Event, other: Event) -> bool:
    """Whether no round, or no run, reaches both events."""
    shared = len(common(one, other))
    if len(one.turns) > shared and len(other.turns) > shared:
        first, second = one.turns[shared], other.turns[shared]
        if first.kind is second.kind is TurnKind.ARM and first.site == second.site:
            return True
    return one.reach.excludes(other.reach)


def innermost_loop(turns: Turns) -> Turns:
    """The turns up to and including the innermost loop; empty if there is no loop."""
    for count in range(len(turns), 0, -1):
        if turns[count - 1].kind is TurnKind.LOOP:
            return turns[:count]
    return ()


def is_within(event: Event, turns: Turns) -> bool:
    """Whether an event is in the loop, arm or call that the turns lead to."""
    return event.turns[: len(turns)] == turns


def own_loop(routine: Routine, turns: Turns) -> Loop | None:
    """The loop that the turns lead to, if it is in the routine itself and not in a function that it calls."""
    if any(turn.kind is TurnKind.CALL for turn in turns) or not turns:
        return None
    return routine.loop(turns[-1].site)


def periodic(turns: Turns) -> Turn | None:
    """The first turn into an arm that is taken every n-th time."""
    return next((turn for turn in turns if turn.is_periodic), None)


def comes_back(routine: Routine, event: Event, loop: Turns) -> bool:
    """Whether a round with the event surely does not end the loop."""
    position = routine.events.index(event)
    return not any(
        one.act in (Act.LEAVE, Act.LEAVE_LOOP)
        and is_within(one, loop)
        and is_within(event, one.turns)
        and (one.act is Act.LEAVE or innermost_loop(one.turns) == loop)
        for one in routine.events[position + 1 :]
    )


def is_made_in(subject: Subject, loop: Loop) -> bool:
    """Whether an object is created anew in each round."""
    return subject.made_at is not None and loop.start <= subject.made_at < loop.end


def meet(one: tuple[Subject, ...], other: tuple[Subject, ...]) -> bool:
    """Whether an object of one tuple may be the same as, contain, or be a part of, an object of the other."""
    return any(first.meets(second) for first in one for second in other)
