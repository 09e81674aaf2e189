"""Relations between tests of a parameter: implication, exclusion, and pairs that are not met together in practice.

The first two are logic and hold for every name: `"LayerNorm.weight" in n` implies `"Norm" in n`. The third is naming
convention: a place (`backbone`) contains norms and biases, but no other place that the same filters look for, and a
name ends in `weight` or in `bias`, not in both. Authors write filters with this convention in mind, so only a model
with a known class, or a filter that asks for both, overrides it.
"""

import re
from dataclasses import dataclass

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
)
from optimlint.knowledge.fragments import names_embedding, names_norm
from optimlint.knowledge.parameter_names import BIAS, LEAVES, OLD_NORM_NAMES, WEIGHT


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as a filter sees it. `dimensions` is None if the number is not known."""

    name: str
    dimensions: int | None = None
    requires_grad: bool = True


@dataclass(frozen=True, slots=True)
class Traits:
    """What a fragment of a name refers to: a place in the model, a norm layer, the last part of the name (`bias`), or
    several of these."""

    is_place: bool
    is_norm: bool
    leaf: str | None
    is_embedding: bool = False

    @property
    def is_kind(self) -> bool:
        """Whether the fragment selects a kind of parameter, wherever it is."""
        return self.is_norm or self.leaf is not None

    @property
    def is_flat(self) -> bool:
        """Whether parameters of this kind have one dimension: all biases, and the weights of norms."""
        return self.is_norm or self.leaf in (BIAS, *OLD_NORM_NAMES)

    @property
    def is_broad(self) -> bool:
        """Whether parameters of this kind have two or more dimensions: embeddings, and weights other than those of
        norms."""
        return not self.is_norm and (self.is_embedding or (self.is_place and self.leaf == WEIGHT))

    @property
    def is_end_of_place(self) -> bool:
        """Whether the fragment is a place directly followed by the last part of the name: `head.weight`."""
        return self.is_place and self.leaf is not None


def traits(test: NameTest) -> Traits:
    """The traits of the text that a test looks for."""
    *others, last = test.text.strip(".").split(".")
    words = [re.sub(r"\d+$", "", word) for word in last.lower().split("_") if word]
    leaf = next((word for word in (*words[-1:], *words[:1]) if word in LEAVES), None)
    rest = others if leaf is None else [*others, *([last] if len(words) > 1 and words[-1] == leaf else [])]
    rest = [*rest, last] if leaf is None else rest
    is_place, is_norm = any(not names_norm(part) for part in rest), any(names_norm(part) for part in rest)
    return Traits(is_place, is_norm, leaf, leaf != BIAS and names_embedding(test.text))


def passes(test: NameTest, name: str) -> bool:
    """Whether a full name passes the test."""
    match test.kind:
        case NameTestKind.CONTAINS:
            return test.text in name
        case NameTestKind.EQUALS:
            return test.text == name
        case NameTestKind.STARTS:
            return name.startswith(test.text)
        case NameTestKind.ENDS:
            return name.endswith(test.text)


def meets(condition: Condition, parameter: Parameter) -> bool | None:
    """Whether the parameter meets the condition; None if that is not known."""
    return evaluate(condition, lambda test: _passes(test, parameter))


def _passes(test: Atom, parameter: Parameter) -> bool | None:
    match test:
        case NameTest():
            return passes(test, parameter.name)
        case DimensionTest(least):
            return None if parameter.dimensions is None else parameter.dimensions >= least
        case GradientTest():
            return parameter.requires_grad
        case PositionTest() | UnknownTest():
            return None


def implies(first: Atom, second: Atom) -> bool:
    """Whether every parameter that passes `first` passes `second`."""
    match first, second:
        case DimensionTest(), DimensionTest():
            return first.least >= second.least
        case PositionTest(), PositionTest() if first.is_of_same(second):
            return first.least >= second.least
        case NameTest(NameTestKind.EQUALS, text), NameTest():
            return passes(second, text)
        case NameTest(text=text), NameTest(NameTestKind.CONTAINS, part):
            return part in text
        case NameTest(NameTestKind.STARTS, text), NameTest(NameTestKind.STARTS, part):
            return text.startswith(part)
        case NameTest(NameTestKind.ENDS, text), NameTest(NameTestKind.ENDS, part):
            return text.endswith(part)
    return first == second


def excludes(first: Atom, second: Atom) -> bool:
    """Whether no parameter passes both tests."""
    match first, second:
        case NameTest(NameTestKind.EQUALS, text), NameTest():
            return not passes(second, text)
        case NameTest(), NameTest(NameTestKind.EQUALS, text):
            return not passes(first, text)
        case NameTest(NameTestKind.STARTS, one), NameTest(NameTestKind.STARTS, other):
            return not (one.startswith(other) or other.startswith(one))
        case NameTest(NameTestKind.ENDS, one), NameTest(NameTestKind.ENDS, other):
            return not (one.endswith(other) or other.endswith(one))
    return False


def is_whole_name(first: Atom, second: Atom) -> bool:
    """Whether `first` searches for a text that `second` compares with the whole name. If the same filters have both
    tests, no other name is expected to contain the text."""
    return (
        isinstance(first, NameTest)
        and isinstance(second, NameTest)
        and second.kind is NameTestKind.EQUALS
        and first.kind is not NameTestKind.EQUALS
        and first.text == second.text
    )


def seldom_meet(first: Traits, second: Traits) -> bool:
    """Whether, by convention, no name passes both tests, although neither implies the other and such a name is
    possible."""
    if (first.is_place and second.is_place) or (first.is_norm and second.is_norm) or (first.leaf and second.leaf):
        return True
    # In `head.weight`, no norm layer fits between the place and the last part.
    return (first.is_end_of_place and second.is_norm) or (second.is_end_of_place and first.is_norm)
