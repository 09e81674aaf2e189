# shown:
optimizer = torch.optim.AdamW([{"params": model.parameters(), "weight_decay_rate": 0.0}])
group = optimizer.param_groups[0]
group["weight_decay"], group["weight_decay_rate"]
