groups = [
    {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.002},
    {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": 0.0},
]
# shown:
optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.1)
for group in optimizer.param_groups:
    print(group["weight_decay"], names(group["params"]))
