"""From the first evaluation on, dropout is off in training."""

import torch
from torch import nn

model = nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.5), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
batches = [torch.randn(4, 8) for _ in range(3)]
modes = []


def evaluate(network):
    network.eval()
    with torch.no_grad():
        return network(batches[0]).mean()


for _ in range(3):
    for batch in batches:
        optimizer.zero_grad()
        model(batch).mean().backward()
        optimizer.step()
    modes.append(bool(torch.equal(model(batches[0]), model(batches[0]))))
    evaluate(model)

happens = modes == [False, True, True]
