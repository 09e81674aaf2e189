"""Rates by depth."""

__all__ = ["by_depth"]


def by_depth(model, lr):
    return [
        {"params": model.body.parameters(), "lr": 1e-5},
        {"params": [*model.norm.parameters(), *model.head.parameters()], "lr": 1e-3},
    ]
