"""A warm-up that nobody steps: the rate stays where it begins."""

import torch
from torch import nn
from torch.optim.lr_scheduler import LinearLR

model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = LinearLR(optimizer, start_factor=0.01, total_iters=4)
for _ in range(8):
    optimizer.zero_grad()
    model(torch.ones(4, 3)).square().mean().backward()
    optimizer.step()
seen = {"rate": round(optimizer.param_groups[0]["lr"], 4)}
