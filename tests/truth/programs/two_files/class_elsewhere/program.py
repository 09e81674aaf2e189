"""The class of the model stands in another file, and has one part more."""

import torch
from net import Net

model = Net()
optimizer = torch.optim.SGD(
    [{"params": model.body.parameters(), "lr": 1e-4}, {"params": model.head.parameters(), "lr": 1e-2}], lr=1e-3
)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
