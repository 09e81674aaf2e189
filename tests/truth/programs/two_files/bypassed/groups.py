"""Builds groups."""


def two_groups(model):
    biases = [p for n, p in model.named_parameters() if "bias" in n]
    others = [p for n, p in model.named_parameters() if "bias" not in n]
    return [{"params": others, "weight_decay": 0.2}, {"params": biases, "weight_decay": 0.0}]
