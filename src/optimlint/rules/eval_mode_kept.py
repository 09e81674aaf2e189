"""An evaluation leaves the model in evaluation mode, and training goes on in it.

## Why it matters
`model.eval()` switches dropout off and makes batch norm use its running statistics. Nothing switches them back but
`model.train()`. Where that stands above the loop, or outside of the one that evaluates, training runs as it was meant
until the first evaluation, and from then on without dropout and with frozen statistics. Nothing fails, and the loss
even looks better.

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
Unsafe: `model.train()` is put behind the call that evaluates, or at the top of the loop where `eval()` stands in the
loop itself. Training changes, as it should; a model whose batch norm was frozen on purpose would train it again.

## Known limits
Functions and methods of the same file are followed, and those that it imports from files of the repository, also where
a loop calls both what trains and what evaluates from there: by their names, `train` or `fit` and `eval`, `valid` or
`test`. What an object keeps of what it was made with is the same model. The rule is silent where a call that cannot be
followed is given the model, since that may switch it back, where the model is evaluated before it is trained on
purpose, for models that are made anew in each round, for one that no optimizer in view trains, and for one whose layers
are all in view and have one mode.
"""

from collections.abc import Iterator

from optimlint.analysis.training.modes import KeptMode, kept_modes
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """A finding for each place of a loop that leaves a model in evaluation mode."""
    reported: set[tuple[Range, str]] = set()
    for routine in facts.training:
        for kept in kept_modes(routine):
            key = kept.eval.place, kept.model.text
            if key not in reported:
                reported.add(key)
                yield _finding(kept)


def _finding(kept: KeptMode) -> Finding:
    model = kept.model.text
    related = [Related(kept.backward.place, "what the next round trains on")]
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
        yield Fix(f"Put `{line}` behind the call", (edit,), Applicability.UNSAFE)
    elif kept.loop.first is not None:
        first = kept.loop.first
        edit = Edit(first.range.part(first.range.start, first.range.start), f"{line}\n{first.indentation}")
        yield Fix(f"Put `{line}` at the top of the loop", (edit,), Applicability.UNSAFE)


RULE = Rule("eval-mode-kept", "OPT501", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.2.0")
