"""`a.parameters() and b.parameters()` is the second alone: the encoder stands still."""

import torch
from torch import nn
from torch.optim import Adam

encoder = nn.Linear(4, 3)
decoder = nn.Linear(3, 4)
model = nn.ModuleDict({"encoder": encoder, "decoder": decoder})
optimizer = Adam(encoder.parameters() and decoder.parameters(), lr=1e-3)


def train_step():
    optimizer.zero_grad()
    decoder(encoder(torch.randn(4, 4))).square().mean().backward()
    optimizer.step()
