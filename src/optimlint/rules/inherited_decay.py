"""The group of biases and norms names no weight decay, so the optimizer's own decays it.

## Why it matters
A group that leaves a key out gets the optimizer's value for it. Where another group of the list names a decay, the
biases and norms were set apart to have none, but `AdamW` gives them its default of 0.01, or whatever `weight_decay` it
was called with.

## Example
```python
no_decay = ["bias", "LayerNorm.weight"]
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.1},
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)]},
]
optimizer = torch.optim.AdamW(groups, lr=3e-5)
```

## Use instead
```python
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.1},
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
```

## Fix safety
Safe: the filter says that these are the parameters to spare, and 0.0 is the one value that spares them.

## Known limits
The optimizer must be one of the known ones, and its decay a number that can be read. Optimizers that decay nothing by
default, as torch's `Adam` and `SGD` or the `AdamW` of transformers, are silent unless they are given a decay.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Applicability, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import GroupList, ParamGroup
from optimlint.facts.ignored_keys import has_ignored_decay, ignored_keys
from optimlint.facts.inverted import inversions
from optimlint.facts.kinds import ParameterKind, kinds_of
from optimlint.facts.optimizers import OptimizerCall
from optimlint.facts.settings import (
    WEIGHT_DECAY,
    decay_of,
    inherited_decay,
    inserted_setting,
    listed_with,
    lists_given,
    number_text,
    surely_names_no_decay,
)
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """A finding for each group that was set apart to have no decay and inherits one."""
    if WEIGHT_DECAY in facts.changed_keys:
        return
    ignored = ignored_keys(facts)
    reported = {inversion.group.range for inversion in inversions(facts)}
    for call in facts.optimizer_calls:
        for groups in lists_given(call):
            if has_ignored_decay(groups, ignored):
                continue
            for group in _spared(groups, call):
                if group.range not in reported and (finding := _finding(group, groups, call)):
                    reported.add(group.range)
                    yield finding


def _spared(groups: GroupList, call: OptimizerCall) -> Iterator[ParamGroup]:
    """The groups of biases and norms that name no decay."""
    together = listed_with(groups, call)
    for group, kind in zip(together, kinds_of(together), strict=True):
        if kind is ParameterKind.BIAS_OR_NORM and surely_names_no_decay(group):
            yield group


def _finding(group: ParamGroup, groups: GroupList, call: OptimizerCall) -> Finding | None:
    inherited = inherited_decay(call)
    naming = next((other for other in listed_with(groups, call) if other != group and decay_of(other)), None)
    if inherited is None or inherited.value <= 0 or naming is None:
        return None
    edit = inserted_setting(group, WEIGHT_DECAY, "0.0")
    return Finding(
        group.range,
        f"the biases and norms in this group decay by {number_text(inherited.value)}, {inherited.origin}: "
        "the group names no `weight_decay` of its own",
        related=(
            Related(naming.range, "another group names its decay here"),
            Related(call.range, "the optimizer that decays what names no decay"),
        ),
        fixes=(Fix("Add a `weight_decay` of 0.0", (edit,), Applicability.SAFE),) if edit else (),
    )


RULE = Rule("inherited-decay", "OPT202", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
