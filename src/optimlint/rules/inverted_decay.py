"""The biases and norms get the weight decay, and the other weights get none.

## Why it matters
Decay keeps the large weight matrices small. Biases and norm weights are usually excluded, because pulling them to zero
only hinders training. With the two values exchanged, the matrices grow unchecked, and the biases and norms are pulled
to zero. Nothing fails, and the loss looks much the same for a long time.

## Example
```python
no_decay = ["bias", "LayerNorm.weight"]
groups = [
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.01},
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
```

## Use instead
```python
groups = [
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.01},
]
```

## Fix safety
Unsafe: the fix exchanges the two values. If the mistake is a `not` in the wrong filter, and the lists are also used for
something else, moving the `not` is the better repair.

## Known limits
Groups are judged by their filters (fragments of names such as `bias` and `norm`, `p.ndim < 2`, or the ids of parameters
that such a test selected), never by the names of their variables. The decay of the other weights must be 0 in the code
itself. The decay of the biases and norms may be a setting such as `args.weight_decay`. Other values that are not known
as numbers, and filters that cannot be read, keep the rule silent.
"""

from collections.abc import Iterator

from optimlint.analysis.decay_settings import WEIGHT_DECAY, decay_of, inserted_setting, is_literal, may_be_changed
from optimlint.analysis.decay_splits import Inversion, inversions_in
from optimlint.analysis.ignored_keys import has_ignored_decay, ignored_keys
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each group of biases and norms that decays while the rest of its list does not."""
    ignored = ignored_keys(facts)
    for inversion in _inversions(facts):
        if inversion.origin and has_ignored_decay((inversion.group,), ignored):
            continue
        decay = inversion.decay + (f", {inversion.origin}," if inversion.origin else "")
        yield Finding(
            inversion.group.range,
            f"the biases and norms in this group decay by {decay} and the other weights by 0.0",
            related=tuple(Related(main.range, "the other weights are here") for main in inversion.mains),
            fixes=_fixes(inversion),
        )


def _inversions(facts: FileFacts) -> tuple[Inversion, ...]:
    """The inverted groups of all lists that are used, each once."""
    found = {
        inversion.group.range: inversion
        for groups in facts.group_lists
        if groups.is_listed and groups.is_consumed and not may_be_changed(WEIGHT_DECAY, groups, facts)
        for inversion in inversions_in(groups, facts)
    }
    return tuple(found.values())


def _fixes(inversion: Inversion) -> tuple[Fix, ...]:
    """Exchange the two values, if there are exactly two."""
    own, other = decay_of(inversion.group), decay_of(inversion.mains[0])
    if not inversion.is_pair or other is None:
        return ()
    if inversion.group.range == inversion.mains[0].range and not (own and is_literal(own) and is_literal(other)):
        # Two calls of a helper create both groups from one dict, so a value may be an argument of the calls.
        return ()
    edits: tuple[Edit, ...] = ()
    if own is not None:
        edits = (Edit(own.value_range, other.value_text), Edit(other.value_range, own.value_text))
    elif added := inserted_setting(inversion.group, WEIGHT_DECAY, other.value_text):
        edits = (added, Edit(other.value_range, inversion.decay))
    return (Fix("Exchange the two decay values", edits, Applicability.UNSAFE),) if edits else ()


RULE = Rule("inverted-decay", "OPT201", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
