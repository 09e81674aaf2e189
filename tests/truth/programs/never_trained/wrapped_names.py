"""A group by the beginning of names, which a wrapper has changed."""

import torch
from torch import nn

net = nn.Sequential()
net.backbone, net.head = nn.Linear(3, 3), nn.Linear(3, 1)
model = nn.DataParallel(net)
slow = [p for n, p in model.named_parameters() if n.startswith("backbone.")]
fast = [p for n, p in model.named_parameters() if not n.startswith("backbone.")]
optimizer = torch.optim.SGD([{"params": slow, "lr": 0.0001}, {"params": fast}], lr=0.1)
seen = {"in the slow group": len(optimizer.param_groups[0]["params"])}
