"""The groups name two of the three sub-modules that `forward` uses."""

import torch
from torch import nn
from torch.optim import Adam


class Parser(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(5, 5)
        self.mixer = nn.Linear(5, 5)
        self.arcs = nn.Linear(5, 5)

    def forward(self, batch):
        return self.arcs(torch.tanh(self.mixer(torch.tanh(self.body(batch)))))


model = Parser()
optimizer = Adam(
    [
        {"params": model.body.parameters(), "lr": 1e-5},
        {"params": model.arcs.parameters(), "lr": 1e-3},
    ],
)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 5)).square().mean().backward()
    optimizer.step()
