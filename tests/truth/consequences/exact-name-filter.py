no_decay = ["bias", "LayerNorm.weight"]
groups = [
    {"params": [p for n, p in model.named_parameters() if n not in no_decay], "weight_decay": 0.1},
    {"params": [p for n, p in model.named_parameters() if n in no_decay], "weight_decay": 0.0},
]
# shown:
optimizer = torch.optim.AdamW(groups)
for group in optimizer.param_groups:
    print(group["weight_decay"], names(group["params"]))
