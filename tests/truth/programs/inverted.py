"""The biases are decayed and the weights are not."""

import torch
from torch import nn
from torch.optim import AdamW

model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
no_decay = ["bias"]
grouped = [
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.03},
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
optimizer = AdamW(grouped, lr=2e-5)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
