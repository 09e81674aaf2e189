"""Effects of code on models, optimizers and loss scalers: recorded as notes while it is read, then converted to facts
about training."""
