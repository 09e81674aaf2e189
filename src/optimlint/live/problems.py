"""Find the problems with the contents of optimizers: a pure function of values."""

from collections import Counter
from collections.abc import Iterator

from optimlint.knowledge.group_keys import is_label, is_scheduled
from optimlint.live.names import listed
from optimlint.live.values import Group, LiveOptimizer, Parameter, Problem, ProblemKind, Role

_DECAY, _RATE, _FIRST_RATE = "weight_decay", "lr", "initial_lr"


def problems(
    optimizers: tuple[LiveOptimizer, ...], trainable: tuple[Parameter, ...], *, has_models: bool
) -> tuple[Problem, ...]:
    """All problems, the most costly first."""
    return (
        *(_uncovered(optimizers, trainable)),
        *(_foreign(optimizers, trainable) if has_models else ()),
        *(_overlapping(optimizers)),
        *(one for optimizer in optimizers for one in _of_groups(optimizer)),
        *(_frozen(optimizers)),
    )


def _of_groups(optimizer: LiveOptimizer) -> Iterator[Problem]:
    yield from _empty(optimizer)
    yield from _decayed(optimizer)
    yield from _ignored_keys(optimizer)
    yield from _flattened(optimizer)
    yield from _same_settings(optimizer)


def _uncovered(optimizers: tuple[LiveOptimizer, ...], trainable: tuple[Parameter, ...]) -> Iterator[Problem]:
    held = {one.key for optimizer in optimizers for one in optimizer.parameters}
    missing = tuple(one for one in trainable if one.key not in held)
    if missing:
        where = "no group" if len(optimizers) == 1 else "no optimizer"
        message = f"{_counted(missing, 'trainable parameter')} {_are(missing)} in {where}, so no step trains them"
        yield _problem(ProblemKind.UNCOVERED, message, missing)


def _foreign(optimizers: tuple[LiveOptimizer, ...], trainable: tuple[Parameter, ...]) -> Iterator[Problem]:
    held = {one.key for optimizer in optimizers for one in optimizer.parameters}
    shapes = Counter(one.shape for one in trainable if one.key not in held)
    for optimizer in optimizers:
        strange = tuple(one for one in _distinct(optimizer.parameters) if one.is_foreign)
        if not strange:
            continue
        alike = sum((Counter(one.shape for one in strange) & shapes).values())
        reason = "another model's, or left over from before the model was changed"
        if alike:
            reason += f"; the model has {alike:,} of the same shape that {'is' if alike == 1 else 'are'} not trained"
        message = f"{_counted(strange, 'tensor')} in {_title(optimizer)} {_are(strange)} not the model's: {reason}"
        yield _problem(ProblemKind.FOREIGN, message, strange)


def _frozen(optimizers: tuple[LiveOptimizer, ...]) -> Iterator[Problem]:
    for optimizer in optimizers:
        frozen = tuple(one for one in _distinct(optimizer.parameters) if not one.is_trainable)
        moved = tuple(one for one in frozen if one.has_gradient)
        if moved:
            have = "has" if len(moved) == 1 else "have"
            message = f"{_counted(moved, 'frozen parameter')} in {_title(optimizer)} still {have} a gradient"
            yield _problem(ProblemKind.FROZEN, f"{message}, so the next step still changes them", moved)
        still = tuple(one for one in frozen if not one.has_gradient)
        if still:
            message = f"{_counted(still, 'frozen parameter')} in {_title(optimizer)} {_are(still)} not trained by it"
            yield _problem(ProblemKind.FROZEN, message, still)


def _overlapping(optimizers: tuple[LiveOptimizer, ...]) -> Iterator[Problem]:
    for optimizer in optimizers:
        counted = Counter(one.key for one in optimizer.parameters)
        twice = tuple(one for one in _distinct(optimizer.parameters) if counted[one.key] > 1)
        if twice:
            message = f"{_counted(twice, 'tensor')} {_are(twice)} more than once in {_title(optimizer)}"
            yield _problem(ProblemKind.OVERLAPPING, f"{message}, so each step changes them as often", twice)
    owners = Counter(key for optimizer in optimizers for key in {one.key for one in optimizer.parameters})
    every = _distinct(one for optimizer in optimizers for one in optimizer.parameters)
    shared = tuple(one for one in every if owners[one.key] > 1)
    if shared:
        message = (
            f"{_counted(shared, 'tensor')} {_are(shared)} in more than one optimizer, so each of these changes them"
        )
        yield _problem(ProblemKind.OVERLAPPING, message, shared)


