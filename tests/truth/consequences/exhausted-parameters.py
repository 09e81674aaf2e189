named = model.named_parameters()
groups = [
    {"params": [p for n, p in named if "bias" not in n], "weight_decay": 0.1},
    {"params": [p for n, p in named if "bias" in n], "weight_decay": 0.0},
]
# shown:
optimizer = torch.optim.AdamW(groups)
for group in optimizer.param_groups:
    print(group["weight_decay"], names(group["params"]))
