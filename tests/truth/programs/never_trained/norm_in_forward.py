"""A norm layer that the forward pass makes anew: it answers alike, and never learns."""

import torch
from torch import nn


class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(3, 3)

    def forward(self, x):
        return nn.LayerNorm(3)(self.stem(x))


model = Normed()
x = torch.randn(4, 3)
seen = {"answers alike": torch.equal(model(x), model(x)), "parameters": len(list(model.parameters()))}
