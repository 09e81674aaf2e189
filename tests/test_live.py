"""The live view with small fakes: the groups that it shows, their problems, and its output."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from cli_support import environment

from optimlint import live
from optimlint.live.names import listed, patterns
from optimlint.live.read import NotAReport, from_json


@dataclass(eq=False)
class Tensor:
    """The part of a tensor that the live view uses."""

    shape: tuple[int, ...] = (2, 3)
    requires_grad: bool = True
    grad: object = None


class LayerNorm:
    pass


@dataclass(eq=False)
class Model:
    """A model, given by the names of its tensors. Like a sequence of layers, it is iterable itself."""

    tensors: dict[str, Tensor]
    norms: tuple[str, ...] = ()

    def named_parameters(self) -> Iterable[tuple[str, Tensor]]:
        return self.tensors.items()

    def named_modules(self) -> Iterable[tuple[str, object]]:
        return [("", self), *((name, LayerNorm()) for name in self.norms)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tensors)


@dataclass(eq=False)
class AdamW:
    """An optimizer that fills in its groups like torch."""

    param_groups: list[dict[str, object]]
    defaults: dict[str, object] = field(default_factory=lambda: {"lr": 0.001, "weight_decay": 0.01})

    def __post_init__(self) -> None:
        self.param_groups = [self.defaults | group for group in self.param_groups]


@dataclass(eq=False)
class Wrapped:
    """A wrapper like Accelerate's."""

    optimizer: AdamW

    @property
    def param_groups(self) -> list[dict[str, object]]:
        return self.optimizer.param_groups


@dataclass(frozen=True)
class Scalar:
    """A number in a tensor."""

    number: float

    def item(self) -> float:
        return self.number


def model() -> Model:
    names = ("layer.0.weight", "layer.1.weight", "head.weight")
    biases = ("layer.0.bias", "layer.1.bias", "head.bias", "post.weight", "post.bias")
    return Model({name: Tensor() for name in names} | {name: Tensor((3,)) for name in biases}, ("post",))


def picked(given: Model, *fragments: str) -> list[Tensor]:
    return [one for name, one in given.tensors.items() if any(fragment in name for fragment in fragments)]


def split(given: Model) -> AdamW:
    """Groups in which weights decay, and biases and norms do not."""
    spared = picked(given, "bias", "post")
    return AdamW(
        [
            {"params": [one for one in given.tensors.values() if one not in spared]},
            {"params": spared, "weight_decay": 0.0},
        ]
    )


def kinds(problems: Iterable[live.Problem]) -> list[str]:
    return [one.kind.value for one in problems]


def test_what_is_right_has_no_problems() -> None:
    given = model()
    assert live.check(split(given), given) == []
    assert live.check(AdamW([{"params": list(given.tensors.values())}]), given) == []


def test_each_group_is_told_with_its_tensors_and_settings() -> None:
    given = model()
    (optimizer,) = live.report(split(given), given).optimizers
    first, second = optimizer.groups
    assert [one.name for one in first.parameters] == ["layer.0.weight", "layer.1.weight", "head.weight"]
    assert (first.scalars, first.values["weight_decay"], second.values["weight_decay"]) == (18, 0.01, 0.0)
    assert [one.role.value for one in second.parameters] == ["bias", "bias", "bias", "norm", "norm"]


def test_parameters_in_no_group() -> None:
    given = model()
    (problem,) = live.check(AdamW([{"params": picked(given, "layer", "post")}]), given)
    assert problem.kind is live.ProblemKind.UNCOVERED
    assert problem.parameters == ("head.weight", "head.bias")
    assert "2 trainable parameters (9 scalars) are in no group" in problem.message


def test_frozen_parameters_need_no_group() -> None:
    given = model()
    for one in picked(given, "head"):
        one.requires_grad = False
    assert live.check(AdamW([{"params": picked(given, "layer", "post")}]), given) == []


def test_several_optimizers_share_a_model() -> None:
    given = model()
    both = [AdamW([{"params": picked(given, "layer", "post")}]), AdamW([{"params": picked(given, "head")}])]
    assert live.check(both, given) == []
    both[1].param_groups[0]["params"] = picked(given, "head", "post")
    (problem,) = live.check(both, given)
    assert problem.kind is live.ProblemKind.OVERLAPPING
    assert problem.parameters == ("post.weight", "post.bias")


