"""The group of biases and norms sets no weight decay, so it gets the optimizer's own.

## Why it matters
A group that sets no value for a key gets the optimizer's value. Where another group of the list sets a decay, the
biases and norms were split off to have none. But `AdamW` gives them its default of 0.01, or the `weight_decay` that it
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
Safe: the filter says that these parameters should not decay, and 0.0 is the value that does this.

## Known limits
The optimizer must be a known one, and its decay a number that can be read. Optimizers that decay nothing by default,
such as torch's `Adam` and `SGD` or the `AdamW` of transformers, are reported only where they are given a decay. Biases
that are split off for their learning rate are not reported: there the other weights set no decay, or all groups have
the same.
"""

from collections.abc import Iterator

from optimlint.analysis.decay_settings import WEIGHT_DECAY, inserted_setting, lists_given, may_be_changed, number_text
from optimlint.analysis.decay_splits import Inheritance, inheritances_in, inversions_in
from optimlint.analysis.ignored_keys import has_ignored_decay, ignored_keys
from optimlint.diagnostic import Applicability, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import GroupList
from optimlint.facts.optimizers import OptimizerCall
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each group that is split off to have no decay and inherits one."""
    reported = set()
    for groups, call in _lists(facts):
        inheritances = tuple(inheritances_in(groups, call))
        # Many optimizers may share one list, so its inversions are only computed if they could matter.
        inverted = {inversion.group.range for inversion in inversions_in(groups, facts)} if inheritances else set()
        for inheritance in inheritances:
            place = inheritance.group.range
            if place not in inverted and place not in reported:
                reported.add(place)
                yield _finding(inheritance, call)


def _lists(facts: FileFacts) -> Iterator[tuple[GroupList, OptimizerCall]]:
    """The lists that are passed to optimizers, except those whose decay is under a key that nothing reads."""
    ignored = ignored_keys(facts)
    for call in facts.optimizer_calls:
        for groups in lists_given(call):
            if not has_ignored_decay(groups.groups, ignored) and not may_be_changed(WEIGHT_DECAY, groups, facts):
                yield groups, call


def _finding(inheritance: Inheritance, call: OptimizerCall) -> Finding:
    inherited = inheritance.inherited
    edit = inserted_setting(inheritance.group, WEIGHT_DECAY, "0.0")
    return Finding(
        inheritance.group.range,
        f"the biases and norms in this group decay by {number_text(inherited.value)}, {inherited.origin}: "
        "the group sets no `weight_decay` of its own",
        related=(
            Related(inheritance.naming.range, "another group sets its decay here"),
            Related(call.range, "this optimizer decays groups that set no decay"),
        ),
        fixes=(Fix("Add a `weight_decay` of 0.0", (edit,), Applicability.SAFE),) if edit else (),
    )


RULE = Rule("inherited-decay", "OPT202", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
