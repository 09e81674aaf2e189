"""A class that builds groups."""


class Maker:
    @classmethod
    def groups(cls, model):
        biases = [p for n, p in model.named_parameters() if "bias" in n]
        others = [p for n, p in model.named_parameters() if "bias" not in n]
        return [{"params": others, "weight_decay": 0.0}, {"params": biases, "weight_decay": 0.3}]
