def param_groups(model):
    decayed = [p for p in model.parameters() if p.ndim > 1]
    spared = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": 0.1}, {"params": spared, "weight_decay": 0.0}]


# shown:
optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.1)
for group in optimizer.param_groups:
    print(group["weight_decay"], names(group["params"]))
