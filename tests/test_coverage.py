"""The truth table of filters: by examples, and compared with evaluating names one by one."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimlint.analysis.coverage import Coverage, always_empty, coverage, holders, is_same
from optimlint.analysis.coverage.condition_logic import Parameter, passes
from optimlint.analysis.coverage.truth_table import MOST_ROWS, atoms_of, logical, rows_of, table_of
from optimlint.diagnostic import START
from optimlint.facts.arms import arm
from optimlint.facts.conditions import (
    Always,
    And,
    Condition,
    DimensionTest,
    GradientTest,
    NameTest,
    NameTestKind,
    Not,
    Or,
    UnknownTest,
)
from optimlint.facts.groups import ParamGroup, Part
from optimlint.facts.models import ModelClass, SubModule
from optimlint.facts.names import Model

MODEL = Model(1, (), "model")


def has(*fragments: str) -> Condition:
    tests = tuple(NameTest(NameTestKind.CONTAINS, fragment) for fragment in fragments)
    return tests[0] if len(tests) == 1 else Or(tests)


def starts(text: str) -> Condition:
    return NameTest(NameTestKind.STARTS, text)


def every(*conditions: Condition) -> Condition:
    return And(conditions)


def group(*conditions: Condition, of: Model = MODEL, written: str = "") -> ParamGroup:
    return ParamGroup(tuple(Part(of, condition, None, written) for condition in conditions), (), START)


def below(*path: str) -> Model:
    return Model(1, path, ".".join(("model", *path)))


def judge(*groups: ParamGroup, model_class: ModelClass | None = None) -> Coverage:
    (found,) = coverage(groups, (), ((1, model_class),) if model_class else ())
    assert found.is_known
    return found


def left_out(*groups: ParamGroup, model_class: ModelClass | None = None) -> list[str]:
    return [hole.words for hole in judge(*groups, model_class=model_class).uncovered]


def shared(*groups: ParamGroup, model_class: ModelClass | None = None) -> str | None:
    overlap = judge(*groups, model_class=model_class).overlap
    return overlap.words if overlap else None


BERT, HEAD = has("bert"), has("head")
NO_DECAY = has("bias", "LayerNorm.weight")
DECAY = Not(NO_DECAY)


class TestSplits:
    def test_two_groups_complete_one_another(self) -> None:
        found = judge(group(NO_DECAY), group(DECAY))
        assert found.uncovered == () and found.overlap is None

    def test_both_negated(self) -> None:
        assert shared(group(DECAY), group(DECAY)) == "names without `bias` or `LayerNorm.weight`"
        assert left_out(group(DECAY), group(DECAY)) == ["names with `bias` or `LayerNorm.weight`"]

    def test_a_missing_quarter(self) -> None:
        quarters = [every(BERT, NO_DECAY), every(BERT, DECAY), every(Not(BERT), DECAY), every(Not(BERT), NO_DECAY)]
        assert left_out(*map(group, quarters)) == []
        assert left_out(*map(group, quarters[:3])) == ["names with `bias` or `LayerNorm.weight` but without `bert`"]
        assert left_out(*map(group, quarters[1:])) == ["names with `bert` and with `bias` or `LayerNorm.weight`"]

    def test_a_quarter_that_is_not_a_whole_list(self) -> None:
        assert left_out(group(has("bias", "norm")), group(every(Not(has("bias")), Not(has("norm")), BERT))) == [
            "names without `bert`, `bias` or `norm`"
        ]
        assert left_out(group(DECAY), group(has("bias"))) == ["names with `LayerNorm.weight`"]

    def test_a_union_of_parts(self) -> None:
        assert left_out(group(BERT, HEAD), group(every(Not(BERT), Not(HEAD)))) == []

    def test_two_arms_of_one_conditional(self) -> None:
        split = [replace(group(one), reach=arm("big")) for one in (DECAY, NO_DECAY)]
        assert shared(*split, replace(group(Always()), reach=arm("big").negated())) is None
        assert shared(*split, replace(group(Always()), reach=arm("deep").negated())) is not None

    def test_positive_tests_without_an_else(self) -> None:
        (hole,) = judge(group(BERT), group(HEAD)).uncovered
        assert hole.words == "parameters outside `bert` and `head`"
        assert hole.is_place

    def test_groups_that_choose_among_the_same_places(self) -> None:
        either = has("bert", "head")
        assert judge(group(every(either, DECAY)), group(every(either, NO_DECAY))).is_selection
        assert not judge(group(BERT), group(HEAD)).is_selection


class TestImplications:
    def test_containment(self) -> None:
        wide, middle, narrow = has("Norm"), has("LayerNorm"), has("LayerNorm.weight")
        assert left_out(group(narrow), group(every(middle, Not(narrow))), group(Not(middle))) == []
        assert left_out(group(narrow), group(Not(middle))) == ["names with `LayerNorm` but without `LayerNorm.weight`"]
        assert always_empty((group(every(narrow, Not(wide))), group(wide))) == (0,)

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (starts("body."), starts("head.")),
            (NameTest(NameTestKind.ENDS, "bias"), NameTest(NameTestKind.ENDS, "weight")),
            (NameTest(NameTestKind.EQUALS, "fc.bias"), NameTest(NameTestKind.EQUALS, "fc.weight")),
            (NameTest(NameTestKind.EQUALS, "fc.bias"), starts("head.")),
            (DimensionTest(2), Not(DimensionTest(1))),
        ],
    )
    def test_exclusions(self, first: Condition, second: Condition) -> None:
        assert shared(group(first), group(second)) is None
        assert always_empty((group(every(first, second)),)) == (0,)

    def test_prefixes_of_which_one_begins_the_other(self) -> None:
        groups = group(starts("encoder.")), group(starts("encoder.embed"))
        assert shared(*groups) == "names beginning with `encoder.embed`"

    def test_equality_and_suffix_imply_containment(self) -> None:
        for test in (NameTest(NameTestKind.EQUALS, "fc.bias"), NameTest(NameTestKind.ENDS, "bias")):
            assert left_out(group(has("bias")), group(Not(test))) == []

    def test_dimensions(self) -> None:
        matrix, vector = DimensionTest(2), Not(DimensionTest(2))
        assert left_out(group(matrix), group(vector)) == []
        assert left_out(group(DimensionTest(3)), group(vector)) == ["2-dimensional parameters"]
        assert left_out(group(every(matrix, Not(has("blocks")))), group(vector)) == [
            "2- or more-dimensional parameters (names with `blocks`)"
        ]

    def test_conditions_that_are_the_same(self) -> None:
        assert is_same(DECAY, every(Not(has("LayerNorm.weight")), Not(has("bias"))))
        assert not is_same(DECAY, Not(has("bias")))


class TestCustom:
    def test_place_and_kind_meet(self) -> None:
        groups = group(BERT), group(NO_DECAY), group(every(Not(BERT), DECAY))
        assert shared(*groups) == "names with `bert` and with `bias` or `LayerNorm.weight`"

    @pytest.mark.parametrize(
        "pair", [("backbone", "neck"), ("weight", "bias"), ("bn", "LayerNorm"), ("head.bias", "norm")]
    )
    def test_two_of_a_sort_do_not(self, pair: tuple[str, str]) -> None:
        first, second = map(has, pair)
        assert shared(group(first), group(second), group(every(Not(first), Not(second)))) is None

    def test_two_places_that_a_filter_asks_for_together_do(self) -> None:
        both = every(BERT, has("encoder"))
        assert shared(group(both), group(has("encoder"))) == "names with `bert` and with `encoder`"

    def test_two_places_in_a_name_of_the_model_in_view(self) -> None:
        detector = ModelClass("Detector", (SubModule("backbone_neck", "nn.Conv2d", True, False, True),), True)
        groups = group(has("backbone")), group(has("neck"))
        assert shared(*groups, model_class=detector) is not None

    def test_embeddings_have_two_dimensions(self) -> None:
        groups = (
            group(has("embed")),
            group(NameTest(NameTestKind.EQUALS, "lm_head.weight")),
            group(Not(DimensionTest(2))),
        )
        assert shared(*groups) is None
        assert shared(group(BERT), group(Not(DimensionTest(2)))) == "1-dimensional parameters (names with `bert`)"

    def test_biases_have_one_dimension(self) -> None:
        assert left_out(group(every(DimensionTest(2), Not(has("bias")))), group(Not(DimensionTest(2)))) == []


class TestUnknown:
    CHOSEN = UnknownTest("chosen(n)")

    def test_silences_what_depends_on_it(self) -> None:
        found = judge(group(self.CHOSEN), group(HEAD))
        assert found.uncovered == () and found.overlap is None

    def test_silences_nothing_else(self) -> None:
        groups = group(every(BERT, self.CHOSEN)), group(every(BERT, Not(self.CHOSEN))), group(every(HEAD, DECAY))
        found = judge(*groups)
        words = [hole.words for hole in found.uncovered]
        assert words[0] == "names with `head` and with `bias` or `LayerNorm.weight`"
        assert found.overlap is None

    def test_equal_texts_are_one_condition(self) -> None:
        assert left_out(group(self.CHOSEN), group(Not(self.CHOSEN))) == []
        twice = group(self.CHOSEN, written="chosen(n)"), group(self.CHOSEN, written="chosen(n)")
        assert shared(*twice) == "those where `chosen(n)`"
        assert shared(group(self.CHOSEN), group(UnknownTest("other(n)"))) is None

    def test_nothing_is_said_twice_of_groups_that_cannot_be_read(self) -> None:
        unreadable = replace(group(DECAY), is_readable=False)
        assert shared(group(DECAY), unreadable) is None
        assert shared(group(DECAY), unreadable, group(DECAY)) is not None

    def test_within_what_another_group_holds_whole(self) -> None:
        assert shared(group(Always()), group(self.CHOSEN)) == "those where `chosen(n)`"


class TestSubModules:
    def test_each_is_judged_apart(self) -> None:
        body, head = below("body"), below("head")
        found = coverage((group(DECAY, of=body), group(NO_DECAY, of=body), group(DECAY, of=head)))
        assert [(one.model.text, [hole.words for hole in one.uncovered]) for one in found] == [
            ("model.body", []),
            ("model.head", ["names with `bias` or `LayerNorm.weight`"]),
        ]

    def test_models_are_judged_apart(self) -> None:
        found = coverage((group(DECAY), group(DECAY, of=Model(2, (), "other"))))
        assert [one.overlap for one in found] == [None, None]
        assert all(one.uncovered for one in found)

    def test_a_part_beside_the_whole(self) -> None:
        assert shared(group(Always()), group(Always(), of=below("fc"))) == "names beginning with `fc.`"
        assert shared(group(Not(starts("fc."))), group(Always(), of=below("fc"))) is None
        assert shared(group(Not(has("fc"))), group(Always(), of=below("fc"))) is None

    def test_a_name_test_completes_a_sub_module(self) -> None:
        found = judge(group(DECAY, of=below("bert")), group(NO_DECAY, of=below("bert")), group(Not(BERT)))
        assert found.uncovered == () and found.overlap is None

    def test_a_bare_parameter(self) -> None:
        scale = NameTest(NameTestKind.EQUALS, "scale")
        found = judge(group(Not(scale)), group(Always(), of=below("scale")))
        assert found.uncovered == () and found.overlap is None

    def test_names_are_seen_from_the_sub_module(self) -> None:
        embedding = starts("embeddings.")
        groups = group(embedding, of=below("bert")), group(Not(starts("bert.embeddings.")))
        assert judge(*groups).uncovered == () and judge(*groups).overlap is None

    def test_elsewhere(self) -> None:
        body = group(has("body"))
        assert coverage((body, group(HEAD)), ((group(every(Not(has("body")), Not(HEAD))),),))[0].uncovered == ()
        # An alternative list contains the same parameters.
        assert coverage((body, group(HEAD)), ((group(Always()),),))[0].uncovered != ()


class TestModelInView:
    DETECTOR = ModelClass(
        "Detector",
        (
            SubModule("backbone", "nn.Conv2d", True, False, True),
            SubModule("neck", "nn.Conv2d", True, False, True),
            SubModule("head", "nn.Linear", True, False, True),
            SubModule("act", "nn.ReLU", True, False, False),
            SubModule("teacher", "Backbone", True, True, True),
        ),
        is_closed=True,
    )

    def test_all_names_are_matched(self) -> None:
        groups = [group(has(name)) for name in ("backbone", "neck", "head")]
        assert left_out(*groups, model_class=self.DETECTOR) == []
        assert left_out(*groups) == ["parameters outside `backbone`, `neck` and `head`"]

    def test_one_name_is_not(self) -> None:
        (hole,) = judge(group(has("backbone")), group(HEAD), model_class=self.DETECTOR).uncovered
        assert hole.wholly == ("neck",)

    def test_a_sub_module_whose_inside_is_not_in_view(self) -> None:
        neck = ModelClass("Neck", (SubModule("neck", "nn.Sequential", True, False, True),), is_closed=True)
        (hole,) = judge(group(has("backbone")), group(HEAD), model_class=neck).uncovered
        assert hole.sub_modules == ("neck",) and hole.wholly == ()

    def test_a_kind_of_parameter(self) -> None:
        assert left_out(group(has("weight")), group(has("bias"))) != []
        layers = ModelClass("Head", (SubModule("head", "nn.Linear", True, False, True),), is_closed=True)
        assert left_out(group(has("weight")), group(has("bias")), model_class=layers) == []
        token = SubModule("token", "nn.Parameter", True, False, True)
        (hole,) = judge(
            group(has("weight")), group(has("bias")), model_class=ModelClass("Head", (token,), is_closed=True)
        ).uncovered
        assert hole.wholly == ("token",)

    def test_gradients(self) -> None:
        assert left_out(group(every(GradientTest(), DECAY)), group(every(GradientTest(), NO_DECAY))) == []


class TestBounds:
    @pytest.mark.parametrize(
        "groups",
        [
            [group(every(UnknownTest(f"f{i}(n)"), has(f"place{i}"), DECAY)) for i in range(40)],
            [group(Or(tuple(UnknownTest(f"f{i}(n)") for i in range(14))))] * 2,
            [group(has(*(f"fragment{i}" for i in range(500))))],
            [group(every(*(Or((has(f"a{i}"), UnknownTest(f"b{i}"))) for i in range(30))))],
        ],
    )
    def test_too_many_tests_are_unknown(self, groups: list[ParamGroup]) -> None:
        before = process_time()
        (found,) = coverage(tuple(groups))
        assert not found.is_known and not found.uncovered and found.overlap is None
        assert process_time() - before < 0.5

    def test_deep_conditions_are_unknown(self) -> None:
        deep: Condition = has("bias")
        for _ in range(5000):
            deep = Not(deep)
        (found,) = coverage((group(deep), group(has("bias"))))
        assert not found.is_known

    def test_many_layers_are_not(self) -> None:
        layers = [has(f"layer.{i}.") for i in range(24)]
        groups = [group(every(layer, decay)) for layer in layers for decay in (DECAY, NO_DECAY)]
        rest = group(every(*map(Not, layers)))
        before = process_time()
        assert left_out(*groups, rest) == []
        assert process_time() - before < 0.5
        assert left_out(*groups[1:], rest) == ["names with `layer.0.` but without `bias` or `LayerNorm.weight`"]


FRAGMENTS = ("a", "b", "ab", "ba", "a.b", ".b", "b.", "bb", "aba")
UNKNOWN = (UnknownTest("p"), UnknownTest("q"))
names = st.text("ab.", min_size=1, max_size=6)
name_tests = st.builds(NameTest, st.sampled_from(NameTestKind), st.sampled_from(FRAGMENTS))


def conditions(tests: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        st.one_of(tests, st.just(Always())),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(And, st.lists(inner, max_size=3).map(tuple)),
            st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=6,
    )


def met(condition: Condition, name: str, unknown: dict[str, bool]) -> bool:
    """Evaluate a condition independently of the truth table."""
    match condition:
        case NameTest(NameTestKind.CONTAINS, text):
            return text in name
        case NameTest(NameTestKind.STARTS, text):
            return name[: len(text)] == text
        case NameTest(NameTestKind.ENDS, text):
            return name[len(name) - len(text) :] == text if len(text) <= len(name) else False
        case NameTest(NameTestKind.EQUALS, text):
            return name == text
        case UnknownTest(text):
            return unknown[text]
        case Not(operand):
            return not met(operand, name, unknown)
        case And(operands):
            return all(met(operand, name, unknown) for operand in operands)
        case Or(operands):
            return any(met(operand, name, unknown) for operand in operands)
    return True


def worlds() -> Iterator[dict[str, bool]]:
    for answers in product((False, True), repeat=len(UNKNOWN)):
        yield dict(zip((test.text for test in UNKNOWN), answers, strict=True))


@given(st.lists(conditions(name_tests), min_size=1, max_size=4), st.lists(names, max_size=30))
def test_no_name_is_forgotten_by_the_table(found: list[Condition], tried: list[str]) -> None:
    atoms = atoms_of(found)
    assert atoms is not None
    rows = rows_of(atoms, logical(atoms), {})
    assert rows is not None and len(rows) <= MOST_ROWS
    table = table_of(atoms, rows)
    for name in tried:
        row = sum(met(atom, name, {}) << index for index, atom in enumerate(atoms))
        at = 1 << table.rows.index(row)
        assert [bool(table.column(one) & at) for one in found] == [met(one, name, {}) for one in found]


@given(st.lists(name_tests, min_size=1, max_size=7, unique=True))
def test_every_row_has_a_name(tests: list[NameTest]) -> None:
    atoms = tuple(tests)
    for row in rows_of(atoms, logical(atoms), {}) or ():
        passed = [atom for index, atom in enumerate(atoms) if row >> index & 1]
        texts = {kind: sorted((one.text for one in passed if one.kind is kind), key=len) for kind in NameTestKind}
        first, last = texts[NameTestKind.STARTS][-1:], texts[NameTestKind.ENDS][-1:]
        name = "-".join([*(first or [""]), *texts[NameTestKind.CONTAINS], *(last or [""])])
        name = texts[NameTestKind.EQUALS][0] if texts[NameTestKind.EQUALS] else name
        assert [passes(atom, name) for atom in atoms] == [atom in passed for atom in atoms], name


@given(
    st.lists(conditions(st.one_of(name_tests, st.sampled_from(UNKNOWN))), min_size=1, max_size=4),
    st.lists(names.filter(lambda name: "." not in name), min_size=1, max_size=8, unique=True),
)
def test_names_in_view_tried_one_by_one(filters: list[Condition], of_model: list[str]) -> None:
    parameters = tuple(SubModule(name, "nn.Parameter", True, False, True) for name in of_model)
    groups = tuple(group(one) for one in filters)
    found = judge(*groups, model_class=ModelClass("Model", parameters, is_closed=True))
    holding = {
        name: [[index for index, one in enumerate(filters) if met(one, name, world)] for world in worlds()]
        for name in of_model
    }
    uncovered = {name for name, worlds_of in holding.items() if not any(worlds_of)}
    assert {name for hole in found.uncovered for name in hole.sub_modules} == uncovered
    pairs = {
        (first, second)
        for worlds_of in holding.values()
        for first, second in product(range(len(filters)), repeat=2)
        if first < second and all(first in held and second in held for held in worlds_of)
    }
    if found.overlap is None:
        assert not pairs
    elif pairs:
        assert found.overlap.groups == min(pairs)
    else:
        assert any(_is_enclosed(index, holding) for index in range(len(filters)))


def _is_enclosed(index: int, holding: dict[str, list[list[int]]]) -> bool:
    """Whether everything that a group may contain is in other groups in every possible assignment, and the group is not
    always empty."""
    held = [worlds_of for worlds_of in holding.values() if any(index in one for one in worlds_of)]
    return bool(held) and all(set(one) - {index} for worlds_of in held for one in worlds_of)


@given(st.lists(conditions(name_tests), min_size=1, max_size=4), st.lists(st.sampled_from("ab"), max_size=2), names)
def test_holders_are_those_that_take_the_parameter(filters: list[Condition], path: list[str], name: str) -> None:
    groups = tuple(group(one, of=below(*path)) for one in filters)
    full = ".".join((*path, name))
    assert holders(groups, 1, Parameter(full)) == tuple(
        index for index, one in enumerate(filters) if met(one, name, {})
    )
