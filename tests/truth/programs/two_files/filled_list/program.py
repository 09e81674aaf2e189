"""Functions of another file put groups in a list."""

import torch
from groups import add_body, add_head
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 6)
        self.norm = nn.LayerNorm(6)
        self.head = nn.Linear(6, 2)

    def forward(self, batch):
        return self.head(self.norm(self.body(batch)))


model = Net()
groups = []
add_body(groups, model, 1e-4)
add_head(groups, model, 1e-2)
optimizer = torch.optim.SGD(groups, lr=1e-3)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 6)).square().mean().backward()
    optimizer.step()
