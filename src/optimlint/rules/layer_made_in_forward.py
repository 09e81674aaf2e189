"""A layer with parameters is created anew in each forward pass, so its weights are never trained.

## Why it matters

`nn.Linear(a, b)(x)` in `forward` draws new weights at every call. They are in no optimizer and in no checkpoint, no
step changes them, and the same input gives a different output each time. The rest of the model trains around this
noise, and nothing fails.

## Example

```python
def forward(self, x):
    mixed = self.mix(x)
    return nn.Linear(mixed.size(-1), x.size(-1))(mixed)
```

## Use instead

```python
def __init__(self, width):
    super().__init__()
    self.out = nn.Linear(width, width)

def forward(self, x):
    return self.out(self.mix(x))
```

## Fix safety

There is no fix: only the author knows the sizes that `__init__` needs.

## Known limits

Layers without parameters, and layers that are created once (`if self.proj is None`), are right. The rule is silent
where only a shape is wanted, where the weights are assigned, loaded or frozen there, where the layer leaves the method,
and where no gradient is kept.

A norm layer starts with ones and zeros at each call. It is not random but never learns, so it is reported as a note.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.modules import FreshLayer
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each layer that is created and called on every run of the model."""
    for layer in facts.fresh_layers:
        related = () if layer.used == layer.range else (Related(layer.used, "it is called here"),)
        yield Finding(
            layer.range,
            f"each run of `{layer.owner}.{layer.method}` makes a new `{layer.kind}`: {_what(layer)}",
            related=related,
            severity=Severity.NOTE if layer.begins_alike else None,
        )


def _what(layer: FreshLayer) -> str:
    if layer.begins_alike:
        return "its weights are ones and zeros at every call, and no optimizer ever trains them"
    return "its weights are random at every call, and no optimizer ever trains them"


RULE = Rule("layer-made-in-forward", "OPT303", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.2.0")
