"""The list says `LayerNorm.weight`; the model calls its norms `norm1` and `norm2`, so their weights decay."""

import torch
from torch import nn
from torch.optim import AdamW


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.mix = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.out = nn.Linear(width, width)

    def forward(self, batch):
        batch = batch + self.mix(self.norm1(batch))
        return batch + self.out(self.norm2(batch))


model = Block(6)
no_decay = ["bias", "LayerNorm.weight"]
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.1},
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
optimizer = AdamW(groups, lr=1e-3)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
