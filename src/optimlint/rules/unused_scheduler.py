"""A scheduler is created but never stepped, so the learning rate never changes.

## Why it matters

A scheduler changes the learning rate only when its `step()` is called. If it never is, the rate stays where the
scheduler set it at first: at the optimizer's rate, at the low start of a one-cycle schedule, or at 0.0 where a warm-up
begins, so that nothing is learned at all. `get_last_lr()` and `state_dict()` do not change it.

## Example

```python
scheduler = StepLR(optimizer, step_size=1, gamma=0.7)
for batch in batches:
    optimizer.zero_grad()
    model(batch).backward()
    optimizer.step()
```

## Use instead

```python
scheduler = StepLR(optimizer, step_size=1, gamma=0.7)
for batch in batches:
    optimizer.zero_grad()
    model(batch).backward()
    optimizer.step()
    scheduler.step()
```

## Fix safety

There is no fix: whether it should step once a batch or once an epoch depends on its settings.

## Known limits

The rule looks at schedulers in plain names, in a file that trains. A scheduler in an attribute may be stepped by
another file and is never reported. Any other use keeps the rule silent: a `return`, an argument, a list, a method that
is passed on. A constant schedule is not reported, either.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.schedulers import StartRate
from optimlint.rule import Rule

_STAYS = {
    StartRate.OPTIMIZERS: "the learning rate never changes",
    StartRate.ZERO: "the learning rate stays at 0.0, where its warm-up begins",
    StartRate.FRACTION: "the learning rate stays at the low value where its schedule begins",
}


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each scheduler that nothing steps."""
    for one in facts.idle_schedulers:
        if one.exposed is not None and facts.elsewhere.is_used(one.exposed):
            continue
        yield Finding(
            one.range,
            f"nothing steps the scheduler `{one.name}` (`{one.kind}`): {_STAYS[one.start]}",
            related=tuple(Related(place, "this only reads it") for place in one.looks),
        )


RULE = Rule("unused-scheduler", "OPT405", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.2.0")
