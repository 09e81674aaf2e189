optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
before = model.head.weight.clone()
# shown:
model(torch.ones(1, 4)).sum().backward()
optimizer.zero_grad()
optimizer.step()
torch.equal(model.head.weight, before)
