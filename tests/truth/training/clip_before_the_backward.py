"""There is nothing to clip before the backward pass."""

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
moved = []

for batch in torch.randn(2, 8, 4):
    before = model.weight.detach().clone()
    optimizer.zero_grad()
    loss = model(batch).mean() * 1000
    clip_grad_norm_(model.parameters(), 0.1)
    loss.backward()
    optimizer.step()
    moved.append(float((model.weight.detach() - before).norm()))

happens = min(moved) > 1.0
