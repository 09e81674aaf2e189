"""LightningCheck in Lightning itself, under both of its names."""

import pickle
import warnings
from importlib import import_module
from typing import Any  # Lightning is another module by each name.

import pytest
import torch
from torch import nn

from optimlint import live

NAMES = ["lightning.pytorch", "pytorch_lightning"]


def module(lightning: Any, *, is_whole: bool) -> Any:  # noqa: ANN401
    class Net(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.body, self.norm, self.head = nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 1)

        def training_step(self, batch: list[torch.Tensor], index: int) -> torch.Tensor:
            loss: torch.Tensor = self.head(self.norm(self.body(batch[0]))).pow(2).mean()
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            spared = [self.body.bias, self.head.bias, *self.norm.parameters()]
            decayed = [self.body.weight, self.head.weight]
            groups = [{"params": decayed}, {"params": spared if is_whole else spared[:1], "weight_decay": 0.0}]
            return torch.optim.AdamW(groups)

    return Net()


def fit(lightning: Any, check: object, *, is_whole: bool) -> None:  # noqa: ANN401
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4, 4)), batch_size=2)
    trainer = lightning.Trainer(
        max_epochs=1,
        callbacks=[check],
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module(lightning, is_whole=is_whole), data)


def said(caught: list[warnings.WarningMessage]) -> list[str]:
    return [str(one.message) for one in caught if str(one.message).startswith("optimlint: ")]


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_a_report_and_says_nothing_of_what_is_right(name: str) -> None:
    lightning = import_module(name)
    check = live.LightningCheck(fails=True)
    fit(lightning, check, is_whole=True)
    assert check.report.models == ("Net",) and check.report.problems == ()


@pytest.mark.parametrize("name", NAMES)
def test_it_warns_and_training_goes_on(name: str) -> None:
    lightning = import_module(name)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(lightning, live.LightningCheck(), is_whole=False)
    (warning,) = said(caught)
    assert "3 trainable parameters (9 scalars) are in no group" in warning and "norm.weight" in warning


@pytest.mark.parametrize("name", NAMES)
def test_it_fails_where_it_is_asked_to(name: str) -> None:
    lightning = import_module(name)
    with pytest.raises(live.ProblemsFound, match="uncovered-parameters") as failed:
        fit(lightning, live.LightningCheck(fails=True), is_whole=False)
    assert failed.value.problems[0].kind is live.ProblemKind.UNCOVERED
    fit(lightning, live.LightningCheck(fails=True, ignore=["uncovered-parameters"]), is_whole=False)


def test_other_processes_get_a_copy() -> None:
    check = pickle.loads(pickle.dumps(live.LightningCheck(fails=True, ignore=["empty-group"])))
    with pytest.raises(live.ProblemsFound):
        fit(import_module(NAMES[0]), check, is_whole=False)
