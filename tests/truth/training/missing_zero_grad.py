"""The gradients of all rounds add up."""

import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
batch = torch.randn(3, 4)
moved = []

for _ in range(3):
    before = model.weight.detach().clone()
    loss = model(batch).mean()
    loss.backward()
    optimizer.step()
    moved.append(float((model.weight.detach() - before).norm()))

happens = abs(moved[2] - 3 * moved[0]) < 1e-3 * moved[0]
