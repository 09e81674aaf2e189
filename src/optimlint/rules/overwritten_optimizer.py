"""An optimizer built from parameter groups is replaced, unused, by one over all parameters.

## Why it matters
The second construction takes the name over: the first optimizer, with its groups, never makes a step. Often both lines
were left in after a comparison, and the one that was meant to go is the one that works.

## Example
```python
optimizer = torch.optim.AdamW(groups, lr=3e-5)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5)
```

## Use instead
```python
optimizer = torch.optim.AdamW(groups, lr=3e-5)
```

## Fix safety
There is no fix: which of the two was meant, only the author knows.

## Known limits
Any use in between (a scheduler made from the first optimizer, a step) keeps the rule silent, and so do constructions in
different branches.
"""

from collections.abc import Iterator

from optimlint.analysis.applied import effect, never_applied
from optimlint.diagnostic import Finding, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.optimizers import AllParameters, Groups
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """A finding for each optimizer over all parameters that takes the place of one over groups."""
    for overwrite in facts.overwrites:
        first, second = overwrite.first, overwrite.second
        if isinstance(first.params, Groups) and isinstance(second.params, AllParameters):
            groups = first.params.lists
            yield Finding(
                second.range,
                f"the optimizer with groups is replaced before it is used: {effect(second, groups)}"
                f"{never_applied(groups, second)}",
                related=(Related(first.range, "the optimizer with groups is made here"),),
            )


RULE = Rule("overwritten-optimizer", "OPT004", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
