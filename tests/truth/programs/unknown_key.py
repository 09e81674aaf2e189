"""AdamW reads `weight_decay`; `weight_decay_rate` is stored and never looked at."""

import torch
from torch import nn, optim


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.LayerNorm = nn.LayerNorm(4)
        self.tags = nn.Linear(4, 3)

    def forward(self, batch):
        return self.tags(self.LayerNorm(batch))


model = Tagger()
no_decay = ["bias", "LayerNorm.weight"]
grouped = [
    {
        "params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)],
        "weight_decay_rate": 0.1,
    },
    {
        "params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)],
        "weight_decay_rate": 0.0,
    },
]
optimizer = optim.AdamW(grouped, lr=3e-5)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(2, 4)).square().mean().backward()
    optimizer.step()
