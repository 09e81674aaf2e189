"""A builder with its settings."""

from functools import partial


def _groups(model, decay, part):
    held = [p for n, p in model.named_parameters() if part in n]
    others = [p for n, p in model.named_parameters() if part not in n]
    return [{"params": others, "weight_decay": decay}, {"params": held, "weight_decay": 0.0}]


strict = partial(_groups, decay=0.4, part="bias")
