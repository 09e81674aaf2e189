"""Nothing is wrong: SGD with its settings by position, and a group that comes later."""

import torch
from torch import nn
from torch.optim import SGD

body = nn.Linear(4, 4)
head = nn.Linear(4, 2)
model = nn.ModuleList([body, head])
optimizer = SGD(body.parameters(), 0.1, 0.9, 0, 1e-4)
optimizer.add_param_group({"params": head.parameters(), "lr": 1.0})


def train_step():
    optimizer.zero_grad()
    head(body(torch.randn(3, 4))).square().mean().backward()
    optimizer.step()
