"""The algebra of conditions: properties of all formulas, whatever their tests."""

from hypothesis import given
from hypothesis import strategies as st

from optimlint.facts import conditions
from optimlint.facts.conditions import (
    Always,
    And,
    Atom,
    Condition,
    DimensionTest,
    GradientTest,
    NameTest,
    NameTestKind,
    Not,
    Or,
    evaluate,
    map_tests,
    negate,
    signed_tests,
)

BIAS = NameTest(NameTestKind.ENDS, "bias")
NORM = NameTest(NameTestKind.CONTAINS, "norm")
ATOMS: tuple[Atom, ...] = (BIAS, NORM, DimensionTest(2), GradientTest())
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from((*ATOMS, Always())),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
ANSWERS = st.fixed_dictionaries(dict.fromkeys(ATOMS, st.sampled_from((True, False, None))))


def test_tests_are_told_in_order_with_their_sign() -> None:
    found = list(signed_tests(And((Not(Or((BIAS, Not(NORM)))), DimensionTest(2)))))
    assert found == [(BIAS, False), (NORM, True), (DimensionTest(2), True)]
    assert list(conditions.tests(Not(Always()))) == []


def test_what_one_answer_decides_needs_no_other() -> None:
    known: dict[Atom, bool | None] = {BIAS: True, NORM: None}
    assert evaluate(Or((NORM, BIAS)), known.__getitem__) is True
    assert evaluate(And((NORM, BIAS)), known.__getitem__) is None
    assert evaluate(And((NORM, Not(BIAS))), known.__getitem__) is False


@given(CONDITIONS, ANSWERS)
def test_a_negation_has_the_opposite_answer(condition: Condition, answers: dict[Atom, bool | None]) -> None:
    met = evaluate(condition, answers.__getitem__)
    assert evaluate(negate(condition), answers.__getitem__) is (None if met is None else not met)


@given(CONDITIONS, ANSWERS)
def test_an_answer_stays_when_more_is_known(condition: Condition, answers: dict[Atom, bool | None]) -> None:
    met = evaluate(condition, answers.__getitem__)
    for filled in (True, False):
        more = {test: filled if answer is None else answer for test, answer in answers.items()}
        assert met is None or evaluate(condition, more.__getitem__) is met


@given(CONDITIONS, ANSWERS)
def test_a_test_may_be_replaced_by_what_has_its_answer(condition: Condition, answers: dict[Atom, bool | None]) -> None:
    assert map_tests(condition, lambda test: test) == condition
    doubled = map_tests(condition, lambda test: And((test, test)))
    assert evaluate(doubled, answers.__getitem__) is evaluate(condition, answers.__getitem__)
    assert list(conditions.tests(doubled)) == [one for test in conditions.tests(condition) for one in (test, test)]
