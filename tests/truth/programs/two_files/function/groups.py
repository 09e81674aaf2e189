"""Builds groups; of the biases' decay it says nothing."""


def two_groups(model, decay):
    biases = [p for n, p in model.named_parameters() if "bias" in n]
    others = [p for n, p in model.named_parameters() if "bias" not in n]
    return [{"params": others, "weight_decay": decay}, {"params": biases}]
