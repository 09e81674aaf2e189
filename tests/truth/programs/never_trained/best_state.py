"""The best weights of a training, which are the last."""

import torch
from torch import nn

model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
best, best_state, then = float("inf"), None, None
for epoch in range(3):
    optimizer.zero_grad()
    loss = model(torch.ones(4, 3)).square().mean()
    loss.backward()
    optimizer.step()
    score = loss.item() + 10 * epoch  # The first epoch is the best.
    if score < best:
        best = score
        then = model.weight.detach().clone()
        best_state = model.state_dict()
last = model.weight.detach().clone()
model.load_state_dict(best_state)
seen = {"is best": torch.equal(model.weight, then), "is last": torch.equal(model.weight, last)}
