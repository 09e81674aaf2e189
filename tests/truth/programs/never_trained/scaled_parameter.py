"""A mixture that is made smaller after it became a parameter."""

import torch
from torch import nn


class Mixture(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(3, 3)
        self.mix = nn.Parameter(torch.randn(3, 3)) * 0.02

    def forward(self, x):
        return self.out(x) @ self.mix


model = Mixture()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
before = model.mix.detach().clone()
model(torch.randn(4, 3)).square().mean().backward()
optimizer.step()
seen = {"is saved": "mix" in model.state_dict(), "moves": not torch.equal(before, model.mix.detach())}
