"""The optimizer has read the iterator to its end: nothing is clipped."""

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

model = nn.Linear(4, 1)
parameters = model.parameters()
optimizer = torch.optim.SGD(parameters, lr=1.0)
before = model.weight.detach().clone()

optimizer.zero_grad()
(model(torch.randn(8, 4)).mean() * 1000).backward()
clip_grad_norm_(parameters, 0.1)
optimizer.step()

happens = float((model.weight.detach() - before).norm()) > 1.0
