"""A method of an object of another file builds the groups."""

import torch
from groups import Maker
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
maker = Maker(0.2)
optimizer = torch.optim.AdamW(maker.groups(model), lr=1e-3)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
