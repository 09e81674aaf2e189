"""Learning rates of groups, and what gives all of them one."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.diagnostic import Range
from optimlint.facts.groups import Expression, Number, ParamGroup, Value
from optimlint.facts.optimizers import Groups, OptimizerCall


@dataclass(frozen=True, slots=True)
class Flattening:
    """Where all groups of an optimizer get one learning rate: a scheduler, or a loop over the groups.

    `what` is the code that does it, `value_text` the rate as written; `is_number` says that it surely is one number.
    """

    range: Range
    what: str
    value_text: str
    is_number: bool
    is_scheduler: bool
    call: OptimizerCall


def rates_of(call: OptimizerCall) -> tuple[tuple[ParamGroup, Value], ...]:
    """The learning rates that an optimizer gives its groups, where each is known; else none."""
    groups = call.taken
    if groups is None and isinstance(call.params, Groups) and len(call.params.lists) == 1:
        groups = call.params.lists[0].groups if call.params.lists[0].is_complete else None
    added = (group for one in call.added for group in one.groups)
    found = tuple((group, _rate(group, call)) for group in (*(groups or ()), *added))
    if any(not isinstance(rate, Number | Expression) for _, rate in found):
        return ()
    return tuple((group, rate) for group, rate in found if rate is not None)


def different_rates(call: OptimizerCall) -> tuple[tuple[ParamGroup, Value], ...]:
    """Groups that are in the optimizer together and have different rates, with these. A rate of 0 is meant to wait."""
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
    """A rate for people."""
    match rate:
        case Number(value=value):
            return f"{value:g}"
        case Expression(text=text):
            return f"`{text}`"
        case _:
            return "another"
