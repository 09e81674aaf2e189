"""What all trainers share: it forgets the biases' decay."""


class Trainer:
    def __init__(self, model):
        self.model = model

    def groups(self):
        biases = [p for n, p in self.model.named_parameters() if "bias" in n]
        others = [p for n, p in self.model.named_parameters() if "bias" not in n]
        return [{"params": others, "weight_decay": 0.2}, {"params": biases}]
