"""Classify groups into biases and norms, and other weights, by their filters and never by their names.

A filter is evaluated on typical parameters: a plain weight, and one parameter for each bias or norm fragment that the
filters look for (`x.bias`, `x.LayerNorm.weight`). A test has a known result if it looks for such a fragment, for
`weight`, or for dimensions; any other test (such as `"encoder" in n`) may go either way. So `any(nd in n for nd in
no_decay)` takes biases and no plain weight, whatever else is tested.
"""

from dataclasses import dataclass
from enum import Enum
from itertools import islice

from optimlint.facts.conditions import (
    Atom,
    Condition,
    DimensionTest,
    GradientTest,
    NameTest,
    NameTestKind,
    PositionTest,
    UnknownTest,
    evaluate,
    signed_tests,
    tests,
)
from optimlint.facts.groups import ParamGroup
from optimlint.knowledge.fragments import NORM_CLASS, names_bias_or_norm, names_norm
from optimlint.knowledge.parameter_names import BIAS, LEAVES, OLD_NORM_NAMES, WEIGHT

_MOST_FRAGMENTS = 64
"""How many fragments of a list's filters are tried. Groups that look only for further fragments get the kind
`OTHER`."""


class ParameterKind(Enum):
    """The kind of parameters that a group's filter takes."""

    BIAS_OR_NORM = "biases and norms"
    MAIN = "weights without the biases and norms"
    OTHER = "both, neither, or unknown"


@dataclass(frozen=True, slots=True)
class _Typical:
    """A typical parameter: its name and its number of dimensions. Any other text that a filter looks for may or may not
    occur in the name."""

    name: str
    dimensions: int
    is_plain: bool


_PLAIN = _Typical("x.weight", 2, True)
_NORM_WEIGHT = _Typical("x.norm.weight", 1, False)
_ONE_DIMENSION = _Typical("x", 1, False)
"""A bias or norm weight of any name."""


def norm_entries(entries: tuple[str, ...]) -> tuple[str, ...]:
    """The entries of a list that are meant to match the weights of norm layers."""
    return tuple(entry for entry in entries if names_norm(entry) and not entry.endswith(BIAS))


def old_name(entry: str) -> str | None:
    """The old name of a norm's parameter (such as `gamma`) that an entry ends with; None for any other entry."""
    last = entry.strip(".").rpartition(".")[2]
    return last if last in OLD_NORM_NAMES else None


def kinds_of(groups: tuple[ParamGroup, ...]) -> tuple[ParameterKind, ...]:
    """The kind of each group of a list; `OTHER` for all groups if no filter looks for biases, norms or dimensions."""
    conditions = tuple(part.condition for group in groups for part in group.parts)
    typical = (*_typical_names(conditions), *_typical_norms(conditions), *_typical_dimensions(conditions))
    if not typical:
        return tuple(ParameterKind.OTHER for _ in groups)
    return tuple(_kind(group, typical) for group in groups)


def same_place(group: ParamGroup, others: tuple[ParamGroup, ...]) -> tuple[ParamGroup, ...]:
    """Those of `others` that come from the same part of the model as `group`; all of them if none surely does."""
    place = place_of(group)
    return tuple(other for other in others if place_of(other) == place) or others


Place = frozenset[tuple[int | None, tuple[str, ...], frozenset[tuple[Condition, bool]]]]
"""A part of a model: modules, and tests of names."""


def place_of(group: ParamGroup) -> Place:
    """The part of the model that a group's parameters come from: the modules, and the tests that do not ask for biases,
    norms or dimensions."""
    return frozenset(
        (
            part.model.identity if part.model else None,
            part.model.path if part.model else (),
            frozenset((test, is_passed) for test, is_passed in signed_tests(part.condition) if _says_place(test)),
        )
        for part in group.parts
    )


def _says_place(test: Atom) -> bool:
    """Whether a test asks where in the model a parameter is, and not which kind of parameter it is."""
    match test:
        case NameTest(text=text):
            return not names_bias_or_norm(text)
        case _:
            return isinstance(test, UnknownTest | PositionTest)


