optimizer = torch.optim.AdamW([{"params": model.body.parameters()}, {"params": model.head.parameters(), "lr": 0.1}])
# shown:
held = {p for group in optimizer.param_groups for p in group["params"]}
[n for n, p in model.named_parameters() if p not in held]
