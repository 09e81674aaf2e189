"""Nothing is wrong: sets of names made in one loop over the modules, looked up afterwards."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(9, 4)
        self.norm = nn.LayerNorm(4)
        self.out = nn.Linear(4, 9)

    def forward(self, tokens):
        return self.out(self.norm(self.table(tokens)))

    def configure(self, weight_decay, lr):
        decay, no_decay = set(), set()
        for name, parameter in self.named_parameters():
            if name.endswith("bias") or "norm" in name or "table" in name:
                no_decay.add(name)
            else:
                decay.add(name)
        by_name = dict(self.named_parameters())
        groups = [
            {"params": [by_name[name] for name in sorted(decay)], "weight_decay": weight_decay},
            {"params": [by_name[name] for name in sorted(no_decay)], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95))


model = Net()
optimizer = model.configure(weight_decay=0.1, lr=6e-4)


def train_step():
    optimizer.zero_grad()
    model(torch.randint(9, (4, 2))).square().mean().backward()
    optimizer.step()
