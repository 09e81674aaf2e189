"""Splits by name."""


def split(model):
    matrices, flat = [], []
    for name, parameter in model.named_parameters():
        if "bias" in name or "norm" in name:
            flat.append(parameter)
        else:
            matrices.append(parameter)
    return matrices, flat
