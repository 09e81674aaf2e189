"""An optimizer with parameter groups is replaced, before it is used, by one over all parameters.

## Why it matters
The second optimizer takes over the name, so the first one, with its groups, never makes a step. Often both lines stayed
in the code after a comparison, and the one that should have been deleted is the one that is used.

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
There is no fix: only the author knows which of the two was meant.

## Known limits
Any use in between (a scheduler for the first optimizer, a step) keeps the rule silent, and so do optimizers that are
created in different branches.
"""

from collections.abc import Iterator

from optimlint.analysis.applied import effect, never_applied
from optimlint.diagnostic import Finding, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.optimizers import AllParameters, Groups
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each optimizer over all parameters that replaces one with groups."""
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
