"""Names and numbers of another file."""

import torch
from settings import DECAY, FLAT
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 6)
        self.norm = nn.LayerNorm(6)
        self.head = nn.Linear(6, 2)

    def forward(self, batch):
        return self.head(self.norm(self.body(batch)))


model = Net()
flat = [p for n, p in model.named_parameters() if any(part in n for part in FLAT)]
others = [p for n, p in model.named_parameters() if not any(part in n for part in FLAT)]
optimizer = torch.optim.AdamW([{"params": others, "weight_decay": DECAY}, {"params": flat, "weight_decay": 0.0}], lr=1e-3)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
