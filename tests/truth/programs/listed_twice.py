"""One source stands twice in one group: each of its parameters is stepped, and decayed, twice."""

import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
body = model[0]
optimizer = torch.optim.SGD(
    [{"params": list(body.parameters()) + list(body.parameters()), "weight_decay": 0.5}],
    lr=0.1,
)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
