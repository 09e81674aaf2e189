"""What groups and optimizers say of weight decay."""

import re
from dataclasses import dataclass

from optimlint.diagnostic import Edit
from optimlint.facts import FileFacts
from optimlint.facts.groups import Expression, GroupList, Number, ParamGroup, Setting, Value
from optimlint.facts.optimizers import Groups, OptimizerCall
from optimlint.knowledge.words import says_decay

WEIGHT_DECAY = "weight_decay"
_LITERAL = re.compile(r"[\d.eE+-]+")
_SETTING = re.compile(r"[A-Za-z_]\w*(?:\.\w+|\[(?:\"\w+\"|'\w+')\])*")
_WORDS = re.compile(r"\w+")
_HELD = re.compile(r"[A-Za-z_]\w*(?:\.\w+|\[[^\]]*\])+")


@dataclass(frozen=True, slots=True)
class Inherited:
    """The decay of a group that names none: its number, and where it comes from ("`AdamW`'s default")."""

    value: float
    origin: str


def takers(groups: GroupList, facts: FileFacts) -> tuple[OptimizerCall, ...]:
    """The optimizers that a list is given to, at their construction or by `add_param_group`."""
    return tuple(call for call in facts.optimizer_calls if any(_is_same(one, groups) for one in lists_given(call)))


def may_be_changed(key: str, groups: GroupList, facts: FileFacts) -> bool:
    """Whether the code may write the key to these groups once an optimizer has them."""
    scopes = {groups.scope, *(call.scope for call in takers(groups, facts))}
    return any(facts.may_change(key, scope) for scope in scopes)


def may_be_told_apart(groups: GroupList, facts: FileFacts) -> bool:
    """Whether the code may treat these groups differently once an optimizer has them, each by its index."""
    scopes = {groups.scope, *(call.scope for call in takers(groups, facts))}
    return any(facts.may_tell_apart(scope) for scope in scopes)


def listed_with(groups: GroupList, call: OptimizerCall) -> tuple[ParamGroup, ...]:
    """The groups that the optimizer holds when this list has come to it, with all that are added later."""
    added = tuple(group for one in call.added for group in (groups if _is_same(one, groups) else one).groups)
    first = call.params.lists if isinstance(call.params, Groups) else ()
    if any(_is_same(one, groups) for one in call.added):
        return (*(group for one in first for group in one.groups), *added)
    return (*groups.groups, *added)


def lists_given(call: OptimizerCall) -> tuple[GroupList, ...]:
    """The lists that an optimizer may be given, those of `add_param_group` among them."""
    lists = call.params.lists if isinstance(call.params, Groups) else ()
    return (*lists, *call.added)


def _is_same(one: GroupList, other: GroupList) -> bool:
    return one.identity == other.identity and one.range == other.range


def inherited_decay(call: OptimizerCall) -> Inherited | None:
    """The decay of the call's groups that name none; None where it is not known."""
    classes = call.candidates
    if not classes:
        return None
    name = classes[0].name if len(classes) == 1 else call.name
    given = call.setting(WEIGHT_DECAY)
    if given is not None:
        number = usual_number(given.value)
        return None if number is None else Inherited(number, f"as given to `{name}`")
    default, *others = (one.default_decay for one in classes)
    if call.has_open_settings or default is None or any(other != default for other in others):
        return None
    return Inherited(default, f"`{name}`'s default")


def decay_of(group: ParamGroup) -> Setting | None:
    """The group's own weight decay."""
    return group.setting(WEIGHT_DECAY)


def decay_number(group: ParamGroup) -> float | None:
    """The group's own weight decay, where it is a number that is known and that nothing may override."""
    own = decay_of(group)
    return None if own is None or group.has_open_settings else usual_number(own.value)


def is_fixed(setting: Setting) -> bool:
    """Whether a number stands where only the source can change it: an attribute (`self.decay`) or an entry of a dict
    (`args["decay"]`) holds what it was first given, until somebody gives it another number from outside."""
    return not _HELD.fullmatch(setting.value_text)


def surely_decays_nothing(groups: GroupList, facts: FileFacts) -> bool:
    """Whether no group of a list has any decay, its own or the optimizer's, whatever a caller says."""
    calls = takers(groups, facts)
    if may_be_changed(WEIGHT_DECAY, groups, facts):
        return False
    for group in groups.groups:
        own = decay_of(group)
        if own is not None and own.value == Number(0) and is_fixed(own) and not group.has_open_settings:
            continue
        inherited = [inherited_decay(call) for call in calls]
        if not calls or not surely_names_no_decay(group) or any(one is None or one.value for one in inherited):
            return False
    return True


def is_literal(setting: Setting) -> bool:
    """Whether the code writes a number there."""
    return _LITERAL.fullmatch(setting.value_text) is not None


def usual_number(value: Value) -> float | None:
    """The number that a value is, or is unless a caller says otherwise; None where nobody knows."""
    match value:
        case Number(number):
            return number
        case Expression(default=default):
            return default
        case _:
            return None


def is_setting_of_decay(value: Value) -> bool:
    """Whether a value is a setting that says decay and does not say for what: `args.weight_decay`, `cfg["wd"]`, and not
    `args.bias_decay`. Its number is not known; where it is 0 nothing decays at all."""
    if not isinstance(value, Expression) or value.default is not None or not _SETTING.fullmatch(value.text):
        return False
    last = _WORDS.findall(value.text)[-1]
    return says_decay(last)


def surely_names_no_decay(group: ParamGroup) -> bool:
    """Whether the group is known to leave its decay to the optimizer."""
    return not group.has_open_settings and decay_of(group) is None


def number_text(value: float) -> str:
    """A number as people write it: `0.0`, `0.01`, `5e-05`; what binary fractions add at the end is left out."""
    return repr(float(f"{value:.12g}"))


def value_in_words(setting: Setting) -> str:
    """A setting's value: a number as the code writes it, or as it is worked out, other code in backticks, a builder's
    in the words of its caller; "" where that is no code of the source."""
    match setting.value:
        case Number(value=number):
            return setting.value_text if _LITERAL.fullmatch(setting.value_text) else number_text(number)
        case Expression(text=text):
            return f"`{text if setting.is_of_builder else setting.value_text or text}`"
        case _:
            return f"`{setting.value_text}`" if setting.value_text and not setting.is_of_builder else ""


def inserted_setting(group: ParamGroup, key: str, value: str) -> Edit | None:
    """The edit that writes a further key into the group, right behind its parameters; None where that cannot be."""
    if group.insertion is None:
        return None
    return Edit(group.insertion, f", {group.insertion_template.format(key=key, value=value)}")
