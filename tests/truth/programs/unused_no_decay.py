"""The list stands there and nothing reads it: biases and norms decay like everything else."""

import torch
from torch import nn
from torch.optim import AdamW


class Ranker(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(4, 4)
        self.LayerNorm = nn.LayerNorm(4)

    def forward(self, batch):
        return self.LayerNorm(self.dense(batch))


model = Ranker()
no_decay = ["bias", "LayerNorm.weight"]
optimizer = AdamW(model.parameters(), lr=1e-4, weight_decay=0.02)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
