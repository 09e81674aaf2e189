"""The same mistake with the two lists made first and the groups from them."""

import torch
from torch import nn
from torch.optim import SGD


class Scorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(5, 5)
        self.out = nn.Linear(5, 1)

    def forward(self, batch):
        return self.out(self.hidden(batch).relu())


def make_optimizer(model, lr, weight_decay):
    parameters = model.named_parameters()
    decayed = [p for n, p in parameters if not n.endswith("bias")]
    spared = [p for n, p in parameters if n.endswith("bias")]
    return SGD([{"params": decayed, "weight_decay": weight_decay}, {"params": spared, "weight_decay": 0.0}], lr=lr)


model = Scorer()
optimizer = make_optimizer(model, 0.1, 1e-4)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(3, 5)).square().sum().backward()
    optimizer.step()
