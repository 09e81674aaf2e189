"""Some parameters that should be trained are in no group.

## Why it matters

A parameter that is in no group is never stepped. It keeps its initial value, and nothing fails. Most often, the groups
are taken from the sub-modules of a model, and a sub-module that was added later is forgotten.

Other causes:

- Groups that split by two tests cover three of the four combinations.
- Every group asks for a name, and none takes the rest.
- A group is built but never put in the list.
- A loop takes `m.weight` and `m.bias` of all modules, but the model also has an `nn.Parameter` of its own.

## Example

```python
class Tagger(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.rnn = nn.LSTM(768, 384, bidirectional=True)
        self.head = nn.Linear(768, 9)

    def forward(self, tokens):
        return self.head(self.rnn(self.encoder(tokens))[0])


model = Tagger(encoder)
optimizer = AdamW([
    {"params": model.encoder.parameters(), "lr": 1e-5},
    {"params": model.head.parameters(), "lr": 1e-3},
])
```

## Use instead

```python
optimizer = AdamW([
    {"params": model.encoder.parameters(), "lr": 1e-5},
    {"params": model.rnn.parameters(), "lr": 1e-3},
    {"params": model.head.parameters(), "lr": 1e-3},
])
```

or a last group that takes whatever is left:

```python
rest = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
```

If parameters are left out on purpose, freeze them (`model.rnn.requires_grad_(False)`). This says so in the code, and
torch then computes no gradients for them.

## Fix safety

There is no fix: a person has to choose the settings of the missing group.

## Known limits

The sub-modules are known only where the model's class is known: it is in the same file, or imported from a file of the
repository. The class of an argument is known from its annotation, where all callers in the file pass the same class, or
where all callers in other files visibly create the model that they pass.

A filter that cannot be read may take anything, so the rule is silent about what depends on it. A single group counts as
a choice, unless it leaves out the model's last layer, which is still as it was created. Groups that all select among
the same parts count as a choice, too. What is left out of a part of a part (`model.body.encoder` without
`model.body.pooler`) is not judged: the model may use one without the other.

Parameters count as left out on purpose where the class runs them without a gradient (under `torch.no_grad()`, or
detached), and where the code freezes them, all or by a test of names.
"""

from collections.abc import Iterable, Iterator

from optimlint.analysis.coverage import Coverage, Uncovered, always_empty
from optimlint.analysis.coverage.spelling import ALL
from optimlint.analysis.coverage.truth_table import atoms_of
from optimlint.analysis.coverage.wording import selection_words
from optimlint.analysis.forgotten import forgotten, is_left_on_purpose, lists_left_on_purpose
from optimlint.analysis.listed import Listed, is_whole, listed, model_classes
from optimlint.diagnostic import Finding, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.conditions import NameTest
from optimlint.facts.groups import ParamGroup
from optimlint.facts.models import SubModule
from optimlint.facts.names import Model
from optimlint.knowledge.words import says_adapter
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report the parameters that each list leaves out, once. If its groups overlap, only overlapping-groups reports."""
    told: set[tuple[Range, str]] = set()
    for one in listed(facts):
        if one.group_list.repeated or any(found.overlap for found in one.coverage):
            continue
        for finding in _left_out(one, facts):
            if (finding.range, finding.message) not in told:
                told.add((finding.range, finding.message))
                yield finding


def _left_out(one: Listed, facts: FileFacts) -> Iterator[Finding]:
    yield from _unlisted(one)
    if one.is_whole:
        yield from _by_filters(one, facts)
        yield from _by_sub_modules(one, facts)


def _unlisted(one: Listed) -> Iterator[Finding]:
    """Report groups that are built next to the list and never added to it."""
    for group in one.group_list.left_out:
        what = selection_words(group.parts, is_readable=group.is_readable)
        yield Finding(
            one.group_list.range,
            f"a group with {what} is built and never put in the list, so its parameters are never trained",
            related=(Related(group.range, "built here"),),
        )


def _by_filters(one: Listed, facts: FileFacts) -> Iterator[Finding]:
    """Report parameters that the filters of all groups reject."""
    said = [
        _sentence(found, hole)
        for found in one.coverage
        for hole in found.uncovered
        if not _is_meant(found, hole, one, facts)
    ]
    if said:
        empty = (one.groups[index].range for index in always_empty(one.groups))
        related = tuple(Related(place, "no parameter can be in this group") for place in empty)
        yield Finding(one.group_list.range, "; ".join(dict.fromkeys(said)), related)


def _is_meant(found: Coverage, hole: Uncovered, one: Listed, facts: FileFacts) -> bool:
    """Whether the code shows that these parameters should not be trained."""
    listed_so = lists_left_on_purpose(facts, one.group_list.scope)
    if all(any(test.text in listed_so or is_left_on_purpose(test.text) for test in passed) for passed in hole.passed):
        return True
    if not hole.is_place:
        # A single group that selects only biases is a choice; one that rejects biases has forgotten them.
        return len(one.groups) == 1 and not hole.is_flat_kind
    if _trains_adapters(one.groups):
        return True
    if len(one.groups) == 1 or found.is_selection:
        # Training only the last layer is a choice. Leaving a new last layer untrained is a mistake.
        return len(one.groups) > 1 or not _has_last_layer(found, hole, facts)
    if any(is_whole(part) and part.model.identity == found.model.identity for part in facts.frozen if part.model):
        return True
    return bool(hole.sub_modules) and not _forgotten_names(hole)


def _has_last_layer(found: Coverage, hole: Uncovered, facts: FileFacts) -> bool:
    """Whether the model's last layer is newly created and left out entirely."""
    model_class = dict(model_classes(facts)).get(found.model.identity)
    parts = model_class.sub_modules if model_class is not None and not found.model.path else ()
    last = (one for one in parts if one.gives_result and not one.kind.endswith(".from_pretrained"))
    return any(one.name in hole.wholly for one in last)


