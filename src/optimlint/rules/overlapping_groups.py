"""Some parameters are in two groups of one list, or twice in one group.

## Why it matters

An optimizer takes each parameter once. If two groups share a parameter, torch raises
`ValueError: some parameters appear in more than one parameter group`. If one group lists a parameter twice, torch only
warns and steps it twice. The usual cause is a missing or an extra `not` in the two groups of a decay split: both groups
hold the same half, and the other half is in no group.

## Example

```python
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.01},
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
```

## Use instead

```python
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.01},
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
```

If a part of the model has a group of its own (`model.head.parameters()`), leave it out of the other groups
(`if not n.startswith("head.")`).

## Fix safety

Safe. There is a fix only for two groups with the same filter for biases and norms, one with weight decay and one
without. It adds or removes a `not`, so that the group with weight decay is the one with the `not`.

## Known limits

Two parts of a model (`"backbone" in n`, `"neck" in n`) are assumed not to meet in one name, unless the model's class is
known and has such a name. Conditions that cannot be read are assumed to differ, unless their code is the same. Groups
in two branches, or on both sides of an early `return`, `continue` or `break`, are never in one list. Two tests of an
unchanged name that exclude each other (`if big`, later `if not big`) count as two branches. So do a `try` and its
`except`.
"""

import re
from collections.abc import Iterator

from optimlint.analysis.coverage import Coverage, is_same
from optimlint.analysis.listed import Listed, listed
from optimlint.analysis.parameter_kinds import ParameterKind, kinds_of
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Position, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import Number, ParamGroup, Part, Repeat, Setting, Unknown
from optimlint.rule import Rule
from optimlint.text import Lines

_ANY = re.compile(r"\bnot\s+any\s*\(|\bany\s*\(")
_IN = re.compile(r"\bnot\s+in\b|\bin\b")


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report lists and calls that list a source twice, and lists whose groups share parameters. A list that several
    calls of one function build is reported once."""
    told: set[Range] = set()
    for one in listed(facts):
        if one.group_list.range in told:
            continue
        finding = None
        if one.group_list.repeated:
            finding = _repeated(one.group_list.range, one.group_list.repeated[0])
        elif not one.group_list.may_lack and (
            shared := next((found for found in one.coverage if _is_sure(one, found)), None)
        ):
            finding = _shared(one, shared)
        if finding is not None:
            told.add(one.group_list.range)
            yield finding
    for call in facts.optimizer_calls:
        if call.repeated:
            yield _repeated(call.repeated[0].range, call.repeated[0])


def _repeated(at: Range, repeat: Repeat) -> Finding:
    return Finding(
        at,
        f"{repeat.source} is listed twice, so its parameters are stepped twice, or torch raises a ValueError",
        related=(Related(repeat.first, "listed here"), Related(repeat.second, "and again here")),
    )


def _is_sure(one: Listed, found: Coverage) -> bool:
    """Whether two groups share parameters. If that is doubtful, parameters in no group show that the filters are
    wrong."""
    if found.overlap is None:
        return False
    return not found.overlap.is_doubtful or (one.is_whole and bool(found.uncovered))


def _shared(one: Listed, found: Coverage) -> Finding:
    assert found.overlap is not None
    first, second = (one.groups[index] for index in found.overlap.groups)
    message = f"`{found.model.shown}`: {_shared_words(one, found)}; torch raises ValueError"
    related = (Related(first.range, "they are in this group"), Related(second.range, "and in this group"))
    fix = _misplaced_not(one.groups)
    return Finding(one.group_list.range, message, related, (fix,) if fix else ())


def _shared_words(one: Listed, found: Coverage) -> str:
    """The parameters in two groups, and those in none. Two groups with the same filter hold the same kind of
    parameters."""
    assert found.overlap is not None
    if len(one.groups) == 2 and _have_one_filter(one.groups):
        match kinds_of(one.groups)[0]:
            case ParameterKind.MAIN:
                return "matrices are in both groups, biases and norms in neither"
            case ParameterKind.BIAS_OR_NORM:
                return "biases and norms are in both groups, matrices in neither"
            case _:
                pass
    twice = f"{found.overlap.words} are in {'both' if len(one.groups) == 2 else 'two'} groups"
    if not found.uncovered or not one.is_whole:
        return twice
    none = "neither" if len(one.groups) == 2 else "none"
    return f"{twice}, {' and '.join(hole.words for hole in found.uncovered)} in {none}"


def _have_one_filter(groups: tuple[ParamGroup, ...]) -> bool:
    if any(len(group.parts) != 1 or not group.is_readable for group in groups):
        return False
    first, second = (group.parts[0] for group in groups)
    return first.model == second.model and is_same(first.condition, second.condition)


def _misplaced_not(groups: tuple[ParamGroup, ...]) -> Fix | None:
    """The fix if two groups have the same filter and only one of them decays; else None."""
    if len(groups) != 2 or not _have_one_filter(groups):
        return None
    decays = [_decays(group.setting("weight_decay")) for group in groups]
    if sorted(decay is True for decay in decays) != [False, True] or None in decays:
        return None
    match kinds_of(groups)[0]:
        case ParameterKind.MAIN:
            return _turn(groups[decays.index(False)].parts[0])
        case ParameterKind.BIAS_OR_NORM:
            return _turn(groups[decays.index(True)].parts[0])
        case _:
            return None


def _decays(setting: Setting | None) -> bool | None:
    """Whether a group's own setting makes it decay; None if it is unknown."""
    match setting:
        case None | Setting(value=Unknown()):
            return None
        case Setting(value=Number(value)):
            return value > 0
        case _:
            return True


def _turn(part: Part) -> Fix | None:
    """Add or remove the `not` that negates a filter; None if there is no single place for it."""
    if part.condition_range is None:
        return None
    text = part.condition_text
    places = list(_ANY.finditer(text)) or list(_IN.finditer(text))
    if len(places) != 1:
        return None
    start, end = places[0].span()
    if text[start:end].startswith("not"):
        width = len("not") + len(text[start + 3 : end]) - len(text[start + 3 : end].lstrip())
        return Fix("Remove `not`", (Edit(_within(part.condition_range, text, start, start + width), ""),), _SAFE)
    return Fix("Add `not`", (Edit(_within(part.condition_range, text, start, start), "not "),), _SAFE)


def _within(whole: Range, text: str, start: int, end: int) -> Range:
    """The range of a part of `text`, whose own range is `whole`."""
    lines = Lines(text)

    def shifted(offset: int) -> Position:
        inner = lines.position(offset)
        column = inner.column + (whole.start.column - 1 if inner.line == 1 else 0)
        return Position(whole.start.line + inner.line - 1, column)

    return whole.part(shifted(start), shifted(end))


_SAFE = Applicability.SAFE

RULE = Rule("overlapping-groups", "OPT103", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
