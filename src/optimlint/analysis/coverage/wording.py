"""Conditions and selections of parameters in words."""

import re
from itertools import groupby

from optimlint.facts.conditions import (
    NEVER,
    Always,
    And,
    Condition,
    DimensionTest,
    GradientTest,
    NameTest,
    NameTestKind,
    Not,
    Or,
    PositionTest,
    UnknownTest,
    either,
)
from optimlint.facts.groups import Part

_MOST_NAMED = 8
"""Longer lists of names do not help a reader; the rest is only counted."""

_HAS = {
    NameTestKind.CONTAINS: "with",
    NameTestKind.STARTS: "beginning with",
    NameTestKind.ENDS: "ending with",
    NameTestKind.EQUALS: "named",
}
_HAS_NOT = {
    NameTestKind.CONTAINS: "without",
    NameTestKind.STARTS: "not beginning with",
    NameTestKind.ENDS: "not ending with",
    NameTestKind.EQUALS: "not named",
}


_STANDS_FOR = re.compile(r"<([a-z ]+)>")
"""The placeholder of a loop variable in the code of an unknown test."""


def selection_words(parts: tuple[Part, ...], *, is_readable: bool = True) -> str:
    """The parameters that a group contains: "`model`, names with `bias`; all of `head`"."""
    said = []
    for model, of_model in groupby(parts, key=lambda part: part.model.shown if part.model else None):
        condition = either(tuple(part.condition for part in of_model))
        owner = f"`{model}`" if model else "an unknown model"
        said.append(f"all of {owner}" if condition == Always() else f"{owner}, {condition_words(condition)}")
    if not is_readable:
        said.append("more that cannot be followed" if said else "unknown")
    return "; ".join(said) or "none"


def condition_words(condition: Condition) -> str:
    """A condition in words: "names with `bert` and with none of `bias`, `LayerNorm.weight`"."""
    subject, said = _clause(condition)
    return f"{subject} {said}" if subject else said


def _clause(condition: Condition) -> tuple[str, str]:
    """A condition as subject ("names", or "") and predicate."""
    if condition in (Always(), And(())):
        return "", "all parameters"
    if condition in (NEVER, Or(())):
        return "", "no parameters"
    match condition:
        case Not(NameTest() as test):
            return _subject((test,)), _named((test,), is_negated=True)
        case Not(Or(operands)) if tests := _alike(operands):
            return _subject(tests), _named(tests, is_negated=True)
        case NameTest():
            return _subject((condition,)), _named((condition,), is_negated=False)
        case Or(operands) if tests := _alike(operands):
            return _subject(tests), _named(tests, is_negated=False)
        case And(operands):
            return _joined(_worth_saying(operands), " and ")
        case Or(operands):
            return _joined(operands, " or ")
        case Not(Not(operand)):
            return _clause(operand)
        case Not(And() | Or() as operand):
            return "", f"not ({condition_words(operand)})"
    return "", _tested(condition)


def shown_text(test: NameTest) -> str:
    """The text of a test for a message, with a star for the index of each module of a list."""
    return test.text.replace("[each]", "*")


def _subject(tests: tuple[NameTest, ...]) -> str:
    return "parameters" if tests[0].kind is NameTestKind.EQUALS else "names"


def _worth_saying(operands: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The operands without name tests that repeat part of an unknown test: of `f"layer.{i}." in n` the fixed part is
    known."""
    codes = [operand.text for operand in operands if isinstance(operand, UnknownTest)]
    return tuple(
        one for one in operands if not isinstance(one, NameTest) or not any(one.text in code for code in codes)
    )


def _tested(condition: Condition) -> str:
    """A test of something other than the name, in words."""
    match condition:
        case DimensionTest(least):
            return f"{least} or more dimensions"
        case Not(DimensionTest(least)):
            return f"fewer than {least} dimensions"
        case GradientTest():
            return "those that require a gradient"
        case Not(GradientTest()):
            return "those that require no gradient"
        case PositionTest() as test:
            return f"those in {position_words(test, None)}"
        case Not(PositionTest() as test):
            return f"those in {position_words(None, test)}"
        case UnknownTest(text):
            return f"those where `{_code(text)}`"
        case Not(UnknownTest(text)):
            return f"those where not `{_code(text)}`"
    return "all parameters"


def position_words(least: PositionTest | None, below: PositionTest | None) -> str:
    """Positions of a list as a slice: from `least` up to, but not including, `below`."""
    test = least or below
    assert test is not None
    first, last = (one.least if one is not None else 0 for one in (least, below))
    if test.is_from_end:
        return f"`{test.source}[{-last if last else ''}:{-first if first else ''}]`"
    return f"`{test.source}[{first or ''}:{last or ''}]`"


def _code(text: str) -> str:
    """The code of an unknown test, with readable placeholders."""
    return _STANDS_FOR.sub(r"\1", text)


def _alike(operands: tuple[Condition, ...]) -> tuple[NameTest, ...]:
    """The operands if they are name tests of one kind; else empty."""
    tests = tuple(operand for operand in operands if isinstance(operand, NameTest))
    return tests if len(tests) == len(operands) and len({test.kind for test in tests}) == 1 else ()


def _named(tests: tuple[NameTest, ...], *, is_negated: bool) -> str:
    """Name tests of one kind in words: at least one must pass, or none if `is_negated`."""
    kind = tests[0].kind
    shown = [f"`{shown_text(test)}`" for test in tests[:_MOST_NAMED]]
    if len(tests) > _MOST_NAMED:
        shown.append(f"{len(tests) - _MOST_NAMED} more")
    if len(shown) == 1:
        return f"{(_HAS_NOT if is_negated else _HAS)[kind]} {shown[0]}"
    if is_negated and kind is NameTestKind.EQUALS:
        return f"{_HAS_NOT[kind]} {', '.join(shown[:-1])} or {shown[-1]}"
    if is_negated:
        return f"{_HAS[kind]} none of {', '.join(shown)}"
    return f"{_HAS[kind]} {', '.join(shown[:-1])} or {shown[-1]}"


def _joined(operands: tuple[Condition, ...], word: str) -> tuple[str, str]:
    """Several conditions joined by `word`; the subject "names" is not repeated."""
    clauses = [_clause(operand) for operand in operands]
    compound = [isinstance(operand, And | Or) and not _alike_or(operand) for operand in operands]
    first, said = clauses[0][0], []
    if compound[0]:
        first = ""
    previous = first
    for (subject, text), is_compound in zip(clauses, compound, strict=True):
        whole = f"{subject} {text}" if subject else text
        said.append(f"({whole})" if is_compound else text if subject == previous else whole)
        previous = "" if is_compound else subject
    return first, word.join(said)


def _alike_or(condition: Condition) -> bool:
    """Whether a condition with operands is nevertheless one short clause."""
    return isinstance(condition, Or) and bool(_alike(condition.operands))
