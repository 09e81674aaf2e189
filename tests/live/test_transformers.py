"""TrainerCheck in the Trainer of transformers itself, with a small BERT made here."""

import warnings
from pathlib import Path
from typing import Any  # transformers has types that this environment alone knows.

import pytest
import torch
import transformers

from optimlint import live

DATA = [{"input_ids": torch.arange(8), "labels": torch.tensor(1)} for _ in range(4)]


def bert() -> Any:  # noqa: ANN401
    config = transformers.BertConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    return transformers.BertForSequenceClassification(config)


def train(folder: Path, model: Any, check: object, optimizer: object = None, decay: float = 0.0) -> None:  # noqa: ANN401
    arguments = transformers.TrainingArguments(
        output_dir=str(folder),
        max_steps=1,
        report_to=[],
        use_cpu=True,
        weight_decay=decay,
        save_strategy="no",
        disable_tqdm=True,
    )
    trainer = transformers.Trainer(
        model, arguments, train_dataset=DATA, callbacks=[check], optimizers=(optimizer, None)
    )
    trainer.train()


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_the_groups_that_the_trainer_makes_are_right(tmp_path: Path, decay: float) -> None:
    check = live.TrainerCheck(fails=True)
    train(tmp_path, bert(), check, decay=decay)
    (optimizer,) = check.report.optimizers
    assert optimizer.name == "AdamW"
    assert [group.values["weight_decay"] for group in optimizer.groups] == [decay, 0.0]
    assert "bert.encoder.layer.*.weight" in str(check.report)


def test_an_optimizer_over_another_model(tmp_path: Path) -> None:
    other = torch.optim.SGD(bert().parameters(), lr=0.1)
    with pytest.raises(live.ProblemsFound, match="not the model's"):
        train(tmp_path, bert(), live.TrainerCheck(fails=True), other)


def test_it_warns_and_training_goes_on(tmp_path: Path) -> None:
    model = bert()
    half = torch.optim.SGD(model.bert.parameters(), lr=0.1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        train(tmp_path, model, live.TrainerCheck(), half)
    said = [str(one.message) for one in caught if "optimlint" in str(one.message)]
    assert len(said) == 1 and said[0].endswith("classifier.weight, classifier.bias")
