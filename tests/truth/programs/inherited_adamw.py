"""One group names its decay, the other, of biases and norms, silently gets AdamW's own."""

import torch
from torch import nn
from torch.optim import AdamW

model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))


def split(model):
    return [
        {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.05},
        {"params": [p for n, p in model.named_parameters() if "bias" in n]},
    ]


optimizer = AdamW(split(model), lr=1e-4)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
