optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=65536.0)
scaler.scale(model(torch.ones(1, 4)).sum()).backward()
# shown:
nn.utils.clip_grad_norm_(model.parameters(), 1.0) > 100_000
scaler.unscale_(optimizer)
nn.utils.get_total_norm([p.grad for p in model.parameters()])
