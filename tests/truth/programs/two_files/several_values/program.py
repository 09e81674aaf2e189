"""A function of another file returns two lists of parameters."""

import torch
from groups import split
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
matrices, flat = split(model)
optimizer = torch.optim.AdamW(
    [{"params": matrices, "weight_decay": 0.2}, {"params": flat, "weight_decay": 0.0}], lr=1e-3
)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
