# shown:
optimizer = torch.optim.AdamW([{"params": model.parameters()}, {"params": model.head.parameters(), "lr": 0.1}])
