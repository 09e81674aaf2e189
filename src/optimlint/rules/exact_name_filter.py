"""Full parameter names are compared with fragments of names, so they are never equal.

## Why it matters
`named_parameters()` yields full names such as `encoder.layer.0.output.dense.bias`. None of them is an element of
`["bias", "LayerNorm.weight"]`. So the group without decay stays empty, and everything decays. Nothing fails, because
torch accepts an empty group.

## Example
```python
no_decay = ["bias", "LayerNorm.weight"]
spared = [p for n, p in model.named_parameters() if n in no_decay]
```

## Use instead
```python
no_decay = ["bias", "LayerNorm.weight"]
spared = [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)]
```

## Fix safety
Safe where no entry can be a full name: the fix looks for the fragments within the name, as the list was meant. Unsafe
where an entry may be a full name (`head.weight`, `cls_token`), because the fix then finds it within other names, too.

## Known limits
Lists of full names, or lists that were filled from the names of a model, are right and not reported. Tests of the last
part of a name, or of the attributes of a single module, are not reported, either. Where the model's class is known and
has a parameter with the full name of an entry, the rule is silent.
"""

from collections.abc import Iterator

from optimlint.analysis.norm_weights import class_of, parameter_names
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import FilterKind, NameFilter, NameList
from optimlint.knowledge.fragments import names_bias_or_norm
from optimlint.knowledge.parameter_names import BIAS, WEIGHT
from optimlint.rule import Rule

_MOST_ENTRIES_SHOWN = 3


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each test of whether a full name is in a list of fragments."""
    for one in facts.name_filters:
        names = one.names
        if one.kind is not FilterKind.MEMBER or not one.is_full_name or one.has_dimension_test or names is None:
            continue
        fragments = tuple(entry for entry in names.entries if _is_fragment(entry))
        if names.is_full_names or not fragments or _holds_full_names(names, one, facts):
            continue
        others = tuple(entry for entry in names.entries if entry not in fragments)
        shown = one.names_text or names.place or "the list"
        test = f"{one.subject} {'not in' if one.is_negated else 'in'} {shown}"
        outcome = f"only parameters called exactly {_either(others)} match" if others else "none matches"
        yield Finding(
            one.range,
            f"`{test}` compares full names, and no parameter is called {_either(fragments)}: {outcome}",
            related=(Related(names.range, "the fragments are listed here"),) if names.range != one.range else (),
            fixes=_fixes(one, Applicability.UNSAFE if others else Applicability.SAFE),
        )


def _is_fragment(entry: str) -> bool:
    """Whether an entry cannot be a full name: `bias` without a dot, or the `LayerNorm` of some layer."""
    return names_bias_or_norm(entry) and ("." not in entry or entry.startswith((".", "LayerNorm.")))


def _holds_full_names(names: NameList, test: NameFilter, facts: FileFacts) -> bool:
    """Whether an entry is the full name of a parameter of a known model, or may be one of a part of unknown class."""
    for model in test.models:
        if any(entry in parameter_names(model, facts) for entry in names.entries):
            return True
        is_part = bool(model.path) and class_of(model, facts) is None
        if is_part and set(names.entries) <= {BIAS, WEIGHT}:
            return True
    return False


def _either(entries: tuple[str, ...]) -> str:
    *others, last = [f"`{entry}`" for entry in entries[:_MOST_ENTRIES_SHOWN]]
    if len(entries) > _MOST_ENTRIES_SHOWN:
        return f"{', '.join((*others, last))} or the like"
    return f"{', '.join(others)} or {last}" if others else last


def _fixes(test: NameFilter, applicability: Applicability) -> tuple[Fix, ...]:
    if not test.replacement:
        return ()
    return (Fix("Look for the fragments within the name", (Edit(test.range, test.replacement),), applicability),)


RULE = Rule("exact-name-filter", "OPT105", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
