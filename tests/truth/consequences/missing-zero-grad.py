weight = nn.Parameter(torch.tensor(2.0))
optimizer = torch.optim.SGD([weight], lr=0.0)
# shown:
for step in range(3):
    (3 * weight).backward()
    optimizer.step()
    print(weight.grad)
