"""Both groups read one iterator: the second finds it empty, and torch takes the empty group."""

import torch
from torch import nn
from torch.optim import AdamW

model = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 3))
named = model.named_parameters()
groups = [
    {"params": [p for n, p in named if "bias" not in n], "weight_decay": 0.05},
    {"params": [p for n, p in named if "bias" in n], "weight_decay": 0.0},
]
optimizer = AdamW(groups, lr=1e-3)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(5, 6)).square().mean().backward()
    optimizer.step()
