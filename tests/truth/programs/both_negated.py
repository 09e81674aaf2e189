"""Both filters say `not any`: every other parameter is in two groups, and torch refuses."""

import torch
from torch import nn
from torch.optim import AdamW

model = nn.Sequential()
model.add_module("embed", nn.Linear(4, 4))
model.add_module("LayerNorm", nn.LayerNorm(4))
no_decay = ["bias", "LayerNorm.weight"]
parameters = list(model.named_parameters())
grouped = [
    {"params": [p for n, p in parameters if not any(nd in n for nd in no_decay)], "weight_decay": 0.01},
    {"params": [p for n, p in parameters if not any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
optimizer = AdamW(grouped, lr=5e-5)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(2, 4)).square().mean().backward()
    optimizer.step()
