"""A no-decay list or split is never used, and the optimizer takes all parameters.

## Why it matters
The list says which parameters should not decay, but nothing reads it. The optimizer decays all parameters alike, biases
and norms included. Usually the list is one half of a pattern whose other half was lost.

## Example
```python
no_decay = ["bias", "LayerNorm.weight"]
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5, weight_decay=0.01)
```

## Use instead
```python
no_decay = ["bias", "LayerNorm.weight"]
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.01},
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=3e-5, weight_decay=0.01)
```

## Fix safety
Unsafe: the fix builds two groups, one with the decay that the call has now and one with 0.0. A person should check that
the list names the norm layers of this model.

## Known limits
A list that is passed on, returned, exported, or imported by another file counts as used.
"""

from collections.abc import Iterator

from optimlint.analysis.applied import effect, joined
from optimlint.analysis.decay_settings import inherited_decay, number_text
from optimlint.analysis.parameter_kinds import ParameterKind, kinds_of
from optimlint.analysis.unused_groups import bypassed_by, ignored_names, ignored_split
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import NameList, ParamGroup, Split
from optimlint.facts.optimizers import AllParameters, OptimizerCall
from optimlint.rule import Rule

_GROUPS = "optimizer_grouped_parameters"


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each optimizer over all parameters if there is a no-decay list or split that nothing uses."""
    for call in facts.optimizer_calls:
        if bypassed_by(call, facts):
            continue
        names, split = ignored_names(call, facts), ignored_split(call, facts)
        if split is not None:
            places = joined([f"`{place}`" for place in split.places])
            yield Finding(
                call.range,
                f"the split into {places} is never used: {effect(call)}",
                related=(Related(split.range, "the split begins here"),),
                fixes=_fixes_for_split(call, split),
            )
        elif names is not None:
            yield Finding(
                call.range,
                f"`{names.place}` is never used: {effect(call)}",
                related=(Related(names.range, f"`{names.place}` is made here"),),
                fixes=_fixes_for_names(call, names),
            )


def _decay(call: OptimizerCall) -> str | None:
    """The current decay of the call as code; None if it has none, or it cannot be written."""
    given = call.setting("weight_decay")
    if given is not None:
        return given.value_text or None
    inherited = inherited_decay(call)
    return number_text(inherited.value) if inherited is not None and inherited.value else None


def _fixes_for_names(call: OptimizerCall, names: NameList) -> tuple[Fix, ...]:
    """Build the two groups before the statement and pass them."""
    decay = _decay(call)
    if (
        decay is None
        or call.statement is None
        or names.order > call.order
        or not isinstance(call.params, AllParameters)
        or not call.params.model.has_name
    ):
        return ()
    model, indent = call.params.model.text, call.indentation
    source = f"p for n, p in {model}.named_parameters()"
    test = f"any(nd in n for nd in {names.place})"
    lines = (
        f"{_GROUPS} = [",
        f'{indent}    {{"params": [{source} if not {test}], "weight_decay": {decay}}},',
        f'{indent}    {{"params": [{source} if {test}], "weight_decay": 0.0}},',
        f"{indent}]",
        indent,
    )
    at = call.statement.part(call.statement.start, call.statement.start)
    edits = (Edit(at, "\n".join(lines)), Edit(call.params.range, _GROUPS))
    return (Fix(f"Build the two groups from `{names.place}` and pass them", edits, Applicability.UNSAFE),)


def _fixes_for_split(call: OptimizerCall, split: Split) -> tuple[Fix, ...]:
    """Pass the two parts as groups, if the tests show which of them holds the biases and norms."""
    decay = _decay(call)
    kinds = kinds_of(tuple(ParamGroup(parts, (), split.range) for parts in split.parts))
    is_pair = len(kinds) == 2 and set(kinds) == {ParameterKind.MAIN, ParameterKind.BIAS_OR_NORM}
    if not is_pair or split.holds_names or decay is None or split.order > call.order:
        return ()
    values = [decay if kind is ParameterKind.MAIN else "0.0" for kind in kinds]
    groups = ", ".join(
        f'{{"params": {place}, "weight_decay": {value}}}' for place, value in zip(split.places, values, strict=True)
    )
    if not isinstance(call.params, AllParameters):
        return ()
    title = f"Pass {joined([f'`{place}`' for place in split.places])} as two groups"
    return (Fix(title, (Edit(call.params.range, f"[{groups}]"),), Applicability.UNSAFE),)


RULE = Rule("unused-no-decay", "OPT003", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
