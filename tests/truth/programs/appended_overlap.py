"""A full split, and then the head once more with a rate of its own: torch refuses."""

import torch
from torch import nn
from torch.optim import AdamW


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.head = nn.Linear(4, 2)

    def forward(self, batch):
        return self.head(self.body(batch))


model = Net()
groups = [
    {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.01},
    {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": 0.0},
]
groups.append({"params": model.head.parameters(), "lr": 1e-2})
optimizer = AdamW(groups, lr=1e-4)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
