"""The original bug: groups are built, but the optimizer takes all parameters."""

SEED = """\
import torch


class Trainer:
    def __init__(self, model, config):
        self.model = model
        self.config = config
        param_optimizer = list(self.model.named_parameters())
        no_decay = ["bias", "LayerNorm.bias", "LayerNorm.weight"]
        optimizer_grouped_parameters = [
            {
                "params": [p for n, p in param_optimizer if not any(nd in n for nd in no_decay)],
                "weight_decay": 0.002,
            },
            {
                "params": [p for n, p in param_optimizer if any(nd in n for nd in no_decay)],
                "weight_decay": 0.0,
            },
        ]
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=config.lr)
"""

FIXED_SEED = SEED.replace("AdamW(self.model.parameters()", "AdamW(optimizer_grouped_parameters")

SEED_LINE = 1 + SEED.splitlines().index(
    "        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=config.lr)"
)
"""The line of the optimizer call, where the finding is reported."""
