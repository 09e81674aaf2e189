"""`configure_optimizers` creates an optimizer but does not return it, so Lightning trains without one.

## Why it matters

Lightning uses what `configure_optimizers` returns. A method without a `return` gives it `None`, which means that there
is nothing to optimize. Training runs through all epochs, the loss is logged, checkpoints are written, and no weight
ever changes. The only sign is one warning at the start.

## Example

```python
def configure_optimizers(self):
    optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
```

## Use instead

```python
def configure_optimizers(self):
    return torch.optim.Adam(self.parameters(), lr=1e-3)
```

## Fix safety

Unsafe: the fix returns the optimizer where it is created, and the model is trained from then on. There is a fix only
where the last statement creates the one optimizer of the method.

## Known limits

The rule looks at classes that, by their imports, inherit from Lightning's `LightningModule`. It is silent where the
method returns anything on some path, raises, keeps the optimizer in an attribute or passes it to anything but a
scheduler, and in classes with manual optimization. A method that creates no optimizer trains nothing on purpose.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Applicability, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.hooks import Unreturned
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each hook that creates an optimizer and returns none."""
    for one in facts.unreturned:
        yield Finding(
            one.range,
            f"`{one.name}` returns nothing: Lightning gets no optimizer, so no weight of `{one.owner}` ever changes",
            related=tuple(Related(place, "the optimizer is made here and dropped") for place in one.optimizers),
            fixes=_fixes(one),
        )


def _fixes(one: Unreturned) -> tuple[Fix, ...]:
    if one.returning is None:
        return ()
    return (Fix("Return the optimizer", (one.returning,), Applicability.UNSAFE),)


RULE = Rule("optimizers-not-returned", "OPT304", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.2.0")
