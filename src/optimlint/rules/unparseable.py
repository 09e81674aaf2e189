"""A source that could matter cannot be read as Python, or a notebook holds a cell that cannot.

## Why it matters

What is not read is not checked. A run that said nothing about it would look clean and prove nothing. So the place and
the reason are reported, and the command ends with exit code 2, as for everything that it could not do.

A file without any word that could have to do with optimizers is not parsed at all, and then nothing is said of it: old
Python 2 code elsewhere in the repository makes no noise.

The code above a syntax error is checked all the same, and so are the other cells of a notebook. The names in what
cannot be read count as used. There are no fixes for the file until it can be read.

## Example

In a notebook, only the rest of the broken cell is left out:

```python
for group in optimizer.param_groups
    print(group["weight_decay"])
```

## Use instead

Mend the source, or exclude the file (`exclude`), or accept that it is not checked: by
`per-file-ignores = {"legacy/*.py" = ["unparseable"]}`, by a comment `# optimlint: ignore[unparseable]` above the line,
or by a baseline. What is accepted does not decide the exit code.

## Fix safety

There is no fix.

## Known limits

Very deep nesting (some hundred brackets or operators within one another) is not parsed, since no parser survives it on
every machine. What IPython alone understands, such as `%time` or `!ls`, is understood in notebooks. Of a class with a
syntax error nothing is read. A comment cannot suppress what concerns the whole file, such as its encoding.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Nothing: the engine itself reports it."""
    yield from ()


RULE = Rule("unparseable", "OPT900", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
