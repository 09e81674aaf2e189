"""`"bias" or "bn" in n` is true of every name: nothing is left for the other group."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4, bias=False)
        self.bn = nn.BatchNorm1d(4)

    def forward(self, batch):
        return self.bn(self.fc(batch))


model = Net()
spared, decayed = [], []
for n, p in model.named_parameters():
    if "bias" or "bn" in n:
        spared.append(p)
    else:
        decayed.append(p)
optimizer = torch.optim.SGD(
    [{"params": spared, "weight_decay": 0.0}, {"params": decayed, "weight_decay": 5e-4}],
    lr=0.1,
    momentum=0.9,
)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
