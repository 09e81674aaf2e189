"""Wording for the settings that an optimizer call applies to all parameters, and for those of groups that it does not
apply."""

from optimlint.analysis.decay_settings import WEIGHT_DECAY, inherited_decay, number_text, usual_number, value_in_words
from optimlint.facts.groups import Expression, GroupList, Number, Setting, Unknown, Value
from optimlint.facts.names import Model
from optimlint.facts.optimizers import AllParameters, OptimizerCall

_RATE = "lr"
_LONGEST_MODEL = 40
"""A model whose code is longer than this many characters is shown as its callee: `build(…)`."""


def effect(call: OptimizerCall, groups: tuple[GroupList, ...] = ()) -> str:
    """The settings that the call applies to all its parameters, of the key that the groups set: "everything decays by
    0.01, `AdamW`'s default"."""
    is_about_rates = bool(_settings(groups, _RATE)) and not _settings(groups, WEIGHT_DECAY)
    said = _rate(call) if is_about_rates else _decay(call)
    if said:
        return said
    model = call.params.model if isinstance(call.params, AllParameters) else None
    return f"`{call.name}` takes all of {_whose(model)} parameters alike"


def never_applied(groups: tuple[GroupList, ...], call: OptimizerCall) -> str:
    """The values that the groups set and no parameter gets, as the end of a sentence: "; 0.002 and 0.0 are never
    applied". Values that the call applies, or may apply, are left out."""
    decays, rates = (_other_than_applied(groups, key, call) for key in (WEIGHT_DECAY, _RATE))
    parts = [joined(decays)] if decays else []
    if rates:
        parts.append(f"the learning rate{'s' if len(rates) > 1 else ''} {joined(rates)}")
    verb = "is" if len(decays) + len(rates) == 1 else "are"
    return f"; {' and '.join(parts)} {verb} never applied" if parts else ""


def with_settings(groups: tuple[GroupList, ...]) -> str:
    """The values that the groups set, when it is not known whether they are applied: ", with the weight decays 0.01 and
    0.0,". "" if they set neither weight decays nor learning rates."""
    parts = []
    for key, noun in ((WEIGHT_DECAY, "weight decay"), (_RATE, "learning rate")):
        if values := _words(_settings(groups, key)):
            parts.append(f"the {noun}{'s' if len(values) > 1 else ''} {joined(values)}")
    return f", with {' and '.join(parts)}," if parts else ""


def joined(texts: list[str]) -> str:
    """Join texts as an enumeration: `a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _decay(call: OptimizerCall) -> str:
    inherited = inherited_decay(call)
    if inherited is not None and not inherited.value:
        return f"nothing decays ({number_text(inherited.value)} is {inherited.origin})"
    if inherited is not None:
        return f"everything decays by {number_text(inherited.value)}, {inherited.origin}"
    given = call.setting(WEIGHT_DECAY)
    words = value_in_words(given) if given is not None else ""
    return f"everything decays by {words}" if words else ""


def _rate(call: OptimizerCall) -> str:
    given = call.setting(_RATE)
    if given is not None:
        words = value_in_words(given)
        return f"everything has the learning rate {words}" if words else ""
    applied = _applied(call, _RATE)
    if call.optimizer is None or not isinstance(applied, Number):
        return ""
    return f"everything has the learning rate {number_text(applied.value)}, `{call.optimizer.name}`'s default"


def _whose(model: Model | None) -> str:
    if model is None:
        return "the model's"
    callee, bracket, _ = model.text.partition("(")
    is_long = len(model.text) > _LONGEST_MODEL and bracket
    return f"`{callee}(…)`'s" if is_long else f"`{model.text}`'s"


def _other_than_applied(groups: tuple[GroupList, ...], key: str, call: OptimizerCall) -> list[str]:
    """The groups' values for a key, without those that the call applies or may apply."""
    applied = _applied(call, key)
    if isinstance(applied, Unknown):
        return []
    given = call.setting(key)
    return _words([one for one in _settings(groups, key) if not _may_be(one, applied, given)])


def _applied(call: OptimizerCall, key: str) -> Value:
    """The value of a key that the call applies to all its parameters."""
    given = call.setting(key)
    if given is not None:
        return given.value
    if call.has_open_settings or call.optimizer is None:
        return Unknown()
    optimizer = call.optimizer
    default = optimizer.default_lr if key == _RATE else optimizer.default_decay
    if key == WEIGHT_DECAY and optimizer.has_weight_decay is False:
        default = 0.0
    return Unknown() if default is None else Number(default)


def _may_be(setting: Setting, applied: Value, given: Setting | None) -> bool:
    """Whether a group's value may equal the value that the call applies: the same number, or the same code."""
    own = usual_number(setting.value)
    if own is not None and own == usual_number(applied):
        return True
    if isinstance(setting.value, Expression) and setting.value == applied:
        return True
    return given is not None and bool(given.value_text) and value_in_words(setting) == value_in_words(given)


def _settings(groups: tuple[GroupList, ...], key: str) -> list[Setting]:
    found = (group.setting(key) for one in groups for group in one.groups)
    return [setting for setting in found if setting is not None]


def _words(settings: list[Setting]) -> list[str]:
    return list(dict.fromkeys(words for one in settings if (words := value_in_words(one))))
