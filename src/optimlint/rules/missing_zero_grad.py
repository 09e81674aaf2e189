"""Nothing in a training loop zeroes the gradients of an optimizer.

## Why it matters
`backward()` adds to the gradients that exist. Without `zero_grad()`, each step uses the sum of the gradients of all
batches so far. Old gradients never go away, the steps grow, and training drifts in the direction of the first batches,
without an error. In adversarial training it is easily forgotten for one of the two optimizers.

## Example
```python
for x, y in loader:
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
```

## Use instead
```python
for x, y in loader:
    loss = criterion(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
```

## Fix safety
Unsafe: the fix puts `zero_grad()` above the backward pass, and training changes, as it should. Code that adds up
gradients on purpose still zeroes them somewhere, so it is not reported.

## Known limits
The rule needs to see the loop. It is silent where anything in the loop may zero the gradients:

- a call that cannot be followed and gets the optimizer or the model,
- gradients that are set by hand,
- a closure, or the engine of a framework,
- a model that is created anew in each round.

Optimizers over tensors that belong to no model, and functions that are tests, are not reported.
"""

from collections.abc import Iterator

from optimlint.analysis.training.discarded import discarded_gradients
from optimlint.analysis.training.edits import insert_before
from optimlint.analysis.training.unzeroed import Unzeroed, unzeroed
from optimlint.diagnostic import Applicability, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each step whose gradients are never zeroed, unless another rule reports the step."""
    reported = {one.step.range for routine in facts.training for one in discarded_gradients(routine)}
    for routine in facts.training:
        for one in unzeroed(routine):
            if one.step.range not in reported and not _is_test(routine.scope.name):
                reported.add(one.step.range)
                yield _finding(one)


def _is_test(name: str) -> bool:
    """Whether a function is a test. The few rounds of a test train nothing."""
    return any(part.startswith("test") for part in name.split("."))


def _finding(one: Unzeroed) -> Finding:
    optimizer = one.optimizer.text
    related = [Related(one.backward.place, "the gradients are added up here")]
    if one.zeroed is not None:
        zeroed = one.zeroed.subjects[0].text
        related.append(Related(one.zeroed.place, f"only the gradients of `{zeroed}` are zeroed"))
    return Finding(
        one.step.place,
        f"nothing in the loop zeroes the gradients of `{optimizer}`: each step uses their sum over all rounds so far",
        related=tuple(related),
        fixes=tuple(_fixes(one)),
    )


def _fixes(one: Unzeroed) -> Iterator[Fix]:
    statement = one.backward.statement
    if one.optimizer.has_name and statement is not None:
        line = f"{one.optimizer.text}.zero_grad()"
        yield Fix(f"Put `{line}` above the backward pass", (insert_before(statement, line),), Applicability.UNSAFE)


RULE = Rule("missing-zero-grad", "OPT402", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.2.0")
