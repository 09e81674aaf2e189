"""A one-shot iterator of parameters is read a second time, when nothing is left in it.

## Why it matters
`model.named_parameters()` and `model.parameters()` can be read once. A second comprehension over the same name yields
nothing: its group is empty, torch accepts an empty group without a word, and the parameters that were meant for it,
mostly the biases and norms, are never trained.

## Example
```python
param_optimizer = model.named_parameters()
groups = [
    {"params": [p for n, p in param_optimizer if not any(nd in n for nd in no_decay)], "weight_decay": 0.01},
    {"params": [p for n, p in param_optimizer if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
```

## Use instead
```python
param_optimizer = list(model.named_parameters())
```

## Fix safety
Safe where the later readings fill groups, optimizers and gradient clipping: the iterator is made a list where it is
made, so that every reading sees all of it. Unsafe where something else waits for the parameters, too, and would get
them for the first time: a loop that changes them, an average of weights that is updated behind the optimizer. There is
no fix where the list would put parameters in two groups.

## Known limits
An iterator that is handed to a function of another file is followed no further. A reading in one branch and one in the
other are one reading each.
"""

from collections.abc import Iterator

from optimlint.analysis.emptied import emptied_clips, fixes_of, readings_of
from optimlint.diagnostic import Finding, Range, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import ExhaustedStream
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """A finding for each iterator, at its second reading."""
    # What clips the gradients of an empty iterator has a rule of its own.
    reported: set[Range] = {stream.made for stream, _ in emptied_clips(facts)}
    for stream in sorted(facts.exhausted_streams, key=lambda stream: stream.range.order):
        if stream.made in reported:
            continue
        reported.add(stream.made)
        yield Finding(
            stream.range,
            f"`{stream.place}` is already consumed {_where(stream)}: this gets no parameters",
            related=readings_of(stream),
            fixes=fixes_of(stream, facts),
        )


def _where(stream: ExhaustedStream) -> str:
    """Where the first reading stands. An iterator in a group is read only when an optimizer takes the group."""
    is_above = stream.first.order < stream.range.order
    return "above" if is_above else "below, before the optimizer takes the group"


RULE = Rule("exhausted-parameters", "OPT101", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
