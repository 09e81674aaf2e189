"""A test of a parameter's name gives nearly every name the same answer.

## Why it matters
`"bias" or "bn" in n` reads as "one of the two is in the name". Python reads it as `"bias" or ("bn" in n)`. A string
that is not empty counts as true, so every parameter passes. `n in "bias"` asks whether the name is a part of the word
`bias`, and hardly any name is. `a.parameters() and b.parameters()` is just `b.parameters()`. So a group gets nearly all
parameters, hardly any, or those of one model instead of two.

## Example
```python
spared = [p for n, p in model.named_parameters() if "bias" or "bn" in n]
optimizer = torch.optim.SGD(encoder.parameters() and head.parameters(), lr=0.1)
```

## Use instead
```python
spared = [p for n, p in model.named_parameters() if "bias" in n or "bn" in n]
optimizer = torch.optim.SGD([*encoder.parameters(), *head.parameters()], lr=0.1)
```

## Fix safety
Safe for tests of names: the fix repeats the test for each string, or exchanges the two sides of `in`. Unsafe for
`a.parameters() and b.parameters()`: the first model is then trained, too.

## Known limits
Only literal strings are recognized, and only in a test of a parameter's name.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import FilterKind, NameFilter
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each test whose outcome does not depend on the name."""
    for one in facts.name_filters:
        if message := _message(one):
            yield Finding(one.range, message, fixes=_fixes(one))


def _message(test: NameFilter) -> str:
    match test.kind:
        case FilterKind.CONSTANT:
            asked = f"`{_without_parentheses(test.replacement)}`" if test.replacement else f"`{test.subject}`"
            return f"a string by itself is always true, so this does not test {asked}"
        case FilterKind.REVERSED:
            outcome = "true for nearly every name" if test.is_negated else "false for nearly every name"
            return f"this looks for `{test.subject}` in {_code(test.names_text)}, not the other way round: {outcome}"
        case FilterKind.CHAINED_STREAMS:
            return f"`{test.subject}` is only its last operand: the parameters of the first are left out"
        case _:
            return ""


def _without_parentheses(text: str) -> str:
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def _code(text: str) -> str:
    return f"`{text}`" if text else "the string"


def _fixes(test: NameFilter) -> tuple[Fix, ...]:
    if not test.replacement:
        return ()
    edits = (Edit(test.range, test.replacement),)
    match test.kind:
        case FilterKind.CHAINED_STREAMS:
            return (Fix("Chain both", edits, Applicability.UNSAFE),)
        case FilterKind.REVERSED:
            return (Fix("Exchange the two sides of `in`", edits, Applicability.SAFE),)
        case _:
            return (Fix("Test each string", edits, Applicability.SAFE),)


RULE = Rule("always-true-name-test", "OPT107", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
