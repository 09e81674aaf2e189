"""A scale that is moved after it became a parameter."""

import torch
from torch import nn

device = "meta"  # A device that every machine has, and that is not the one where tensors are made.


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(3, 3)
        self.scale = nn.Parameter(torch.ones(3)).to(device)

    def forward(self, x):
        return self.out(x) * self.scale


model = Scale()
seen = {
    "is trained": any(one is model.scale for one in model.parameters()),
    "is saved": "scale" in model.state_dict(),
}
