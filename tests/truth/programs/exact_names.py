"""`n in no_decay` asks for whole names, which are never just `bias`."""

import torch
from torch import nn
from torch.optim import AdamW


class Tower(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(3, 3)
        self.LayerNorm = nn.LayerNorm(3)

    def forward(self, batch):
        return self.LayerNorm(self.dense(batch))


class Matcher(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = Tower()
        self.right = Tower()

    def forward(self, batch):
        return self.left(batch) - self.right(batch * 2)


model = Matcher()
no_decay = ["bias", "LayerNorm.weight"]
weights, spared = [], []
for n, p in model.named_parameters():
    if n in no_decay:
        spared.append(p)
    else:
        weights.append(p)
optimizer = AdamW(
    [{"params": weights, "weight_decay": 0.02}, {"params": spared, "weight_decay": 0.0}],
    lr=1e-3,
)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 3)).square().mean().backward()
    optimizer.step()
