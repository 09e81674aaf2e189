"""A last layer that the forward pass makes anew: one input, another answer each time."""

import torch
from torch import nn


class Readout(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(3, 3)

    def forward(self, x):
        return nn.Linear(3, 1)(self.stem(x))


model = Readout()
x = torch.randn(4, 3)
seen = {"answers alike": torch.equal(model(x), model(x)), "parameters": len(list(model.parameters()))}
