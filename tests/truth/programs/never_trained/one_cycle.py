"""Two rates, and a one-cycle schedule with one peak for both."""

import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR

model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 1))
optimizer = torch.optim.AdamW(
    [{"params": model[0].parameters(), "lr": 1e-5}, {"params": model[1].parameters(), "lr": 1e-3}]
)
scheduler = OneCycleLR(optimizer, max_lr=1e-3, total_steps=10)
for _ in range(4):
    optimizer.step()
    scheduler.step()
seen = {"rates differ": optimizer.param_groups[0]["lr"] != optimizer.param_groups[1]["lr"]}
