"""A module that is asked to be frozen, and is not."""

import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(3, 3)
        self.encoder.requires_grad = False
        self.out = nn.Linear(3, 1)

    def forward(self, x):
        return self.out(self.encoder(x))


model = Tagger()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
before = model.encoder.weight.detach().clone()
model(torch.randn(4, 3)).square().mean().backward()
optimizer.step()
seen = {"moves": not torch.equal(before, model.encoder.weight)}
