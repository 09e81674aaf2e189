"""Nothing is wrong: four quarters, two rates, a frozen embedding left out by its flag."""

import torch
from torch import nn
from torch.optim import AdamW


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(9, 4)
        self.body = nn.Linear(4, 4)
        self.head = nn.Linear(4, 2)

    def forward(self, tokens):
        return self.head(torch.tanh(self.body(self.table(tokens))))


model = Net()
model.table.weight.requires_grad = False

named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
groups = [
    {"params": [p for n, p in named if "body" in n and "bias" not in n], "lr": 1e-5, "weight_decay": 0.01},
    {"params": [p for n, p in named if "body" in n and "bias" in n], "lr": 1e-5, "weight_decay": 0.0},
    {"params": [p for n, p in named if "body" not in n and "bias" not in n], "weight_decay": 0.01},
    {"params": [p for n, p in named if "body" not in n and "bias" in n], "weight_decay": 0.0},
]
optimizer = AdamW(groups, lr=1e-3)


def train_step():
    optimizer.zero_grad()
    model(torch.randint(9, (4, 2))).square().mean().backward()
    optimizer.step()
