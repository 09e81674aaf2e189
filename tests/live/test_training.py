"""What Lightning makes of an optimizer that is not returned, and that optimlint reports exactly what trains nothing."""

import warnings
from importlib import import_module

import pytest
import torch

from optimlint import check_source

NAMES = ["lightning.pytorch", "pytorch_lightning"]
PROGRAM = """
import torch
from torch import nn
import LIGHTNING as pl


class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 1)

    def training_step(self, batch, index):
        return self.body(batch[0]).pow(2).mean()


class Forgotten(Net):
    def configure_optimizers(self):  # reported
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1)


class Scheduled(Net):
    def configure_optimizers(self):  # reported
        optimizer = torch.optim.SGD([{"params": [self.body.weight]}, {"params": [self.body.bias], "lr": 0.2}], lr=0.1)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)


class Returned(Net):
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


class ReturnedWithASchedule(Net):
    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
        return {"optimizer": optimizer, "lr_scheduler": scheduler}
"""
TRAINS_NOTHING = {"Forgotten", "Scheduled"}
CLASSES = ["Forgotten", "Scheduled", "Returned", "ReturnedWithASchedule"]


def program(lightning: str) -> str:
    return PROGRAM.replace("LIGHTNING", lightning)


def changed_by_training(lightning: str, name: str) -> set[str]:
    """The parameters of a module that two short epochs change."""
    known: dict[str, type] = {}
    exec(program(lightning), known)
    torch.manual_seed(0)
    module = known[name]()
    before = {key: one.detach().clone() for key, one in module.named_parameters()}
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4, 4)), batch_size=2)
    trainer = import_module(lightning).Trainer(
        max_epochs=2,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, data)
    assert trainer.global_step == 4 and trainer.current_epoch == 2  # It counts steps, whoever makes them.
    return {key for key, one in module.named_parameters() if not torch.equal(one, before[key])}


@pytest.mark.parametrize("lightning", NAMES)
@pytest.mark.parametrize("name", CLASSES)
def test_what_returns_no_optimizer_changes_no_weight(lightning: str, name: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        changed = changed_by_training(lightning, name)
    assert changed == (set() if name in TRAINS_NOTHING else {"body.weight", "body.bias"})
    told = any("fit will run with no optimizer" in str(one.message) for one in caught)
    assert told is (name in TRAINS_NOTHING)  # One warning is all that Lightning says.


@pytest.mark.parametrize("lightning", NAMES)
def test_optimlint_reports_exactly_those(lightning: str) -> None:
    source = program(lightning)
    found = check_source(source, "modules.py")
    wanted = [number for number, line in enumerate(source.splitlines(), 1) if line.endswith("# reported")]
    assert [(one.rule, one.range.start.line) for one in found] == [("optimizers-not-returned", line) for line in wanted]
    told = {name for name in CLASSES for one in found if f"no weight of `{name}`" in one.message}
    assert told == TRAINS_NOTHING
