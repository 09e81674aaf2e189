"""A no-decay list looks for names that the model does not have.

## Why it matters
Lists of fragments are copied from script to script, but the names of norm layers differ from model to model.
`LayerNorm.weight` is right for BERT and its relatives. GPT-2 has `ln_1`, Llama `input_layernorm`, and an
`nn.Sequential` only numbers. A fragment that matches nothing excludes nothing: the norm weights decay with the rest.
`gamma` and `beta` are names from TensorFlow's checkpoints, and no norm layer of torch has them. A typo does the same:
no name contains `bais`. So does a missing comma: Python joins `"bias" "LayerNorm.weight"` to one string.

## Example
```python
model = GPT2LMHeadModel.from_pretrained("gpt2")
no_decay = ["bias", "LayerNorm.weight"]
```

## Use instead
```python
model = GPT2LMHeadModel.from_pretrained("gpt2")
no_decay = ["bias", "ln_"]
```

Where names are numbers, test the parameter instead: biases and norm weights are those with `p.ndim < 2`.

## Fix safety
The fix is only shown. The fragment that it proposes matches all norm weights of the model, but may match more than the
author wants. Where the model is not known, only a typo or a missing comma has a fix.

## Known limits
The model's class must be in the repository with all its parts, or be a class of transformers, or a literal name must
say which architecture it is. Where the model is chosen at run time, or different models share the list, only these are
reported: typos, missing commas, and `gamma` and `beta` if no class that the file can reach has parameters of these
names. A list in which other entries match every norm weight is no bug, whatever else it contains.
"""

from collections.abc import Iterator
from itertools import pairwise

from optimlint.analysis.coverage.truth_table import atoms_of
from optimlint.analysis.decay_settings import surely_decays_nothing
from optimlint.analysis.norm_weights import NormWeights, norm_weights, parameter_names
from optimlint.analysis.parameter_kinds import norm_entries, old_name
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Position, Severity
from optimlint.facts import FileFacts
from optimlint.facts.conditions import NameTest
from optimlint.facts.groups import FilterKind, GroupList, JoinedEntry, NameFilter, NameList
from optimlint.facts.names import Model
from optimlint.knowledge.fragments import names_bias_or_norm
from optimlint.knowledge.parameter_names import NORM_FRAGMENTS
from optimlint.knowledge.slips import corrected
from optimlint.rule import Rule

_MOST_NAMES_SHOWN = 4


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report the first entry of each list that matches nothing."""
    for names in _lists(facts):
        models = _models(names, facts)
        if finding := _of_missing_comma(names, models, facts) or _of_slip(names, models, facts):
            yield finding
            continue
        of_norms = norm_entries(names.entries)
        several = {norm_weights(model, facts) for model in models}
        known = several.pop() if len(several) == 1 else None
        if of_norms and all(map(old_name, of_norms)):
            if not _may_have_old_names(of_norms, known, models, facts):
                yield _of_old_names(names, of_norms, known, facts)
        elif known is not None and (finding := _unmatched(names, of_norms, known, facts)):
            yield finding


def _lists(facts: FileFacts) -> Iterator[NameList]:
    """The lists whose entries are searched for in parameter names, if the result is used."""
    kinds = (FilterKind.ANY_FRAGMENT, FilterKind.MEMBER)
    found = {one.names.range: one.names for one in facts.name_filters if one.kind in kinds and one.names is not None}
    for names in found.values():
        if names.is_consumed and not names.is_full_names:
            yield names


def _tests_of(names: NameList, facts: FileFacts) -> list[NameFilter]:
    return [one for one in facts.name_filters if one.names is not None and one.names.identity == names.identity]


def _models(names: NameList, facts: FileFacts) -> tuple[Model, ...]:
    """The models whose parameters are tested against the list's entries; empty if one of them is unknown."""
    tests = _tests_of(names, facts)
    if not all(test.models for test in tests):
        return ()
    several = {(model.identity, model.path): model for test in tests for model in test.models}
    return tuple(several.values())


def _may_have_old_names(
    entries: tuple[str, ...], known: NormWeights | None, models: tuple[Model, ...], facts: FileFacts
) -> bool:
    """Whether the model may have parameters of these names, or no norms at all. If its class is unknown, any class of
    the repository counts that it may contain."""
    if any(old_name(name) for model in models for name in parameter_names(model, facts)):
        return True
    if known is not None:
        return not known.names
    old = [name for entry in entries if (name := old_name(entry))]
    return any(name in facts.own_parameters or facts.elsewhere.is_parameter(name) for name in old)


def _of_missing_comma(names: NameList, models: tuple[Model, ...], facts: FileFacts) -> Finding | None:
    """The finding for two entries that Python joins because the comma between them is missing."""
    for joined in names.joined:
        if not _are_entries(joined.pieces) or _is_in_view(joined.entry, models, facts):
            continue
        between = " and ".join(f'`"{piece}"`' for piece in joined.pieces[:2])
        return Finding(
            names.range,
            f"a comma is missing between {between}: Python joins them to `{joined.entry}`, "
            f"which is in no parameter's name, so the parameters that they name {_treated(names, facts)}",
            fixes=(Fix("Add the comma", tuple(_commas(joined)), Applicability.DISPLAY),),
        )
    return None


