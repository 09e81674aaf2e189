"""`n in "bias"` asks whether the whole name is a piece of `bias`: it never is."""

import torch
from torch import nn
from torch.optim import AdamW

model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
optimizer = AdamW(
    [
        {"params": [p for n, p in model.named_parameters() if n not in "bias"], "weight_decay": 0.01},
        {"params": [p for n, p in model.named_parameters() if n in "bias"], "weight_decay": 0.0},
    ],
    lr=1e-3,
)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
