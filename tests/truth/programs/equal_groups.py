"""The split is made with care, and both halves get the same decay."""

import argparse

import torch
from torch import nn
from torch.optim import AdamW

parser = argparse.ArgumentParser()
parser.add_argument("--weight_decay", type=float, default=0.01)
args = parser.parse_args([])

model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
grouped = [
    {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": args.weight_decay},
    {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": args.weight_decay},
]
optimizer = AdamW(grouped, lr=2e-5)


def train_step():
    optimizer.zero_grad()
    model(torch.randn(4, 4)).square().mean().backward()
    optimizer.step()
