"""Heads in a plain list: they get gradients, and no step changes them."""

import torch
from torch import nn


class Votes(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(3, 3)
        self.heads = [nn.Linear(3, 1) for _ in range(2)]

    def forward(self, x):
        x = self.stem(x)
        return sum(head(x) for head in self.heads)

    def first(self):
        return self.heads[0].weight


model = Votes()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
before = model.first().detach().clone()
model(torch.randn(4, 3)).square().mean().backward()
optimizer.step()
seen = {
    "has a gradient": model.first().grad is not None,
    "is saved": any(name.startswith("heads") for name in model.state_dict()),
    "moves": not torch.equal(before, model.first()),
}
