# shown:
model.body.requires_grad = False
[p.requires_grad for p in model.body.parameters()]
