"""A function hands on what another one builds."""

import torch
from make import make_optimizer
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 6)
        self.norm = nn.LayerNorm(6)
        self.head = nn.Linear(6, 2)

    def forward(self, batch):
        return self.head(self.norm(self.body(batch)))


model = Net()
optimizer = make_optimizer(model)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
