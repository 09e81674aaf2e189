"""A suppression comment suppresses nothing, or names a rule that does not exist.

## Why it matters

A suppression that is no longer needed hides the next finding at the same place. One with a misspelt name never worked.

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

These comments suppress findings. They take names or codes of rules, separated by commas, and a reason may follow:

- `# optimlint: ignore[bypassed-param-groups]` on the line where a finding begins, on the line of a related place, or on
  a line of its own above either.
- `# optimlint: ignore` in the same places, for every rule.
- `# optimlint: ignore-file[OPT001]` or `# optimlint: ignore-file`, on a line of its own, for the whole file or
  notebook.
- `# noqa: OPT001` on the line of the finding or of a related place, also beside the codes of other tools; `# noqa` on
  the line of the finding.

## Fix safety

Safe: comments change nothing that runs. The fix removes the names that suppress nothing, or the whole comment with its
reason and the white space around it. Text for other tools in the same comment stays. A name that does not exist is left
for a person to correct.

## Known limits

The rule can judge only the rules that this run checked. A suppression of a rule that was not selected is not reported.
Neither is one of all rules, unless all rules that are on by default were selected. A bare `# noqa` and the codes of
other tools are never reported.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Finding, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report nothing: the engine itself reports it."""
    yield from ()


RULE = Rule("unused-suppression", "OPT901", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
