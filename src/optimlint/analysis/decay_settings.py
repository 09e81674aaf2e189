"""The weight decay of groups and optimizers: own, inherited, zero or unknown."""

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
    """The weight decay that a group inherits because it sets none: the number, and its origin in words ("`AdamW`'s
    default")."""

    value: float
    origin: str


def takers(groups: GroupList, facts: FileFacts) -> tuple[OptimizerCall, ...]:
    """The optimizer calls that take a list, in the constructor or by `add_param_group`."""
    return tuple(call for call in facts.optimizer_calls if any(_is_same(one, groups) for one in lists_given(call)))


def may_be_changed(key: str, groups: GroupList, facts: FileFacts) -> bool:
    """Whether the code may assign the key in these groups after an optimizer has taken them."""
    scopes = {groups.scope, *(call.scope for call in takers(groups, facts))}
    return any(facts.may_change(key, scope) for scope in scopes)


def may_be_told_apart(groups: GroupList, facts: FileFacts) -> bool:
    """Whether the code may treat these groups differently, by index, after an optimizer has taken them."""
    scopes = {groups.scope, *(call.scope for call in takers(groups, facts))}
    return any(facts.may_tell_apart(scope) for scope in scopes)


def listed_with(groups: GroupList, call: OptimizerCall) -> tuple[ParamGroup, ...]:
    """All groups of an optimizer that takes this list, including groups that `add_param_group` adds later."""
    added = tuple(group for one in call.added for group in (groups if _is_same(one, groups) else one).groups)
    first = call.params.lists if isinstance(call.params, Groups) else ()
    if any(_is_same(one, groups) for one in call.added):
        return (*(group for one in first for group in one.groups), *added)
    return (*groups.groups, *added)


def lists_given(call: OptimizerCall) -> tuple[GroupList, ...]:
    """The lists that an optimizer may take, in the constructor or by `add_param_group`."""
    lists = call.params.lists if isinstance(call.params, Groups) else ()
    return (*lists, *call.added)


def _is_same(one: GroupList, other: GroupList) -> bool:
    return one.identity == other.identity and one.range == other.range


def inherited_decay(call: OptimizerCall) -> Inherited | None:
    """The weight decay of the call's groups that set none; None if it is not known."""
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
    """The weight decay that the group itself sets."""
    return group.setting(WEIGHT_DECAY)


def decay_number(group: ParamGroup) -> float | None:
    """The weight decay that the group itself sets, if it is a known number that no open setting may override; else
    None."""
    own = decay_of(group)
    return None if own is None or group.has_open_settings else usual_number(own.value)


def is_fixed(setting: Setting) -> bool:
    """Whether only an edit of the source can change a number. An attribute (`self.decay`) or a dict entry
    (`args["decay"]`) is not fixed: other code may assign another number."""
    return not _HELD.fullmatch(setting.value_text)


def surely_decays_nothing(groups: GroupList, facts: FileFacts) -> bool:
    """Whether every group of a list has weight decay 0, its own or the optimizer's, whatever its callers pass."""
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
    """Whether the code writes the value as a number literal."""
    return _LITERAL.fullmatch(setting.value_text) is not None


def usual_number(value: Value) -> float | None:
    """The number that a value is, or is by default; None if it is not known."""
    match value:
        case Number(number):
            return number
        case Expression(default=default):
            return default
        case _:
            return None


def is_setting_of_decay(value: Value) -> bool:
    """Whether a value is a configuration setting for weight decay in general: `args.weight_decay` or `cfg["wd"]`, but
    not `args.bias_decay`. Its number is not known; if it is 0, nothing decays at all."""
    if not isinstance(value, Expression) or value.default is not None or not _SETTING.fullmatch(value.text):
        return False
    last = _WORDS.findall(value.text)[-1]
    return says_decay(last)


def surely_names_no_decay(group: ParamGroup) -> bool:
    """Whether the group surely sets no weight decay of its own and inherits the optimizer's."""
    return not group.has_open_settings and decay_of(group) is None


def number_text(value: float) -> str:
    """A number in the usual notation (`0.0`, `0.01`, `5e-05`), rounded to 12 digits to hide binary rounding errors."""
    return repr(float(f"{value:.12g}"))


def value_in_words(setting: Setting) -> str:
    """A setting's value for a message: a literal as written, another known number as computed, any other code in
    backticks. For a group that a builder makes, the code is that of the builder's caller. "" if there is no such code
    in the source."""
    match setting.value:
        case Number(value=number):
            return setting.value_text if _LITERAL.fullmatch(setting.value_text) else number_text(number)
        case Expression(text=text):
            return f"`{text if setting.is_of_builder else setting.value_text or text}`"
        case _:
            return f"`{setting.value_text}`" if setting.value_text and not setting.is_of_builder else ""


def inserted_setting(group: ParamGroup, key: str, value: str) -> Edit | None:
    """An edit that adds a key to the group, directly after its parameters; None if there is no place for it."""
    if group.insertion is None:
        return None
    return Edit(group.insertion, f", {group.insertion_template.format(key=key, value=value)}")
