"""An iterator of parameters is read a second time, when it is already empty.

## Why it matters
`model.named_parameters()` and `model.parameters()` return iterators, which can be read once. A second comprehension
over the same iterator yields nothing. Its group is empty, torch accepts an empty group without a word, and the
parameters that were meant for it, mostly biases and norms, are never trained.

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
Safe where the later reads fill groups, optimizers or gradient clipping: the fix makes the iterator a list where it is
created, so that every read sees all parameters. Unsafe where something else reads the iterator as well, and would get
parameters for the first time: a loop that changes them, or an average of weights that is updated after the optimizer.
There is no fix where the list would put parameters in two groups.

## Known limits
An iterator that is passed to a function of another file is not followed there. Reads in two branches of which only one
runs count as one read.
"""

from collections.abc import Iterator

from optimlint.analysis.emptied import emptied_clips, fixes_of, readings_of
from optimlint.diagnostic import Finding, Range, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import ExhaustedStream
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each iterator at its second read."""
    # Another rule reports clips of the gradients of an empty iterator.
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
    """Where the first read is. An iterator in a group is only read when an optimizer takes the group."""
    is_above = stream.first.order < stream.range.order
    return "above" if is_above else "below, before the optimizer takes the group"


RULE = Rule("exhausted-parameters", "OPT101", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
