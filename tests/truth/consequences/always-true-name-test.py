# shown:
[n for n, p in model.named_parameters() if "bias" or "norm" in n]
