"""What groups and optimizers say of weight decay."""

from dataclasses import dataclass

from optimlint.diagnostic import Edit
from optimlint.facts import FileFacts
from optimlint.facts.groups import GroupList, Number, ParamGroup, Setting
from optimlint.facts.optimizers import Groups, OptimizerCall

WEIGHT_DECAY = "weight_decay"


@dataclass(frozen=True, slots=True)
class Inherited:
    """The decay of a group that names none: its number, and where it comes from ("`AdamW`'s default")."""

    value: float
    origin: str


def takers(groups: GroupList, facts: FileFacts) -> tuple[OptimizerCall, ...]:
    """The optimizers that a list is given to, at their construction or by `add_param_group`."""
    return tuple(
        call for call in facts.optimizer_calls if any(one.identity == groups.identity for one in lists_given(call))
    )


def listed_with(groups: GroupList, call: OptimizerCall) -> tuple[ParamGroup, ...]:
    """The groups that the optimizer holds when this list has come to it: the list's own and those added later."""
    later = (group for added in call.added if added.identity != groups.identity for group in added.groups)
    first = call.params.lists if isinstance(call.params, Groups) else ()
    if any(one.identity == groups.identity for one in call.added):
        return (*(group for one in first for group in one.groups), *groups.groups)
    return (*groups.groups, *later)


def lists_given(call: OptimizerCall) -> tuple[GroupList, ...]:
    """The lists that an optimizer may be given, those of `add_param_group` among them."""
    lists = call.params.lists if isinstance(call.params, Groups) else ()
    return (*lists, *call.added)


def inherited_decay(call: OptimizerCall) -> Inherited | None:
    """The decay of the call's groups that name none; None where it is not known."""
    if call.optimizer is None:
        return None
    name = call.optimizer.name
    given = call.setting(WEIGHT_DECAY)
    if given is not None:
        return Inherited(given.value.value, f"given to `{name}`") if isinstance(given.value, Number) else None
    if call.has_open_settings or call.optimizer.default_decay is None:
        return None
    return Inherited(call.optimizer.default_decay, f"`{name}`'s default")


def decay_of(group: ParamGroup) -> Setting | None:
    """The group's own weight decay."""
    return group.setting(WEIGHT_DECAY)


def decay_number(group: ParamGroup) -> float | None:
    """The group's own weight decay, where it is a number that is known."""
    own = decay_of(group)
    return own.value.value if own is not None and isinstance(own.value, Number) else None


def surely_names_no_decay(group: ParamGroup) -> bool:
    """Whether the group is known to leave its decay to the optimizer."""
    return not group.has_open_settings and decay_of(group) is None


def number_text(value: float) -> str:
    """A number as people write it: `0.0`, `0.01`, `5e-05`."""
    return repr(float(value))


def inserted_setting(group: ParamGroup, key: str, value: str) -> Edit | None:
    """The edit that writes a further key into the group, right behind its parameters; None where that cannot be."""
    if group.insertion is None:
        return None
    return Edit(group.insertion, f", {group.insertion_template.format(key=key, value=value)}")
