"""A class as a place for functions."""


class Maker:
    @staticmethod
    def make(model):
        biases = [p for n, p in model.named_parameters() if n.endswith("bias")]
        others = [p for n, p in model.named_parameters() if not n.endswith("bias")]
        return [{"params": others, "weight_decay_rate": 0.3}, {"params": biases, "weight_decay": 0.0}]
