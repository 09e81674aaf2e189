"""The list says `LayerNorm.weight` and `bn`; inside `nn.Sequential` a norm layer has a number for a name."""

import torch
from torch import nn
from torch.optim import AdamW


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(6, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 6))
        self.head = nn.Linear(6, 2)

    def forward(self, batch):
        return self.head(self.features(batch))


model = Net()
no_decay = ["bias", "LayerNorm.weight", "bn"]
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.1},
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
optimizer = AdamW(groups, lr=1e-3)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