def _are_entries(pieces: tuple[str, ...]) -> bool:
    """Whether adjacent literals are separate entries. A dot or `_` where they meet makes them one."""
    seams = all(one[-1:].isalnum() and other[:1].isalnum() for one, other in pairwise(pieces))
    return seams and any(names_bias_or_norm(piece) for piece in pieces)


def _commas(joined: JoinedEntry) -> Iterator[Edit]:
    for place in joined.ranges[:-1]:
        yield Edit(place.part(place.end, place.end), ",")


def _of_slip(names: NameList, models: tuple[Model, ...], facts: FileFacts) -> Finding | None:
    """The finding for a misspelled entry, if no other entry is the intended one."""
    if not any(names_bias_or_norm(entry) for entry in names.entries) and not _says_no_decay(names):
        return None
    for entry in names.entries:
        meant = corrected(entry)
        if meant is None or _is_in_view(entry, models, facts) or any(one in meant for one in names.entries):
            continue
        return Finding(
            names.range,
            f"`{entry}` is in no parameter's name, and `{meant}` is meant: these parameters {_treated(names, facts)}",
            fixes=_fixes(names, entry, meant),
        )
    return None


def _says_no_decay(names: NameList) -> bool:
    return "decay" in (names.place or "").lower()


def _is_in_view(entry: str, models: tuple[Model, ...], facts: FileFacts) -> bool:
    """Whether a known model has a parameter whose name contains the entry."""
    return any(entry in name for model in models for name in parameter_names(model, facts))


def _treated(names: NameList, facts: FileFacts) -> str:
    """What happens to the parameters that the list should select, depending on whether anything decays."""
    scopes = {test.scope for test in _tests_of(names, facts)}
    near = (groups for groups in facts.group_lists if groups.is_listed and groups.scope in scopes)
    lists = [groups for groups in near if _tells_apart(names, groups)]
    is_harmless = bool(lists) and all(surely_decays_nothing(groups, facts) for groups in lists)
    return "are grouped with the rest" if is_harmless else "decay with the rest"


def _tells_apart(names: NameList, groups: GroupList) -> bool:
    """Whether the filters of the groups test for the list's entries."""
    atoms = atoms_of(part.condition for group in groups.groups for part in group.parts) or ()
    return {atom.text for atom in atoms if isinstance(atom, NameTest)} >= set(names.entries)


def _of_old_names(names: NameList, entries: tuple[str, ...], known: NormWeights | None, facts: FileFacts) -> Finding:
    shown = " and ".join(f"`{entry}`" for entry in dict.fromkeys(entries))
    verb = "matches" if len(set(entries)) == 1 else "match"
    return Finding(
        names.range,
        f"{shown} {verb} no norm layer of torch, whose parameters are called `weight` and `bias`: "
        f"norm weights {_treated(names, facts)}",
        fixes=_fixes(names, entries[0], _fragment_for(known)) if known is not None else (),
    )


def _unmatched(names: NameList, norm_entries: tuple[str, ...], known: NormWeights, facts: FileFacts) -> Finding | None:
    """The finding for entries that match nothing while some norm weights are not matched by any entry."""
    missed = [weight for weight in known.names if not any(_matches(entry, weight) for entry in names.entries)]
    idle = [entry for entry in norm_entries if not any(_matches(entry, weight) for weight in known.names)]
    if not missed or not idle:
        return None
    return Finding(
        names.range,
        f"`{idle[0]}` matches no parameter of `{known.model}`: its norm weights are called {_shown(missed)} "
        f"and {_treated(names, facts)}",
        fixes=_fixes(names, idle[0], _fragment_for(known)),
    )


def _matches(entry: str, weight: str) -> bool:
    """Whether the entry is in a name that is or ends with `weight`. The part before the ending is unknown."""
    return entry in f".{weight}" or entry.endswith(f".{weight}")


def _shown(weights: list[str]) -> str:
    endings = list(dict.fromkeys(map(_ending, weights)))
    shown = [f"`{ending}`" for ending in endings[:_MOST_NAMES_SHOWN]]
    return ", ".join(shown) + (" and so on" if len(endings) > len(shown) else "")


def _ending(weight: str) -> str:
    """The layer's own name and `weight`. If the name is a number, the part before it is included."""
    parts = weight.split(".")
    return ".".join(parts[-3:] if parts[-2:-1] and parts[-2].isdigit() else parts[-2:])


def _fragment_for(known: NormWeights) -> str | None:
    """A fragment that all names of norm weights contain: their common ending, or else a usual one. None if there is
    none."""
    endings = set(map(_ending, known.names))
    if len(endings) == 1 and not any(character.isdigit() for ending in endings for character in ending):
        return endings.pop()
    return next((one for one in NORM_FRAGMENTS if all(one in weight for weight in known.names)), None)


def _fixes(names: NameList, entry: str, fragment: str | None) -> tuple[Fix, ...]:
    index = names.entries.index(entry)
    if fragment is None or index >= len(names.entry_ranges):
        return ()
    place = names.entry_ranges[index]
    if place.start.line != place.end.line or place.end.column - place.start.column != len(entry) + 2:
        return ()
    inner = place.part(
        Position(place.start.line, place.start.column + 1), Position(place.end.line, place.end.column - 1)
    )
    return (Fix(f"Look for `{fragment}` instead", (Edit(inner, fragment),), Applicability.DISPLAY),)


RULE = Rule("unmatched-no-decay", "OPT106", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.1.0")
