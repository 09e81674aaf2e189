"""A source that could matter cannot be read as Python, or a notebook holds a cell that cannot.

## Why it matters

What is not read is not checked. A run that said nothing about it would look clean and prove nothing. So the place and
the reason are reported, and the command ends with exit code 2, as for everything that it could not do.

A file without any word that could have to do with optimizers is not parsed at all, and then nothing is said of it: old
Python 2 code elsewhere in the repository makes no noise.

## Example

In a notebook, only the broken cell is left out. The names in it count as used, and the other cells are checked:

```python
for group in optimizer.param_groups
    print(group["weight_decay"])
```

## Use instead

Mend the source, or exclude the file (`exclude`), or accept that it is not checked:
`per-file-ignores = {"legacy/*.py" = ["unparseable"]}`. A comment cannot suppress it, for nothing reads the comments of
what cannot be parsed.

## Fix safety

There is no fix.

## Known limits

Very deep nesting (some hundred brackets or operators within one another) is not parsed, since no parser survives it on
every machine. What IPython alone understands, such as `%time` or `!ls`, is understood in notebooks.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Nothing: the engine itself reports it."""
    yield from ()


RULE = Rule("unparseable", "OPT900", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
