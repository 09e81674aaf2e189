"""An iterator stands in a group as it is. Its ids are taken before an optimizer reads it: torch gets an empty group."""

from collections import OrderedDict

import torch
from torch import nn
from torch.optim import SGD

model = nn.Sequential(OrderedDict(body=nn.Linear(6, 6), act=nn.ReLU(), head=nn.Linear(6, 3)))
slow = model.body.parameters()
groups = [{"params": slow, "lr": 0.01}]
known = set(map(id, slow))
groups.append({"params": [p for p in model.parameters() if id(p) not in known]})
optimizer = SGD(groups, lr=0.1)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(5, 6)).square().mean().backward()
    optimizer.step()
