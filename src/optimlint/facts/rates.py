"""Learning rates of groups, and code that sets all of them to one."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.diagnostic import Range
from optimlint.facts.groups import Expression, Number, ParamGroup, Value
from optimlint.facts.optimizers import Groups, OptimizerCall


@dataclass(frozen=True, slots=True)
class Flattening:
    """Code that sets all groups of an optimizer to one learning rate: a scheduler, or a loop over the groups.

    `what` is the code, `value_text` the rate as written. `is_number` is set if the rate is surely one number.
    """

    range: Range
    what: str
    value_text: str
    is_number: bool
    is_scheduler: bool
    call: OptimizerCall


def rates_of(call: OptimizerCall) -> tuple[tuple[ParamGroup, Value], ...]:
    """The groups of an optimizer with their learning rates; empty if one rate is not known."""
    groups = call.taken
    if groups is None and isinstance(call.params, Groups) and len(call.params.lists) == 1:
        groups = call.params.lists[0].groups if call.params.lists[0].is_complete else None
    added = (group for one in call.added for group in one.groups)
    found = tuple((group, _rate(group, call)) for group in (*(groups or ()), *added))
    if any(not isinstance(rate, Number | Expression) for _, rate in found):
        return ()
    return tuple((group, rate) for group, rate in found if rate is not None)


def different_rates(call: OptimizerCall) -> tuple[tuple[ParamGroup, Value], ...]:
    """Two groups that are in the optimizer together and have different learning rates, with these rates. Empty if there
    are no such groups, or if a rate is 0, because code is then expected to raise it later."""
    rates = rates_of(call)
    if any(isinstance(rate, Number) and rate.value == 0 for _, rate in rates):
        return ()
    return next(iter(_pairs(rates)), ())


def _pairs(rates: tuple[tuple[ParamGroup, Value], ...]) -> Iterator[tuple[tuple[ParamGroup, Value], ...]]:
    for index, (first, one) in enumerate(rates):
        for second, other in rates[index + 1 :]:
            if one != other and not first.is_alternative_to(second):
                yield (first, one), (second, other)


def _rate(group: ParamGroup, call: OptimizerCall) -> Value | None:
    setting = group.setting("lr") or call.setting("lr")
    if setting is None or group.has_open_settings:
        return None
    return setting.value


def shown(rate: Value) -> str:
    """A learning rate for messages."""
    match rate:
        case Number(value=value):
            return f"{value:g}"
        case Expression(text=text):
            return f"`{text}`"
        case _:
            return "another"