def _kind(group: ParamGroup, typical: tuple[_Typical, ...]) -> ParameterKind:
    if not group.is_readable or not group.parts:
        return ParameterKind.OTHER
    takes_plain = [_may_take(part.condition, _PLAIN) for part in group.parts]
    takes_typical = [_may_take(part.condition, one) for part in group.parts for one in typical]
    if not any(takes_plain) and any(takes_typical):
        return ParameterKind.BIAS_OR_NORM
    if any(takes_plain) and not any(takes_typical):
        return ParameterKind.MAIN
    return ParameterKind.OTHER


def _typical_names(conditions: tuple[Condition, ...]) -> tuple[_Typical, ...]:
    asked = [
        test.text if isinstance(test, NameTest) else test.attribute
        for condition in conditions
        for test in tests(condition)
        if isinstance(test, NameTest | UnknownTest)
    ]
    fragments = dict.fromkeys(text for text in asked if names_bias_or_norm(text))
    return tuple(_Typical(_typical_name(fragment), 1, False) for fragment in islice(fragments, _MOST_FRAGMENTS))


def _typical_norms(conditions: tuple[Condition, ...]) -> tuple[_Typical, ...]:
    """The weight of a norm layer, if a filter asks for the layer's class."""
    return (_NORM_WEIGHT,) if any(_asks_for_norm(test) for one in conditions for test in tests(one)) else ()


def _asks_for_norm(test: Condition) -> bool:
    """Whether a test asks whether a module is of a norm class: `isinstance(m, nn.BatchNorm2d)`."""
    return isinstance(test, UnknownTest) and NORM_CLASS.match(test.text) is not None


def _typical_name(fragment: str) -> str:
    """A full name that contains the fragment or ends with it: `x.bias`, `x.norm.weight`."""
    bare = fragment.strip(".")
    return f"x.{bare}" if bare.endswith(tuple(LEAVES)) else f"x.{bare}.weight"


def _typical_dimensions(conditions: tuple[Condition, ...]) -> tuple[_Typical, ...]:
    has_dimensions = any(isinstance(test, DimensionTest) for one in conditions for test in tests(one))
    return (_ONE_DIMENSION,) if has_dimensions else ()


def _may_take(condition: Condition, one: _Typical) -> bool:
    """Whether a parameter like `one` may meet the condition."""
    return evaluate(condition, lambda test: _passes(test, one)) is not False


def _passes(test: Atom, one: _Typical) -> bool | None:
    """Whether parameters like `one` pass the test; None if some do and some do not."""
    match test:
        case GradientTest():
            return True
        case UnknownTest(attribute=attribute) if attribute and one is not _ONE_DIMENSION:
            return None if one.name.endswith(f".{attribute}") else False
        case UnknownTest() if one in (_PLAIN, _NORM_WEIGHT) and _asks_for_norm(test):
            return one is _NORM_WEIGHT
        case UnknownTest() | PositionTest():
            return None
        case DimensionTest(least):
            return _has_dimensions(least, one)
        case NameTest():
            return _is_named(test, one)


def _has_dimensions(least: int, one: _Typical) -> bool | None:
    """Whether the parameter has at least so many dimensions. Biases and norms have one, plain weights two or more."""
    if one.dimensions >= least:
        return True
    return None if one.is_plain else False


def _is_named(test: NameTest, one: _Typical) -> bool | None:
    """Whether the name passes; None if the test looks for text that such a name may or may not contain."""
    if one is _ONE_DIMENSION:
        return None
    if _holds(test, one.name):
        return True
    return False if names_bias_or_norm(test.text) or test.text.strip(".") == WEIGHT else None


def _holds(test: NameTest, name: str) -> bool:
    """Whether a typical name, whose beginning is left open, passes the test."""
    bare = name.removeprefix("x.")
    match test.kind:
        case NameTestKind.CONTAINS:
            return test.text in name
        case NameTestKind.STARTS:
            return bare.startswith(test.text)
        case NameTestKind.ENDS:
            return name.endswith(test.text)
        case NameTestKind.EQUALS:
            # No full name equals a mere fragment, but the author meant the end of the name.
            return bare in (test.text.strip("."), f"{test.text.strip('.')}.weight")
