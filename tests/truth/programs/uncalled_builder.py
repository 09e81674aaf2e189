"""A function would build the groups; nobody calls it."""

import torch
from torch import nn
from torch.optim import AdamW


def grouped_parameters(model):
    decay = [p for n, p in model.named_parameters() if "bias" not in n]
    no_decay = [p for n, p in model.named_parameters() if "bias" in n]
    return [{"params": decay, "weight_decay": 0.04}, {"params": no_decay, "weight_decay": 0.0}]


model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
optimizer = AdamW(model.parameters(), lr=1e-3)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
