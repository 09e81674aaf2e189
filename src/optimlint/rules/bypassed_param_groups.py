"""Parameter groups are built, but the optimizer takes `model.parameters()`.

## Why it matters
The groups have settings of their own, such as no weight decay for biases and norms, or a lower learning rate for the
backbone. The optimizer was given all parameters instead, so it applies one setting to everything. Nothing fails, and
the loss goes down. Only `for g in optimizer.param_groups: print(g["weight_decay"])` shows it: it prints one number
where several were meant.

## Example
```python
groups = [
    {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.002},
    {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5)
```

## Use instead
```python
optimizer = torch.optim.AdamW(groups, lr=3e-5)
```

## Fix safety
Safe where a single list of groups is available at the call and was built before it on every path. Unsafe where the list
is built under a condition, where the call gives the parameters settings of their own, and where a commented-out call
shows that somebody passed the groups before and stopped. Only shown where the groups are built after the call, or where
several lists fit. The fix changes training, as it should: a learning rate that was tuned with the bug may need another
look.

## Known limits
A list counts as used as soon as anything reads it that could lead to an optimizer: an argument, a `return`, a loop.
Printing, logging and counting do not count. A list of a module is used by another file that imports it. A list in an
attribute is used by another file that reads the attribute and can hold the object. The same word in a file that imports
neither does not count.
"""

from collections.abc import Iterator

from optimlint.analysis.applied import effect, joined, never_applied, with_settings
from optimlint.analysis.unused_groups import bypassed_by
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import GroupList
from optimlint.facts.optimizers import AllParameters, OptimizerCall
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each optimizer over all parameters if there are groups of them that nothing uses."""
    for call in facts.optimizer_calls:
        bypassed = bypassed_by(call, facts)
        if not bypassed or not isinstance(call.params, AllParameters):
            continue
        places = list(dict.fromkeys(f"`{groups.place}`" for groups in bypassed if groups.place))
        names = joined(places) if places else "the groups"
        verb = "is" if len(places) == 1 else "are"
        lost = never_applied(bypassed, call)
        yield Finding(
            call.range,
            f"{names}{'' if lost else with_settings(bypassed)} {verb} never used: {effect(call, bypassed)}{lost}",
            related=tuple(Related(groups.range, f"{_what(groups)} built here") for groups in bypassed),
            fixes=_fixes(call, call.params, bypassed),
        )


def _what(groups: GroupList) -> str:
    return f"`{groups.place}` is" if groups.place else "the groups are"


def _fixes(call: OptimizerCall, params: AllParameters, bypassed: tuple[GroupList, ...]) -> tuple[Fix, ...]:
    """Pass the groups instead of the parameters, if they have a name."""
    alternatives: dict[str, Fix] = {}
    is_only = len({groups.place for groups in bypassed}) == 1
    for groups in bypassed:
        at_hand = next((one for one in call.reachable if one.group_list == groups.identity), None)
        place = at_hand.place if at_hand is not None else groups.place
        if place is None:
            continue
        applicability = Applicability.DISPLAY
        if at_hand is not None and is_only and groups.is_listed:
            has_settings = params.group is not None and bool(params.group.settings)
            is_sure = at_hand.is_certain and not call.hinted and not has_settings
            applicability = Applicability.SAFE if is_sure else Applicability.UNSAFE
        edit = Edit(params.range, place)
        alternatives.setdefault(place, Fix(f"Pass `{place}` to the optimizer", (edit,), applicability))
    return tuple(sorted(alternatives.values(), key=lambda fix: -fix.applicability))


RULE = Rule("bypassed-param-groups", "OPT001", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
