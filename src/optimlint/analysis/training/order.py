"""Where the events of a routine stand to one another: in which loop, on which paths, one behind the other."""

from optimlint.facts.training import Act, Event, Loop, Routine, Subject, Turn, TurnKind, Turns


def common(one: Event, other: Event) -> Turns:
    """The turns that lead to both."""
    count = 0
    for first, second in zip(one.turns, other.turns, strict=False):
        if (first.kind, first.site, first.arm) != (second.kind, second.site, second.arm):
            break
        count += 1
    return one.turns[:count]


def exclude(one: Event, other: Event) -> bool:
    """Whether one round, or one run, reaches only one of both."""
    shared = len(common(one, other))
    if len(one.turns) > shared and len(other.turns) > shared:
        first, second = one.turns[shared], other.turns[shared]
        if first.kind is second.kind is TurnKind.ARM and first.site == second.site:
            return True
    return one.reach.excludes(other.reach)


def innermost_loop(turns: Turns) -> Turns:
    """The turns up to the innermost loop, it included; none where there is no loop."""
    for count in range(len(turns), 0, -1):
        if turns[count - 1].kind is TurnKind.LOOP:
            return turns[:count]
    return ()


def is_within(event: Event, turns: Turns) -> bool:
    """Whether an event stands where the turns lead."""
    return event.turns[: len(turns)] == turns


def own_loop(routine: Routine, turns: Turns) -> Loop | None:
    """The loop to which the turns lead, where it is the routine's own and not one of a function that it calls."""
    if any(turn.kind is TurnKind.CALL for turn in turns) or not turns:
        return None
    return routine.loop(turns[-1].site)


def periodic(turns: Turns) -> Turn | None:
    """The first arm among the turns that is taken every n-th time."""
    return next((turn for turn in turns if turn.is_periodic), None)


def comes_back(routine: Routine, event: Event, loop: Turns) -> bool:
    """Whether a round in which the event takes place surely does not end the loop."""
    position = routine.events.index(event)
    return not any(
        one.act in (Act.LEAVE, Act.LEAVE_LOOP)
        and is_within(one, loop)
        and is_within(event, one.turns)
        and (one.act is Act.LEAVE or innermost_loop(one.turns) == loop)
        for one in routine.events[position + 1 :]
    )


def is_made_in(subject: Subject, loop: Loop) -> bool:
    """Whether an object is made anew in each round."""
    return subject.made_at is not None and loop.start <= subject.made_at < loop.end


def meet(one: tuple[Subject, ...], other: tuple[Subject, ...]) -> bool:
    """Whether objects of both may be the same, or a part of the other."""
    return any(first.meets(second) for first in one for second in other)
