"""A no-decay list is a plain string, so the test looks for its single letters.

## Why it matters
`("bias")` is no tuple: without a comma it is the string `"bias"`. `any(nd in n for nd in no_decay)` then asks whether
`b`, `i`, `a` or `s` is in the name, and nearly every name contains one of them. So nearly all parameters land in the
group without decay.

## Example
```python
no_decay = ("bias")
spared = [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)]
```

## Use instead
```python
no_decay = ("bias",)
spared = [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)]
```

## Fix safety
Safe: the comma makes it the tuple that the test needs. There is no fix for a string that holds several fragments, or
that Python joined from several strings because commas are missing.

## Known limits
A string that comes from the command line or a configuration file is not known. A string that is tested as a whole
(`no_decay in n`) is right and not reported.
"""

import re
from collections.abc import Iterator

from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Position, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import FilterKind, NameFilter, NameList
from optimlint.rule import Rule

_MOST_LETTERS_SHOWN = 6
_QUOTES, _QUOTES_AND_PARENTHESES = 2, 4
_SEPARATOR = re.compile(r"[\s,;|]")


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each string that is looped over as if it were a list of fragments."""
    loops: dict[Range, list[NameFilter]] = {}
    for one in facts.name_filters:
        if one.kind is FilterKind.ANY_FRAGMENT and one.names is not None and one.names.is_string and one.names.entries:
            loops.setdefault(one.names.range, []).append(one)
    for place, filters in loops.items():
        names = filters[0].names
        if names is not None:
            yield Finding(
                place,
                f'`"{names.entries[0]}"` is one string: the test looks for its letters ({_letters(names)}), '
                "and nearly every name passes it",
                related=tuple(Related(one.range, "its letters are looked for here") for one in filters),
                fixes=_fixes(names),
            )


def _letters(names: NameList) -> str:
    letters = list(dict.fromkeys(names.entries[0]))
    shown = [f"`{letter}`" for letter in letters[:_MOST_LETTERS_SHOWN]]
    return ", ".join(shown) + (", …" if len(letters) > len(shown) else "")


def _fixes(names: NameList) -> tuple[Fix, ...]:
    """Add a comma after the string, and parentheses if there are none. No fix if the string is written in another
    form."""
    place, start, end = names.literal, names.literal.start, names.literal.end
    around = end.column - start.column - len(names.entries[0])
    if (
        start.line != end.line
        or around not in (_QUOTES, _QUOTES_AND_PARENTHESES)
        or _SEPARATOR.search(names.entries[0])
    ):
        return ()
    if around == _QUOTES_AND_PARENTHESES:
        inner = Position(end.line, end.column - 1)
        edits: tuple[Edit, ...] = (Edit(place.part(inner, inner), ","),)
    else:
        edits = (Edit(place.part(start, start), "("), Edit(place.part(end, end), ",)"))
    return (Fix("Make it a tuple", edits, Applicability.SAFE),)


RULE = Rule("string-no-decay", "OPT104", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
