"""A loop that freezes nothing, by a slip in the attribute's name."""

import torch
from torch import nn

model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 1))
for p in model[0].parameters():
    p.requires_gard = False
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
before = model[0].weight.detach().clone()
model(torch.randn(4, 3)).square().mean().backward()
optimizer.step()
seen = {"moves": not torch.equal(before, model[0].weight)}
