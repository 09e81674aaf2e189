"""The best weights are kept as references, so further training overwrites them.

## Why it matters

`state_dict()` copies nothing. It returns the parameters' own tensors, and the optimizer changes these in place. A
shallow copy of the dict holds the same tensors, and the model itself is no copy at all. What is loaded, saved or
returned as the best in the end holds the weights of the last step. The log still shows the best score, and nothing
fails.

## Example

```python
if score > best:
    best = score
    best_state = model.state_dict()
```

## Use instead

```python
if score > best:
    best = score
    best_state = copy.deepcopy(model.state_dict())
```

## Fix safety

Safe: `copy.deepcopy` keeps the weights as they are at this point. The fix adds the import where it is missing. The copy
takes the memory of one more model.

## Known limits

The rule looks at assignments under a test that something improved: in the branch that stores the new best score, or
after a test that skips the round. It reports an assignment where the kept weights are loaded, saved or returned
elsewhere, and where the model is known to be trained further, in the same loop or when a caller calls the method again.

It is silent where each round creates a model of its own, where the block ends the training, and where a function in
between may copy. A dict of `.cpu()` tensors is a copy only if the model is on a GPU, so it is reported as a note.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.kept import Keeping, KeptWeights
from optimlint.rule import Rule

_WHAT = {
    Keeping.STATE: "`{model}.state_dict()` copies nothing",
    Keeping.SHALLOW: "this copies the dict, but none of its tensors",
    Keeping.ON_CPU: "`.cpu()` copies nothing there",
    Keeping.MODEL: "`{model}` is the model itself, not a copy",
}
_MOST_SHOWN = 3


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each place that keeps the best weights by reference."""
    for one in facts.kept_weights:
        uses = (Related(use, "the last weights are used here") for use in one.uses[:_MOST_SHOWN])
        where = "on a CPU, " if one.keeping is Keeping.ON_CPU else ""
        what = _WHAT[one.keeping].format(model=one.model)
        yield Finding(
            one.range,
            f"{where}`{one.place}` ends up with the last weights, not the best: {what}, and training goes on",
            related=(Related(one.test, "the improvement is tested here"), *uses),
            fixes=_fixes(one),
            severity=Severity.NOTE if one.keeping is Keeping.ON_CPU else None,
        )


def _fixes(one: KeptWeights) -> tuple[Fix, ...]:
    if one.value is None:
        return ()
    start, end = one.value.start, one.value.end
    imports = (Edit(one.addition, one.addition_text),) if one.addition is not None else ()
    edits = (*imports, Edit(one.value.part(start, start), f"{one.copy_text}("), Edit(one.value.part(end, end), ")"))
    return (Fix("Copy the weights", edits, Applicability.SAFE),)


RULE = Rule("best-weights-alias", "OPT502", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.2.0")
