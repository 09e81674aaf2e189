"""An optimizer over two groups is replaced, before anything used it, by one over everything."""

import torch
from torch import nn
from torch.optim import SGD, AdamW

model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
groups = [
    {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.03},
    {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": 0.0},
]
optimizer = AdamW(groups, lr=2e-5)
optimizer = SGD(model.parameters(), lr=0.01, weight_decay=0.001)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
