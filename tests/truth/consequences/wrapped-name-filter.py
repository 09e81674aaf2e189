# shown:
model = nn.DataParallel(model)
[p for n, p in model.named_parameters() if n.startswith("head.")]
[n for n, p in model.named_parameters()][-1]
