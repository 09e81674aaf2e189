"""The groups end in nothing, and the optimizer comes from a helper that is only given the model."""

import torch
from torch import nn


def create_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=1e-3)


def prepare(model):
    groups = [
        {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.04},
        {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": 0.0},
    ]
    print(f"{len(groups)} groups")
    return create_optimizer(model)


model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
optimizer = prepare(model)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
