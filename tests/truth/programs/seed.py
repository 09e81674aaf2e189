"""A trainer builds two groups and gives its optimizer `parameters()` all the same."""

from types import SimpleNamespace

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.dense = nn.Linear(width, width)
        self.LayerNorm = nn.LayerNorm(width)
        self.classifier = nn.Linear(width, 2)

    def forward(self, batch):
        return self.classifier(self.LayerNorm(torch.tanh(self.dense(batch))))


class Trainer:
    def __init__(self, model, config):
        self.model = model
        param_optimizer = list(self.model.named_parameters())
        no_decay = ["bias", "LayerNorm.bias", "LayerNorm.weight"]
        optimizer_grouped_parameters = [
            {"params": [p for n, p in param_optimizer if not any(nd in n for nd in no_decay)], "weight_decay": 0.002},
            {"params": [p for n, p in param_optimizer if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=config.lr)

    def step(self, batch, labels):
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.model(batch), labels)
        loss.backward()
        self.optimizer.step()


config = SimpleNamespace(lr=2e-5, width=8)
model = Encoder(config.width)
trainer = Trainer(model, config)
optimizer = trainer.optimizer


def train_step():
    trainer.step(torch.randn(4, config.width), torch.tensor([0, 1, 0, 1]))