def _trains_adapters(groups: tuple[ParamGroup, ...]) -> bool:
    tests = atoms_of(part.condition for group in groups for part in group.parts) or ()
    return any(isinstance(test, NameTest) and says_adapter(test.text) for test in tests)


def _forgotten_names(hole: Uncovered) -> tuple[str, ...]:
    return tuple(name for name in hole.sub_modules if not is_left_on_purpose(name))


def _sentence(found: Coverage, hole: Uncovered) -> str:
    wholly = [name for name in _forgotten_names(hole) if name in hole.wholly]
    if wholly:
        return f"{_listing(found.model, wholly)} {_fate(len(wholly))}{_reason(hole)}"
    partly = (
        f" (parameters of {_listing(found.model, _forgotten_names(hole))})"
        if hole.is_place and hole.sub_modules
        else ""
    )
    return f"`{found.model.shown}`: {hole.words}{partly} are in no group, so they are never trained"


def _reason(hole: Uncovered) -> str:
    """How the filters leave the parameters out; "" if that adds nothing."""
    if hole.words == ALL:
        return ""
    outside = hole.words.removeprefix("parameters outside ")
    is_outside = outside != hole.words
    return f": the filters take nothing outside {outside}" if is_outside else f": the filters leave out {hole.words}"


def _listing(model: Model, names: Iterable[str]) -> str:
    return " and ".join(f"`{model.shown}.{name}`" for name in names)


def _fate(count: int) -> str:
    return "is in no group, so it is never trained" if count == 1 else "are in no group, so they are never trained"


def _by_sub_modules(one: Listed, facts: FileFacts) -> Iterator[Finding]:
    """Report sub-modules of a known class that are in no group."""
    for model, left in forgotten(facts, one):
        names = _listing(model, (sub_module.name for sub_module in left))
        yield Finding(
            one.group_list.range,
            f"{names}, used in the forward pass, {_fate(len(left))}",
            related=tuple(_assigned(model, sub_module) for sub_module in left if sub_module.range is not None),
        )


def _assigned(model: Model, sub_module: SubModule) -> Related:
    assert sub_module.range is not None
    return Related(sub_module.range, f"`{model.shown}.{sub_module.name}` is made here")


RULE = Rule("uncovered-parameters", "OPT102", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
