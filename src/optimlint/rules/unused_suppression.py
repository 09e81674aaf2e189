"""A suppression suppresses nothing, or names a rule that does not exist.

## Why it matters

A suppression that has outlived its finding hides the next one that comes to stand there. One with a misspelt name never
worked.

## Example

```python
groups = [{"params": model.parameters(), "weight_decay": 0.01}]
optimizer = AdamW(groups, lr=3e-5)  # optimlint: ignore[bypassed-param-groups]
```

## Use instead

```python
groups = [{"params": model.parameters(), "weight_decay": 0.01}]
optimizer = AdamW(groups, lr=3e-5)
```

These suppressions are understood, with names or codes of rules, divided by commas; a reason may follow:

- `# optimlint: ignore[bypassed-param-groups]` at the line where a finding begins, at the line of a related place, or
  on a line of its own above either.
- `# optimlint: ignore` there, for every rule.
- `# optimlint: ignore-file[OPT001]` or `# optimlint: ignore-file`, on a line of its own, for the whole source, which is
  the whole notebook in a notebook.
- `# noqa: OPT001` at the line of the finding or of a related place, also beside the codes of other tools; `# noqa` at
  the line of the finding.

## Fix safety

Safe: comments change nothing that runs. The fix removes the names that suppress nothing, or the whole comment with its
reason and the white space that it leaves behind. What other tools read in the same comment stays. A name that does not
exist is left for a person to mend.

## Known limits

Only what this run would have found is known to be absent: a suppression of a rule that was not chosen is left in peace,
and so is one of all rules, unless all rules that are on by default were chosen. A bare `# noqa` is never reported, nor
are the codes of other tools.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Nothing: the engine itself reports it."""
    yield from ()


RULE = Rule("unused-suppression", "OPT901", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
