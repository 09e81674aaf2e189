"""The step gets no gradients: nothing moves."""

import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
before = model.weight.detach().clone()

for _ in range(3):
    loss = model(torch.randn(3, 4)).pow(2).mean()
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()

happens = torch.equal(before, model.weight.detach())
