groups = [{"params": model.body.parameters(), "lr": 0.001}, {"params": model.head.parameters(), "lr": 0.1}]
optimizer = torch.optim.SGD(groups)
# shown:
for group in optimizer.param_groups:
    group["lr"] = 0.05
[group["lr"] for group in optimizer.param_groups]
