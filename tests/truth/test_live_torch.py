"""The live view over real torch: models, wrappers and schedulers."""

import pytest
import torch
from torch import nn

from optimlint import live


class Block(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2)
        self.norm = nn.LayerNorm(8)
        self.feed = nn.Linear(8, 8)


class Net(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block() for _ in range(3))
        self.head = nn.Linear(8, 2)


def split(model: nn.Module, *fragments: str, decay: float = 0.1) -> list[dict[str, object]]:
    named = list(model.named_parameters())
    spared = [one for name, one in named if any(fragment in name for fragment in fragments)]
    rest = [one for name, one in named if not any(fragment in name for fragment in fragments)]
    return [{"params": rest, "weight_decay": decay}, {"params": spared, "weight_decay": 0.0}]


def kinds(problems: list[live.Problem]) -> list[str]:
    return [one.kind.value for one in problems]


@pytest.mark.parametrize("kind", [torch.optim.AdamW, torch.optim.SGD, torch.optim.Adagrad, torch.optim.RMSprop])
def test_a_good_split_has_no_problems(kind: type[torch.optim.Optimizer]) -> None:
    model = Net()
    optimizer = kind(split(model, "bias", "norm"), lr=0.1)
    report = live.report(optimizer, model)
    assert report.problems == ()
    assert [group.values["weight_decay"] for group in report.optimizers[0].groups] == [0.1, 0.0]


def test_what_is_wrong_is_found_by_the_classes_of_layers() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    (problem,) = live.check(torch.optim.AdamW(split(model, "bias")), model)
    assert problem.parameters == ("1.weight",)
    assert "1 parameter of norms" in problem.message


def test_a_head_that_is_replaced_after_the_optimizer() -> None:
    model = Net()
    optimizer = torch.optim.AdamW(model.parameters())
    model.head = nn.Linear(8, 2)
    assert kinds(live.check(optimizer, model)) == ["uncovered-parameters", "foreign-parameters"]


def test_a_frozen_parameter_with_a_gradient_is_moved_indeed() -> None:
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.head(torch.ones(1, 8)).sum().backward()
    model.head.requires_grad_(False)
    before = model.head.weight.clone()
    (moved,) = live.check(optimizer, model)
    assert "the next step still changes them" in moved.message
    optimizer.step()
    assert not torch.equal(before, model.head.weight)
    optimizer.zero_grad()
    (still,) = live.check(optimizer, model)
    before = model.head.weight.clone()
    optimizer.step()
    assert "not trained by it" in still.message and torch.equal(before, model.head.weight)


def test_keys_of_schedulers_are_theirs() -> None:
    model = Net()
    optimizer = torch.optim.AdamW(split(model, "bias", "norm"))
    torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=10)
    assert live.check(optimizer, model) == []
    optimizer = torch.optim.SGD(split(model, "bias", "norm"), momentum=0.9)
    torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr=0.1, max_lr=0.2)
    torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.05)
    assert live.check(optimizer, model) == []


def test_a_warm_up_flattens_nothing_and_a_loop_does() -> None:
    model = Net()
    groups = [{"params": model.blocks.parameters(), "lr": 0.1}, {"params": model.head.parameters(), "lr": 0.2}]
    optimizer = torch.optim.AdamW(groups)
    torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 10))
    assert live.check(optimizer, model) == []
    for group in optimizer.param_groups:
        group["lr"] = 0.05
    assert kinds(live.check(optimizer, model)) == ["flattened-rates"]


def test_a_key_that_torch_keeps_and_never_reads() -> None:
    model = Net()
    optimizer = torch.optim.AdamW([{"params": model.parameters(), "weight_deacy": 0.5}])
    assert kinds(live.check(optimizer, model)) == ["ignored-group-key"]


def test_the_same_parameters_after_moving_and_compiling() -> None:
    model = Net()
    optimizer = torch.optim.AdamW(split(model, "bias", "norm"))
    model.to(torch.float64)
    assert live.check(optimizer, model) == []
    report = live.report(optimizer, torch.compile(model))
    assert report.problems == () and report.models == ("Net",)
    assert report.optimizers[0].groups[1].parameters[-1].name == "head.bias"


def test_tied_weights_are_one_tensor() -> None:
    model = Net()
    model.head.weight = model.blocks[0].feed.weight
    assert live.check(torch.optim.AdamW(model.parameters()), model) == []


def test_names_that_torch_keeps_itself() -> None:
    model = Net()
    assert "head.bias" in str(live.report(torch.optim.AdamW(model.named_parameters())))


def test_lazy_parameters_have_no_size_yet() -> None:
    model = nn.Sequential(nn.LazyLinear(3))
    report = live.report(torch.optim.SGD(model.parameters(), lr=0.1), model)
    assert report.problems == () and report.optimizers[0].groups[0].scalars == 0


def test_a_rate_in_a_tensor() -> None:
    model = Net()
    report = live.report(torch.optim.AdamW(model.parameters(), lr=torch.tensor(0.5)), model)
    assert report.optimizers[0].groups[0].values["lr"] == 0.5


def test_nothing_keeps_the_model_alive() -> None:
    import gc
    import weakref

    model = Net()
    report = live.report(torch.optim.AdamW(model.parameters()), model)
    seen = weakref.ref(model.head.weight)
    del model
    gc.collect()
    assert seen() is None and report.trainable