def _empty(optimizer: LiveOptimizer) -> Iterator[Problem]:
    for group in optimizer.groups:
        if not group.parameters:
            yield Problem(ProblemKind.EMPTY, f"{_named(group, optimizer)} has no parameters")


def _decayed(optimizer: LiveOptimizer) -> Iterator[Problem]:
    """Biases and norms that decay, although another group exempts some from weight decay. A group with weight decay 0
    that contains only other weights, such as embeddings, does not count."""
    spared = [group for group in optimizer.groups if group.values.get(_DECAY) == 0 and _spares(group)]
    if not spared:
        return
    for group in optimizer.groups:
        decay = group.values.get(_DECAY)
        decayed = tuple(one for one in group.parameters if one.role is not Role.OTHER)
        if decayed and isinstance(decay, int | float) and decay:
            what = _roles(decayed)
            message = f"{what} in {_named(group, optimizer)} {_are(decayed)} decayed by {decay:g}"
            yield _problem(ProblemKind.DECAYED, f"{message}, while group {spared[0].index} has 0", decayed)


def _spares(group: Group) -> bool:
    return not group.parameters or any(one.role is not Role.OTHER for one in group.parameters)


def _ignored_keys(optimizer: LiveOptimizer) -> Iterator[Problem]:
    if optimizer.defaults is None:
        return
    for group in optimizer.groups:
        for key in group.values:
            if key not in optimizer.defaults and not is_label(key) and not is_scheduled(key):
                message = f"{optimizer.name} does not read `{key}` in {_named(group, optimizer)}"
                yield Problem(ProblemKind.IGNORED_KEY, message)


def _flattened(optimizer: LiveOptimizer) -> Iterator[Problem]:
    """Groups with different initial learning rates that now share one. A common rate of 0 is the start of a warm-up and
    not reported."""
    rates = {group.values.get(_RATE) for group in optimizer.groups}
    first = {group.values.get(_FIRST_RATE) for group in optimizer.groups}
    if len(rates) == 1 and len(first) > 1 and None not in first and (rate := next(iter(rates))):
        given = ", ".join(f"{one:g}" for one in first if isinstance(one, int | float))
        message = (
            f"the groups of {_title(optimizer)} were given different learning rates ({given}) and now all have {rate}"
        )
        yield Problem(ProblemKind.FLATTENED, message)


def _same_settings(optimizer: LiveOptimizer) -> Iterator[Problem]:
    """Groups that all have the same settings. Groups with different labels are not reported, because they may be
    separate for another purpose."""
    filled = [group for group in optimizer.groups if group.parameters]
    settings = {tuple((key, value) for key, value in group.settings if not is_label(key)) for group in filled}
    labels = {tuple((key, value) for key, value in group.settings if is_label(key)) for group in filled}
    if len(filled) > 1 and len(settings) == 1 and len(labels) == 1:
        values = filled[0].values
        shown = " and ".join(f"{key} {values[key]}" for key in (_RATE, _DECAY) if key in values)
        message = f"all {len(filled)} groups of {_title(optimizer)} have the same settings ({shown}): they could be one"
        yield Problem(ProblemKind.SAME_SETTINGS, message)


def _problem(kind: ProblemKind, message: str, about: tuple[Parameter, ...]) -> Problem:
    """A problem with the names of its parameters, which are abbreviated in the message."""
    names = tuple(one.name for one in about if one.name is not None)
    return Problem(kind, f"{message}: {listed(names)}" if names else message, names)


def _distinct(parameters: Iterator[Parameter]) -> Iterator[Parameter]:
    return iter({one.key: one for one in parameters}.values())


def _counted(parameters: tuple[Parameter, ...], noun: str) -> str:
    """The parameters as a count: `2 tensors (1,538 scalars)`."""
    scalars = sum(one.scalars for one in parameters)
    return f"{_number(len(parameters), noun)} ({_number(scalars, 'scalar')})"


def _roles(parameters: tuple[Parameter, ...]) -> str:
    counted = Counter(one.role for one in parameters)
    words = {Role.BIAS: ("bias", "biases"), Role.NORM: ("parameter of norms", "parameters of norms")}
    return " and ".join(f"{counted[role]:,} {words[role][counted[role] != 1]}" for role in words if counted[role])


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _are(several: tuple[Parameter, ...]) -> str:
    return "is" if len(several) == 1 else "are"


def _title(optimizer: LiveOptimizer) -> str:
    return f"{optimizer.place} ({optimizer.name})" if optimizer.place not in ("", optimizer.name) else optimizer.name


def _named(group: Group, optimizer: LiveOptimizer) -> str:
    return f"group {group.index} of {_title(optimizer)}"
