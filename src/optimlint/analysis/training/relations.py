"""Relations between the objects of training: whose gradients an event zeroes, and which optimizer uses them."""

from collections.abc import Iterable

from optimlint.facts.training import Act, Event, Routine, Subject
from optimlint.knowledge.training import computes_loss


def may_be(one: Subject, other: Subject) -> bool:
    """Whether two subjects may be the same object, or one a part of the other. Two elements of one list may be the
    same."""
    return one.identity == other.identity and all(
        first == second or (first.startswith("[") and second.startswith("["))
        for first, second in zip(one.path, other.path, strict=False)
    )


def optimizers_in(events: Iterable[Event]) -> tuple[Subject, ...]:
    """The optimizers that make steps in these events."""
    return tuple(dict.fromkeys(one for event in events if event.act is Act.STEP for one in event.subjects))


def surely_zeroes(routine: Routine, event: Event, optimizer: Subject) -> bool:
    """Whether an event zeroes all gradients that an optimizer uses: it is the optimizer's own method, or the method of
    the model that has all its parameters."""
    if event.act is not Act.ZERO or len(event.subjects) != 1:
        return False
    zeroed = event.subjects[0]
    if zeroed == optimizer:
        return True
    models = routine.held_by(optimizer)
    if models is not None:
        return all(zeroed.holds(model) for model in models)
    called = {subject for one in routine.of(Act.FORWARD) for subject in one.subjects if not computes_loss(subject.text)}
    return called == {zeroed} and len(optimizers_in(routine.events)) == 1


def may_zero(routine: Routine, event: Event, optimizer: Subject) -> bool:
    """Whether an event may zero gradients that an optimizer uses."""
    if event.act is not Act.ZERO:
        return False
    if not event.subjects:
        return True
    return any(_may_be_zeroed_with(routine, one, optimizer) for one in event.subjects)


def _may_be_zeroed_with(routine: Routine, zeroed: Subject, optimizer: Subject) -> bool:
    if may_be(zeroed, optimizer):
        return True
    if zeroed.identity < 0 or zeroed in optimizers_in(routine.events):
        return False  # Another optimizer.
    models = routine.held_by(optimizer)
    if models is None or any(may_be(zeroed, model) for model in models):
        return True
    others = (model for holder in routine.optimizers if holder.optimizer != optimizer for model in holder.models)
    return not any(model.holds(zeroed) for model in others)


def may_reach(routine: Routine, event: Event, optimizer: Subject) -> bool:
    """Whether a call that cannot be followed gets an optimizer, an object that contains it, or a model that it may
    train. For a function of this source that does nothing in training itself, only the optimizer counts."""
    given = [one for one in event.subjects if not _is_setting(one)]
    if event.act is Act.HELPER:
        return any(may_be(one, optimizer) for one in given)
    if event.act is not Act.OPAQUE:
        return False
    models = routine.held_by(optimizer)
    if models is None:
        called = (subject for one in routine.of(Act.FORWARD, Act.CLIP) for subject in one.subjects)
        models = tuple(one for one in dict.fromkeys(called) if not one.is_one_of_many)
    return any(may_be(one, optimizer) or any(one.holds(model) for model in models) for one in given)


def _is_setting(subject: Subject) -> bool:
    """Whether an object is a setting of a group, such as a learning rate that is logged."""
    is_key = bool(subject.path) and subject.path[-1][:2] in ("['", '["')
    return is_key and "param_groups" in subject.path and "params" not in subject.path[-1]
