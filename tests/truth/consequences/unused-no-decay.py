no_decay = ["bias", "norm.weight"]
# shown:
optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.1)
for group in optimizer.param_groups:
    print(group["weight_decay"], names(group["params"]))
