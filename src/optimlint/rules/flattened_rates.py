"""One learning rate replaces the different learning rates of an optimizer's groups.

## Why it matters

`OneCycleLR(optimizer, max_lr=0.1)` gives every group the peak rate 0.1, whatever rate the group was created with.
`CyclicLR`, `SWALR` and a loop that writes `group["lr"]` do the same. The groups were built to give the backbone a lower
rate, and that rate is lost.

## Example

```python
optimizer = AdamW([{"params": backbone, "lr": 1e-5}, {"params": head, "lr": 1e-3}])
scheduler = OneCycleLR(optimizer, max_lr=1e-3, total_steps=steps)
```

## Use instead

```python
optimizer = AdamW([{"params": backbone, "lr": 1e-5}, {"params": head, "lr": 1e-3}])
scheduler = OneCycleLR(optimizer, max_lr=[1e-5, 1e-3], total_steps=steps)
```

## Fix safety

There is no fix: only the author knows what the rates should be.

## Known limits

The rule needs an optimizer whose groups and rates are all known. A loop in a function is judged by what callers in the
same file pass. The rule is silent

- where a group starts at 0,
- where the loop gives each group a factor of its own (`lr * g["scale"]`), computes a rate for each group, or tests
  which group it has,
- where the scheduler may be given a list of rates.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import Expression, Value
from optimlint.facts.rates import Flattening, different_rates, shown
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each value that replaces different learning rates."""
    for one in facts.flattenings:
        different = different_rates(one.call)
        if not different or not _is_one_rate(one, tuple(rate for _, rate in different)):
            continue
        rates = " and ".join(shown(rate) for _, rate in different)
        yield Finding(
            one.range,
            f"`{one.what}` gives all groups one learning rate, `{one.value_text}`: it replaces their own rates {rates}",
            related=tuple(Related(group.range, f"this group's rate is {shown(rate)}") for group, rate in different),
        )


def _is_one_rate(one: Flattening, rates: tuple[Value, ...]) -> bool:
    """Whether the value is certainly a single number rather than a list."""
    if one.is_number or not one.is_scheduler:
        return True
    return any(isinstance(rate, Expression) and rate.text == one.value_text for rate in rates)


RULE = Rule("flattened-rates", "OPT406", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.2.0")
