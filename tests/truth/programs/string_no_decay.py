"""`('bias')` is a string: `any` walks its four letters, and nearly every name has one of them."""

import torch
from torch import nn
from torch.optim import AdamW


class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)
        self.outer = nn.Linear(4, 4)
        self.scale = nn.Parameter(torch.full((4,), 0.5))

    def forward(self, batch):
        return self.outer(self.inner(batch)) * self.scale


model = Gate()
no_decay = ("bias")
optimizer = AdamW(
    [
        {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)]},
        {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
    ],
    lr=1e-3,
    weight_decay=0.1,
)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
