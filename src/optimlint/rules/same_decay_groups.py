"""Parameters are split for their weight decay, and every group gets the same.

## Why it matters
The split was made to spare biases and norms. With equal settings in all groups it does nothing: all parameters decay
alike, or none does, and the code says otherwise.

## Example
```python
no_decay = ["bias", "LayerNorm.weight"]
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.0},
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
```

## Use instead
```python
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.01},
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
```

## Fix safety
There is no fix: which decay the weights were meant to have, only the author knows.

## Known limits
Values are compared as numbers or, where they are not known, as code: `args.weight_decay` twice is equal, and so are
two names for one number. Groups that are changed later are left alone.
"""

import re
from collections.abc import Iterator

from optimlint.diagnostic import Finding, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import Expression, GroupList, Number, ParamGroup, Unknown, Value
from optimlint.facts.ignored_keys import has_ignored_decay, ignored_keys, is_label, is_read_elsewhere
from optimlint.facts.kinds import ParameterKind, kinds_of
from optimlint.facts.settings import WEIGHT_DECAY, number_text
from optimlint.rule import Rule

_OF_A_SPLIT = (ParameterKind.BIAS_OR_NORM, ParameterKind.MAIN)
_TIMES_ONE = re.compile(r"^1(?:\.0*)? ?\* ?| ?\* ?1(?:\.0*)?$")
_CALL = re.compile(r"(?!float\(|int\()\b\w+\(|\)\(")


def check(facts: FileFacts) -> Iterator[Finding]:
    """A finding for each list that splits biases and norms off and then treats them as the rest."""
    ignored = ignored_keys(facts)
    for groups in facts.group_lists:
        split = _decay_split(groups)
        if not split or WEIGHT_DECAY in facts.changed_keys or has_ignored_decay(groups, ignored):
            continue
        if _are_equal(tuple(split), facts):
            yield Finding(
                groups.range,
                f"the biases and norms are split off, and {_said(next(iter(split)))}: the split does nothing",
                related=tuple(Related(group.range, f"{kind.value} are here") for group, kind in split.items()),
            )


def _decay_split(groups: GroupList) -> dict[ParamGroup, ParameterKind]:
    """The groups of biases and norms and those of the other weights; none where the list does not have both."""
    if not groups.is_listed or not groups.is_consumed or not groups.is_complete:
        return {}
    kinds = zip(groups.groups, kinds_of(groups.groups), strict=True)
    split: dict[ParamGroup, ParameterKind] = {group: kind for group, kind in kinds if kind in _OF_A_SPLIT}
    return split if len(set(split.values())) == 2 else {}


def _are_equal(groups: tuple[ParamGroup, ...], facts: FileFacts) -> bool:
    if any(group.has_open_settings for group in groups):
        return False
    first, *others = (_settings(group, facts) for group in groups)
    return first is not None and all(other == first for other in others)


def _settings(group: ParamGroup, facts: FileFacts) -> dict[str, Value] | None:
    """The settings that may tell a group from another; None where one of them is not known."""
    settings = {
        setting.key: _plain(setting.value)
        for setting in group.settings
        if not is_label(setting.key) or is_read_elsewhere(setting.key, facts)
    }
    return None if any(isinstance(value, Unknown) for value in settings.values()) else settings


def _plain(value: Value) -> Value:
    """The value without what does not change it; a call may give another one each time."""
    if not isinstance(value, Expression):
        return value
    text = _TIMES_ONE.sub("", value.text)
    return Unknown() if _CALL.search(text) else Expression(text)


def _said(group: ParamGroup) -> str:
    decay = group.setting(WEIGHT_DECAY)
    match decay.value if decay else None:
        case Number(value):
            return f"all groups decay by {number_text(value)}"
        case Expression(text):
            return f"all groups decay by `{text}`"
        case _:
            return "no group names a decay of its own"


RULE = Rule("same-decay-groups", "OPT204", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
