optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
before = model.head.weight.clone()
model(torch.ones(1, 4)).sum().backward()
# shown:
best = model.state_dict()
optimizer.step()
torch.equal(best["head.weight"], before), torch.equal(best["head.weight"], model.head.weight)
