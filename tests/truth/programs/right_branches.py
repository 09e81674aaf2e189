"""Nothing is wrong: one branch groups, the other does not, and a flag decides."""

import torch
from torch import nn
from torch.optim import AdamW

model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))
split = bool(len(list(model.parameters())) > 3)
if split:
    optimizer = AdamW(
        [
            {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.2},
            {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": 0.0},
        ],
        lr=1e-3,
    )
else:
    optimizer = AdamW(model.parameters(), lr=1e-3)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(3, 4)).square().mean().backward()
    optimizer.step()
