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

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.decay_splits import equal_split
from optimlint.facts.groups import Expression, Number, ParamGroup
from optimlint.facts.ignored_keys import has_ignored_decay, ignored_keys
from optimlint.facts.settings import WEIGHT_DECAY, number_text
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """A finding for each list that splits biases and norms off and then treats them as the rest."""
    ignored = ignored_keys(facts)
    for groups in facts.group_lists if WEIGHT_DECAY not in facts.changed_keys else ():
        if not groups.is_listed or not groups.is_consumed or has_ignored_decay(groups.groups, ignored):
            continue
        if split := equal_split(groups, facts):
            yield Finding(
                groups.range,
                f"the biases and norms are split off, and {_said(next(iter(split)))}: the split does nothing",
                related=tuple(Related(group.range, f"{kind.value} are here") for group, kind in split.items()),
            )


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
