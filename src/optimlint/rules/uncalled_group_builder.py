"""A function builds parameter groups, but nothing calls it.

## Why it matters
The function says how to group the parameters, but the optimizer of the same file takes all of them alike. The settings
in the function are never applied.

## Example
```python
def group_parameters(model):
    decay = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]

optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5)
```

## Use instead
```python
optimizer = torch.optim.AdamW(group_parameters(model), lr=3e-5)
```

## Fix safety
Unsafe: the fix passes a call of the function to the optimizer. There is a fix only where the function takes nothing but
the model.

## Known limits
Only optimizers of the function's own file are considered. A function counts as called if a configuration file contains
its name, or if code may look it up under a computed name.
"""

from collections.abc import Iterator

from optimlint.analysis.applied import effect
from optimlint.analysis.unused_groups import is_builder_used_elsewhere
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import Builder
from optimlint.facts.names import ScopeKind
from optimlint.facts.optimizers import AllParameters, OptimizerCall
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each group builder that nothing mentions, if an optimizer takes all parameters."""
    # A call with a group of its own, perhaps of a sub-module, is intended.
    calls = [call for call in facts.optimizer_calls if not call.range.path and _takes_all_alike(call)]
    for builder in facts.builders:
        if calls and not (builder.is_called or builder.is_hook or is_builder_used_elsewhere(builder, facts)):
            yield Finding(
                builder.range,
                f"nothing calls `{builder.name}`, which builds parameter groups: {effect(calls[0])}",
                fixes=_fixes(builder, calls),
            )


def _takes_all_alike(call: OptimizerCall) -> bool:
    params = call.params
    return isinstance(params, AllParameters) and (params.group is None or not params.group.settings)


def _fixes(builder: Builder, calls: list[OptimizerCall]) -> tuple[Fix, ...]:
    """Pass a call of the builder to the first optimizer, if the model is its only argument."""
    params = calls[0].params
    is_plain = builder.scope.parent is not None and builder.scope.parent.kind is ScopeKind.MODULE
    if not is_plain or not builder.takes_only_model or not isinstance(params, AllParameters):
        return ()
    if not params.model.has_name:
        return ()
    text = f"{builder.name}({params.model.text})"
    return (Fix(f"Pass `{text}` to the optimizer", (Edit(params.range, text),), Applicability.UNSAFE),)


RULE = Rule("uncalled-group-builder", "OPT005", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
