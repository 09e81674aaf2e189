"""A no-decay list is one plain string, so the test looks for its letters.

## Why it matters
`("bias")` is no tuple: without a comma it is the string `"bias"`. `any(nd in n for nd in no_decay)` then asks whether
`b`, `i`, `a` or `s` stands in the name, and nearly every name has one of them. So nearly all parameters land in the
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
Safe for one string: the comma makes it the tuple that the test loops over. Unsafe where several strings were joined
because their commas are missing: there the fix puts a comma behind each.

## Known limits
A string that comes from the command line or a configuration file is not known. A string that is tested as a whole
(`no_decay in n`) is right and not reported.
"""

import io
import tokenize
from collections.abc import Iterator

from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Position, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import FilterKind, NameFilter, NameList
from optimlint.rule import Rule

_MOST_LETTERS_SHOWN = 6


def check(facts: FileFacts) -> Iterator[Finding]:
    """A finding for each string that is looped over as if it were a list of fragments."""
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
    strings = _string_tokens(names.literal_text)
    if not strings or any(character.isspace() or character == "," for character in names.entries[0]):
        return ()
    if len(strings) > 1:
        edits = tuple(Edit(_behind(one, names.literal), ",") for one in strings)
        return (Fix("Put a comma behind each string", edits, Applicability.UNSAFE),)
    if names.literal_text.startswith("("):
        edit = Edit(_behind(strings[0], names.literal), ",")
    else:
        edit = Edit(names.literal, f"({names.literal_text},)")
    return (Fix("Make it a tuple", (edit,), Applicability.SAFE),)


def _string_tokens(text: str) -> list[tokenize.TokenInfo]:
    """The strings of a literal that is in parentheses or stands alone; none where there is more than strings."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    blank = (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.ENDMARKER)
    told = [token for token in tokens if token.type not in blank and token.string not in ("(", ")")]
    return told if all(token.type == tokenize.STRING for token in told) else []


def _behind(token: tokenize.TokenInfo, literal: Range) -> Range:
    """The empty range behind a token of the literal."""
    line, column = token.end
    start = literal.start
    place = Position(start.line + line - 1, column + (start.column if line == 1 else 1))
    return Range(place, place, literal.cell)


RULE = Rule("string-no-decay", "OPT104", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
