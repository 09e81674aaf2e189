"""A base class of another file takes what the subclass builds."""

import torch
from trainer import Trainer
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 6)
        self.norm = nn.LayerNorm(6)
        self.head = nn.Linear(6, 2)

    def forward(self, batch):
        return self.head(self.norm(self.body(batch)))


class Split(Trainer):
    def groups(self):
        biases = [p for n, p in self.model.named_parameters() if "bias" in n]
        others = [p for n, p in self.model.named_parameters() if "bias" not in n]
        return [{"params": others, "weight_decay": 0.2}, {"params": biases, "weight_decay": 0.0}]


model = Net()
optimizer = Split(model).optimizer


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