def test_a_layer_that_was_replaced() -> None:
    given = model()
    optimizer = AdamW([{"params": list(given.tensors.values())}])
    given.tensors["head.weight"] = Tensor()
    uncovered, foreign = live.check(optimizer, given)
    assert uncovered.parameters == ("head.weight",)
    assert foreign.kind is live.ProblemKind.FOREIGN
    assert "the model has 1 of the same shape that is not trained" in foreign.message


def test_a_tensor_in_two_groups() -> None:
    given = model()
    twice = AdamW([{"params": list(given.tensors.values())}, {"params": picked(given, "head"), "lr": 0.1}])
    (problem,) = live.check(twice, given)
    assert (problem.kind, problem.parameters) == (live.ProblemKind.OVERLAPPING, ("head.weight", "head.bias"))


def test_a_frozen_parameter_moves_as_long_as_it_has_a_gradient() -> None:
    given = model()
    optimizer = AdamW([{"params": list(given.tensors.values())}])
    given.tensors["head.weight"].requires_grad = given.tensors["head.bias"].requires_grad = False
    given.tensors["head.bias"].grad = object()
    moved, still = live.check(optimizer, given)
    assert moved.parameters == ("head.bias",) and "the next step still changes them" in moved.message
    assert still.parameters == ("head.weight",) and "not trained by it" in still.message


def test_an_empty_group() -> None:
    given = model()
    optimizer = AdamW([{"params": list(given.tensors.values()), "weight_decay": 0.0}, {"params": []}])
    assert kinds(live.check(optimizer, given)) == ["empty-group"]


def test_a_key_that_the_optimizer_does_not_read() -> None:
    given = model()
    settings = {"weight_deacy": 0.1, "name": "all", "initial_lr": 0.001}
    (problem,) = live.check(AdamW([{"params": list(given.tensors.values()), **settings}]), given)
    assert problem.kind is live.ProblemKind.IGNORED_KEY and "`weight_deacy`" in problem.message


def test_norms_that_decay_while_another_group_says_zero() -> None:
    given = model()
    spared = picked(given, "bias")
    rest = [one for one in given.tensors.values() if one not in spared]
    (problem,) = live.check(AdamW([{"params": rest}, {"params": spared, "weight_decay": 0}]), given)
    assert problem.kind is live.ProblemKind.DECAYED and problem.parameters == ("post.weight",)
    assert "1 parameter of norms in group 0 of AdamW is decayed by 0.01, while group 1 has 0" in problem.message


def test_a_zero_for_other_weights_says_nothing_of_norms() -> None:
    given = model()
    spared = picked(given, "head.weight")
    rest = [one for one in given.tensors.values() if one not in spared]
    assert live.check(AdamW([{"params": rest}, {"params": spared, "weight_decay": 0}]), given) == []


def test_groups_that_are_all_alike() -> None:
    given = model()
    apart: list[dict[str, object]] = [{"params": picked(given, "layer", "post")}, {"params": picked(given, "head")}]
    (problem,) = live.check(AdamW(apart), given)
    assert "all 2 groups of AdamW have the same settings (lr 0.001 and weight_decay 0.01)" in problem.message
    named: list[dict[str, object]] = [group | {"name": str(index)} for index, group in enumerate(apart)]
    assert live.check(AdamW(named), given) == []


@pytest.mark.parametrize(("rate", "expected"), [(0.001, ["flattened-rates"]), (0.0, [])])
def test_rates_that_were_flattened(rate: float, expected: list[str]) -> None:
    given = model()
    slow = {"params": picked(given, "layer", "post"), "lr": rate, "initial_lr": 0.0001}
    fast = {"params": picked(given, "head"), "lr": rate, "initial_lr": 0.001}
    assert kinds(live.check(AdamW([slow, fast]), given)) == expected


def test_problems_that_are_meant_so_can_be_left_out() -> None:
    given = model()
    half = AdamW([{"params": picked(given, "head")}])
    assert live.check(half, given, ignore=["uncovered-parameters"]) == []
    assert live.check(half, given, ignore=[live.ProblemKind.UNCOVERED]) == []
    with pytest.raises(ValueError, match="uncoverd"):
        live.check(half, given, ignore=["uncoverd"])


def test_without_a_model_nothing_is_known_to_be_missing() -> None:
    given = model()
    report = live.report(AdamW([{"params": picked(given, "head")}]))
    assert report.problems == ()
    assert "without names" in str(report)


def test_names_that_the_group_itself_has() -> None:
    given = model()
    group = {"params": picked(given, "head"), "param_names": ["head.weight", "head.bias"]}
    assert "head.weight, head.bias" in str(live.report(AdamW([group])))


