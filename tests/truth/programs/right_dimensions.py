"""Nothing is wrong: matrices decay, vectors do not."""

import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 2))
weight_decay = 0.1
trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
groups = [
    {"params": [p for p in trained.values() if p.dim() >= 2], "weight_decay": weight_decay},
    {"params": [p for p in trained.values() if p.dim() < 2], "weight_decay": 0.0},
]
optimizer = torch.optim.NAdam(groups, lr=3e-4)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(3, 4)).square().mean().backward()
    optimizer.step()
