"""The model stays in evaluation mode after an evaluation, and training goes on in it.

## Why it matters
`model.eval()` switches dropout off and makes batch norm use its running statistics. Only `model.train()` switches back.
If `model.train()` is called before the loop, or only in a loop around it, the model trains as intended until the first
evaluation. From then on it trains without dropout and with frozen statistics. Nothing fails, and the loss even looks
better.

## Example
```python
for epoch in range(epochs):
    for x, y in loader:
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, evaluate(model, held_out))  # calls model.eval()
```

## Use instead
```python
    print(epoch, evaluate(model, held_out))
    model.train()
```

## Fix safety
Unsafe: the fix puts `model.train()` after the call that evaluates, or at the top of the loop where the loop itself
calls `eval()`. Training changes, as it should. If batch norm was frozen on purpose, it would be trained again.

## Known limits
The rule follows functions and methods of the same file, and those imported from files of the repository. A loop may
call a function that trains and one that evaluates, both from another file. Then their names have to say so: `train` or
`fit`, and `eval`, `valid` or `test`. A model that an object was created with and keeps counts as the same model.

The rule is silent

- where a call that cannot be followed gets the model, since the call may switch it back,
- where the model is put in evaluation mode before training, on purpose,
- for a model that is created anew in each round, or that no optimizer in view trains,
- for a model whose layers are all known and behave the same in both modes.
"""

from collections.abc import Iterator

from optimlint.analysis.training.modes import KeptMode, kept_modes
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each place in a loop that leaves a model in evaluation mode."""
    reported: set[tuple[Range, str]] = set()
    for routine in facts.training:
        for kept in kept_modes(routine):
            key = kept.eval.place, kept.model.text
            if key not in reported:
                reported.add(key)
                yield _finding(kept)


def _finding(kept: KeptMode) -> Finding:
    model = kept.model.text
    related = [Related(kept.backward.place, "the next round trains it here")]
    if not kept.eval.is_own:
        related.insert(0, Related(kept.eval.range, "it is put in evaluation mode here"))
    left = "is put in evaluation mode here" if kept.eval.is_own else "is left in evaluation mode by this call"
    return Finding(
        kept.eval.place,
        f"`{model}` {left}, and nothing in the loop calls `{model}.train()`: from the next round on it trains without "
        "dropout and with frozen batch norm",
        related=tuple(related),
        fixes=tuple(_fixes(kept)),
    )


def _fixes(kept: KeptMode) -> Iterator[Fix]:
    statement, line = kept.eval.statement, f"{kept.model.text}.train()"
    if not kept.model.has_name:
        return
    if not kept.eval.is_own and statement is not None:
        edit = Edit(statement.line_end, f"\n{statement.indentation}{line}")
        yield Fix(f"Put `{line}` after the call", (edit,), Applicability.UNSAFE)
    elif kept.loop.first is not None:
        first = kept.loop.first
        edit = Edit(first.range.part(first.range.start, first.range.start), f"{line}\n{first.indentation}")
        yield Fix(f"Put `{line}` at the top of the loop", (edit,), Applicability.UNSAFE)


RULE = Rule("eval-mode-kept", "OPT501", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.2.0")
