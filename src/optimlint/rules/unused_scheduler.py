"""A scheduler is made and nothing steps it, so the learning rate never changes.

## Why it matters

A scheduler changes the rate when its `step()` is called, and only then. One that is made and forgotten leaves the rate
where it set it: that of the optimizer, the low start of a one-cycle schedule, or 0.0 where a warm-up begins, so that
nothing is learned at all. Reading `get_last_lr()` or `state_dict()` moves it nowhere.

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

There is no fix: whether it steps once a batch or once an epoch, its settings decide.

## Known limits

The rule speaks of names, in a file that trains. An attribute may be stepped by another file, and is never reported.
Any other use keeps it silent: a return, an argument, a list, a method that is not called. So does a schedule that is
constant.
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
    """A finding for each scheduler that nothing steps."""
    for one in facts.idle_schedulers:
        if one.exposed is not None and facts.elsewhere.is_used(one.exposed):
            continue
        yield Finding(
            one.range,
            f"nothing steps the scheduler `{one.name}` (`{one.kind}`): {_STAYS[one.start]}",
            related=tuple(Related(place, "this only looks at it") for place in one.looks),
        )


RULE = Rule("unused-scheduler", "OPT405", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.2.0")
