"""Parameters are split for weight decay, but the groups have the same settings.

## Why it matters
The split was made to exclude biases and norms from weight decay. With the same settings in all groups it does nothing:
either all parameters decay alike or none does, although the code suggests otherwise.

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
There is no fix: only the author knows which decay was meant.

## Known limits
Values are compared as numbers where they are known, otherwise as code: `args.weight_decay` twice is equal, and so are
two names for one number. Where several parts of a model are split (a backbone and a head, each with its own learning
rate), each part is judged separately. Groups that are changed later are not reported.
"""

import ast
from collections.abc import Collection, Iterator

from optimlint.analysis.decay_settings import WEIGHT_DECAY, may_be_changed, may_be_told_apart, number_text
from optimlint.analysis.decay_splits import equal_split
from optimlint.analysis.ignored_keys import has_ignored_decay, ignored_keys
from optimlint.diagnostic import Finding, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import Expression, GroupList, Number, ParamGroup
from optimlint.knowledge.fragments import names_bias_or_norm
from optimlint.rule import Rule

_LONGEST_CHOICE = 200


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each list that splits off biases and norms and then gives them the same settings as the rest."""
    ignored = ignored_keys(facts)
    for groups in facts.group_lists:
        if not groups.is_listed or not groups.is_consumed or has_ignored_decay(groups.groups, ignored):
            continue
        if may_be_changed(WEIGHT_DECAY, groups, facts) or may_be_told_apart(groups, facts):
            continue
        if split := equal_split(groups, facts):
            yield Finding(
                groups.range,
                f"the biases and norms are split off, and {_said_of(split, groups)}: the split does nothing",
                related=tuple(Related(group.range, f"{kind.value} are here") for group, kind in split.items()),
            )
        elif chosen := next((group for group in groups.groups if _is_chosen_in_vain(group, facts)), None):
            said = _said(_decay(chosen))
            yield Finding(
                groups.range,
                f"the decay is chosen by a test of names, and {said} either way: the test does nothing",
                related=(Related(chosen.range, "both choices are the same here"),),
            )


def _is_chosen_in_vain(group: ParamGroup, facts: FileFacts) -> bool:
    """Whether the group's decay is `x if … else x` with a name test that selects biases or norms."""
    decay = group.setting(WEIGHT_DECAY)
    if decay is None or not _has_equal_arms(decay.value_text):
        return False
    inside = [one for one in facts.name_filters if _is_within(one.range, decay.value_range)]
    return any(names_bias_or_norm(entry) for one in inside if one.names for entry in one.names.entries)


def _has_equal_arms(code: str) -> bool:
    if " else " not in code or len(code) > _LONGEST_CHOICE:
        return False
    try:
        chosen = ast.parse(code, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return isinstance(chosen, ast.IfExp) and ast.dump(chosen.body) == ast.dump(chosen.orelse)


def _is_within(inner: Range, outer: Range) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end and inner.cell == outer.cell


def _said_of(split: Collection[ParamGroup], groups: GroupList) -> str:
    """What the groups of a split have in common. If other groups of the list differ, only the groups of the split are
    meant."""
    decays = list(dict.fromkeys(_decay(group) for group in split))
    if len(decays) == 1 and all(_decay(group) == decays[0] for group in groups.groups):
        return _said(decays[0])
    which = "both groups" if len(split) == 2 else "the groups of each part"
    alike = decays[0] if len(decays) == 1 else None
    return f"{which} decay by {alike}" if alike else f"{which} have the same settings"


def _said(decay: str | None) -> str:
    return f"all groups decay by {decay}" if decay else "no group sets a decay of its own"


def _decay(group: ParamGroup) -> str | None:
    """The group's decay in words; None if it sets none."""
    decay = group.setting(WEIGHT_DECAY)
    match decay.value if decay else None:
        case Number(value):
            return number_text(value)
        case Expression(text):
            return f"`{text}`"
        case _:
            return None


RULE = Rule("same-decay-groups", "OPT204", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
