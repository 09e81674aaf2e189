"""A file or a cell of a notebook cannot be parsed, so it is not checked.

## Why it matters

A run that said nothing about such a file would look clean and prove nothing. So the place and the reason are reported,
and the command ends with exit code 2, as for everything that it could not do.

A file without any word that relates to optimizers is not parsed, and nothing is reported for it. So old Python 2 code
elsewhere in the repository makes no noise.

The code above a syntax error is still checked, and so are the other cells of a notebook. Names in the code that cannot
be parsed count as used. The file gets no fixes until it can be parsed.

## Example

In a notebook, only the rest of the broken cell is left out:

```python
for group in optimizer.param_groups
    print(group["weight_decay"])
```

## Use instead

Correct the source. Or exclude the file (`exclude`). Or accept that it is not checked: with
`per-file-ignores = {"legacy/*.py" = ["unparseable"]}`, with a comment `# optimlint: ignore[unparseable]` above the
line, or with a baseline. What is accepted does not change the exit code.

## Fix safety

There is no fix.

## Known limits

Code with very deep nesting (some hundred brackets or operators within one another) is not parsed, since no parser
survives it on every machine. In notebooks, the syntax of IPython, such as `%time` or `!ls`, can be parsed. A class with
a syntax error is skipped as a whole. A comment cannot suppress a finding about the whole file, such as its encoding.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report nothing: the engine itself reports it."""
    yield from ()


RULE = Rule("unparseable", "OPT900", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
