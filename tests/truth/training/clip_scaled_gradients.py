"""A limit of 1.0 leaves gradients of a norm of 1.0 divided by the loss scale."""

import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
before = torch.cat([p.detach().flatten() for p in model.parameters()])

loss = model(torch.randn(8, 4)).pow(2).mean() * 100
optimizer.zero_grad()
scaler.scale(loss).backward()
nn.utils.clip_grad_norm_(model.parameters(), 1.0)
scaler.step(optimizer)
scaler.update()

moved = float((torch.cat([p.detach().flatten() for p in model.parameters()]) - before).norm())
happens = abs(moved - 1.0 / 1024.0) < 1e-5
