no_decay = "bias"
groups = [
    {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)], "weight_decay": 0.1},
    {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
]
# shown:
optimizer = torch.optim.AdamW(groups)
for group in optimizer.param_groups:
    print(group["weight_decay"], names(group["params"]))
