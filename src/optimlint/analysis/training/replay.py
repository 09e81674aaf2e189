"""Turn function summaries into routines: each call that can be followed is replaced by the events of the called
function, with the caller's objects in place of its parameters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from optimlint.facts.names import Scope
from optimlint.facts.training import Act, Callee, Event, Holder, Routine, Subject, Summary, Turn, TurnKind

_DEEPEST = 5
_MOST_EVENTS = 600
_MOST_SUBJECTS = 12
_LEAVING = (Act.LEAVE, Act.LEAVE_ROUND, Act.LEAVE_LOOP)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that is being inlined."""

    event: Event
    callee: Callee


def routines(summaries: Mapping[Scope, Summary], holders: tuple[Holder, ...]) -> tuple[Routine, ...]:
    """The routines of all functions, and of the code outside of functions, that compute gradients."""
    found: list[Routine] = []
    computing = _computing(summaries)
    for scope, summary in summaries.items():
        if scope in computing:
            calls: list[Callee] = []
            events = _followed(summary, summaries, calls)
            known = tuple(one for holder in holders if (one := _as_given(holder, calls)) is not None)
            found.append(Routine(scope, events, summary.loops, known))
    return tuple(found)


def _as_given(holder: Holder, calls: list[Callee]) -> Holder | None:
    """The optimizer with the models that callers pass to the function that creates it; None if a parameter may be
    several models."""
    models: dict[Subject, None] = {}
    for model in holder.models:
        meant = dict.fromkeys(one for callee in calls for one in _meant(model, callee) if one != model)
        if len(meant) > 1:
            return None
        models.update(meant or {model: None})
    return Holder(holder.optimizer, tuple(models))


def _computing(summaries: Mapping[Scope, Summary]) -> set[Scope]:
    """The functions that compute gradients, or call one that does."""
    callers: dict[Scope, list[Scope]] = {}
    pending: list[Scope] = []
    for scope, summary in summaries.items():
        for event in summary.events:
            if event.callee is not None:
                callers.setdefault(event.callee.scope, []).append(scope)
        if any(event.act is Act.BACKWARD for event in summary.events):
            pending.append(scope)
    found = set(pending)
    while pending:
        for caller in callers.get(pending.pop(), ()):
            if caller not in found:
                found.add(caller)
                pending.append(caller)
    return found


def _followed(summary: Summary, summaries: Mapping[Scope, Summary], followed: list[Callee]) -> tuple[Event, ...]:
    """The events of a summary with calls inlined where possible. Appends the inlined calls to `followed`, with
    arguments expressed as objects of the summary itself."""
    events: list[Event] = []
    pending: list[tuple[Iterator[Event], tuple[_Call, ...]]] = [(iter(summary.events), ())]
    while pending:
        source, calls = pending[-1]
        event = next(source, None)
        if event is None:
            pending.pop()
            continue
        callee = event.callee
        called = summaries.get(callee.scope) if callee is not None else None
        is_repeated = callee is not None and callee.scope in (summary.scope, *(one.callee.scope for one in calls))
        if callee is not None and called is not None and not is_repeated and len(calls) < _DEEPEST:
            if len(events) < _MOST_EVENTS:
                followed.append(_seen_from(callee, calls))
                pending.append((iter(called.events), (*calls, _Call(event, callee))))
            continue
        if event.act in _LEAVING and calls:
            continue
        if callee is not None and called is None:
            given = dict.fromkeys(one for _, values in callee.given for one in values)
            event = replace(event, act=Act.HELPER, subjects=tuple(given)[:_MOST_SUBJECTS])
        events.append(_through(event, calls))
    return tuple(events)


def _seen_from(callee: Callee, calls: tuple[_Call, ...]) -> Callee:
    """The callee of a nested call with its arguments expressed as objects of the outermost caller."""
    given = callee.given
    for call in reversed(calls):
        given = tuple((parameter, _given(values, call.callee)) for parameter, values in given)
    return Callee(callee.scope, given)


def _through(event: Event, calls: tuple[_Call, ...]) -> Event:
    """The event as the outermost caller sees it."""
    for call in reversed(calls):
        event = replace(
            event,
            subjects=_given(event.subjects, call.callee),
            scalers=_given(event.scalers, call.callee),
            turns=(*call.event.turns, Turn(TurnKind.CALL, call.event.order), *event.turns),
            reach=call.event.reach,
            traits=event.traits | call.event.traits,
            through=(call.event.range, *event.through),
        )
    return replace(event, statement=calls[0].event.statement) if calls else event


def _given(subjects: tuple[Subject, ...], callee: Callee) -> tuple[Subject, ...]:
    """The arguments that a call passes, in place of the function's parameters."""
    found: dict[Subject, None] = {}
    for subject in subjects:
        for one in _meant(subject, callee):
            found.setdefault(one)
    return tuple(found)[:_MOST_SUBJECTS]


def _meant(subject: Subject, callee: Callee) -> Iterator[Subject]:
    for parameter, values in callee.given:
        if parameter.holds(subject):
            rest = subject.path[len(parameter.path) :]
            for value in values:
                text = ".".join((value.text, *rest)).replace(".[", "[")
                yield replace(value, path=(*value.path, *rest), text=text)
            return
    yield subject
