"""A subclass takes what a base class of another file builds."""

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


class Late(Trainer):
    def start(self):
        return torch.optim.AdamW(self.groups(), lr=1e-3)


model = Net()
optimizer = Late(model).start()


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
