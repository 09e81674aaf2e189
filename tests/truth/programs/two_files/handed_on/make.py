"""Makes optimizers of groups of a third file."""

import torch
from groups import two_groups


def make_optimizer(model):
    return torch.optim.AdamW(two_groups(model, 0.2), lr=1e-3)
