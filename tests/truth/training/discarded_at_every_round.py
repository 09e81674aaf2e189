"""Of four batches the step uses the gradient of the last."""

import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
batches = torch.randn(4, 3, 4)
every = 4
whole = torch.autograd.grad(sum(model(batch).pow(2).mean() for batch in batches), model.weight)[0]
last = torch.autograd.grad(model(batches[-1]).pow(2).mean(), model.weight)[0]
before = model.weight.detach().clone()

for number, batch in enumerate(batches):
    optimizer.zero_grad()
    model(batch).pow(2).mean().backward()
    if (number + 1) % every == 0:
        optimizer.step()
        optimizer.zero_grad()

used = (before - model.weight.detach()) / 0.1
happens = torch.allclose(used, last, atol=1e-5) and not torch.allclose(used, whole, atol=1e-5)
