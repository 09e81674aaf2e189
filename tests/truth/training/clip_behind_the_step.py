"""The step is made with gradients that nothing has clipped."""

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
batches = torch.randn(2, 8, 4)
moved = []

for batch in batches:
    before = model.weight.detach().clone()
    optimizer.zero_grad()
    (model(batch).mean() * 1000).backward()
    optimizer.step()
    clip_grad_norm_(model.parameters(), 0.1)
    moved.append(float((model.weight.detach() - before).norm()))

happens = min(moved) > 1.0
