"""Parameter groups are built but never used.

## Why it matters
Groups that nothing reads have no effect: their decay and learning rates are never applied. Usually a helper creates the
optimizer and was given the model instead of the groups, or the line that passes the groups was lost.

## Example
```python
groups = [
    {"params": model.body.parameters(), "lr": 1e-5},
    {"params": model.head.parameters(), "lr": 1e-3},
]
optimizer = make_optimizer(model)
```

## Use instead
```python
optimizer = make_optimizer(groups)
```

## Fix safety
There is no fix: only the author knows where the groups belong.

## Known limits
Names that another file of the repository imports, names in `__all__` and attributes of a class are not reported, since
others may read them. Where an optimizer of the same scope takes all parameters of the model, `bypassed-param-groups`
reports it instead.
"""

from collections.abc import Iterator

from optimlint.analysis.applied import with_settings
from optimlint.analysis.unused_groups import bypassed_by, is_read
from optimlint.diagnostic import Finding, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import GroupList
from optimlint.facts.names import ScopeKind
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each list of groups that nothing uses, unless bypassed-param-groups reports it."""
    bypassed = {groups.identity for call in facts.optimizer_calls for groups in bypassed_by(call, facts)}
    for groups in facts.group_lists:
        if groups.identity not in bypassed and _is_dead(groups, facts):
            yield Finding(groups.range, f"the groups in `{groups.place}`{with_settings((groups,))} are never used")


def _is_dead(groups: GroupList, facts: FileFacts) -> bool:
    is_attribute = groups.place is None or "." in groups.place or groups.scope.kind is ScopeKind.CLASS
    return groups.is_listed and not is_attribute and bool(groups.models) and not is_read(groups, facts)


RULE = Rule("unused-param-groups", "OPT002", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