def test_wrappers_of_optimizers_and_models_are_looked_through() -> None:
    given = model()
    given.tensors = {f"_orig_mod.{name}": one for name, one in given.tensors.items()}
    report = live.report(Wrapped(split(given)), given)
    assert report.optimizers[0].name == "AdamW"
    assert report.problems == ()
    assert "_orig_mod" not in str(report)


def test_several_models_are_told_apart_by_name() -> None:
    first, second = model(), model()
    report = live.report({"main": split(first)}, {"critic": first, "actor": second})
    (problem,) = report.problems
    assert problem.parameters[0] == "actor.layer.0.weight"
    assert str(report).startswith("main: AdamW, 2 groups, 8 of 16 trainable tensors of Model\n")
    assert "Model[1].layer.0.weight" in live.check(split(first), [first, second])[0].parameters


def test_a_rate_in_a_tensor_is_a_number() -> None:
    given = model()
    report = live.report(AdamW([{"params": list(given.tensors.values()), "lr": Scalar(0.5)}]), given)
    assert report.optimizers[0].groups[0].values["lr"] == 0.5


@pytest.mark.parametrize(("optimizer", "owner"), [(3, ()), ([3], ()), (AdamW([]), 3), (AdamW([]), {"a": 3})])
def test_other_objects_are_refused(optimizer: object, owner: object) -> None:
    with pytest.raises(TypeError, match=r"expected (an optimizer|a model), with `.*`, not int"):
        live.report(optimizer, owner)  # type: ignore[arg-type]


def test_names_cannot_act_on_a_terminal_or_in_a_page() -> None:
    given = Model({"\x1b[31mred<b>": Tensor()})
    report = live.report(AdamW([]), given)
    assert "\\x1b[31mred<b>" in str(report) and "\x1b" not in str(report)
    assert "&lt;b&gt;" in report._repr_html_() and "<b>" not in report._repr_html_()


def test_the_text() -> None:
    given = model()
    assert (
        str(live.report(split(given), given))
        == """\
AdamW, 2 groups, 8 of 8 trainable tensors of Model
  group  tensors  scalars  weight decay     lr  parameters
      0        3       18          0.01  0.001  layer.0.weight, layer.1.weight, head.weight
      1        5       15             0  0.001  layer.0.bias, layer.1.bias, head.bias, post.weight, post.bias

no problems"""
    )


def test_rich_prints_a_table() -> None:
    from io import StringIO

    from rich.console import Console

    given = model()
    written = StringIO()
    Console(file=written, width=100).print(live.report(AdamW([{"params": picked(given, "head")}]), given))
    assert "weight decay" in written.getvalue() and "uncovered-parameters" in written.getvalue()


def test_json_holds_all_of_it() -> None:
    given = model()
    report = live.report(AdamW([{"params": picked(given, "head"), "lr": float("inf")}, {"params": []}]), given)
    read = from_json(report.to_json())
    assert read.problems == report.problems and read.trainable == report.trainable
    assert read.optimizers[0].groups[0].values["lr"] == "inf"
    assert read.to_json() == report.to_json()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2}', '{"version": 1}', "[" * 100_000])
def test_a_file_that_is_no_report(text: str) -> None:
    with pytest.raises(NotAReport):
        from_json(text)


@pytest.mark.parametrize("key", ["models", "optimizers", "trainable", "problems"])
@pytest.mark.parametrize("wrong", [None, 3, "x", [3], [{}], {"a": 1}])
def test_a_report_with_something_else_in_it(key: str, wrong: object) -> None:
    given = model()
    read = json.loads(live.report(split(given), given).to_json())
    with pytest.raises(NotAReport):
        from_json(json.dumps(read | {key: wrong}))


def test_names_in_short() -> None:
    names = [f"bert.layer.{n}.{part}.weight" for n in range(12) for part in ("query", "key", "value", "dense")]
    assert listed(names) == (
        "bert.layer.*.query.weight (12), bert.layer.*.key.weight (12), bert.layer.*.value.weight (12), "
        "bert.layer.*.dense.weight (12)"
    )
    assert listed(names, 2) == "bert.layer.*.weight (48)"
    assert patterns(["a", "b"]) == (("a", 1), ("b", 1))
    assert listed([f"p{n}" for n in range(9)]) == "p0, p1, p2, p3, p4, p5, and 3 more"


def test_importing_it_imports_neither_torch_nor_rich() -> None:
    code = "import sys; from optimlint import live; live.report; print({'torch', 'rich', 'libcst'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "set()\n"
