"""A class whose objects build groups."""


class Maker:
    def __init__(self, decay):
        self.decay = decay

    def groups(self, model):
        flat = [p for p in model.parameters() if p.ndim < 2]
        others = [p for p in model.parameters() if p.ndim >= 2]
        return [{"params": others, "weight_decay": 0.2}, {"params": flat, "weight_decay": 0.0}]
