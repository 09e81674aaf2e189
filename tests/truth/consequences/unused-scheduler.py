optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.1)
# shown:
for epoch in range(3):
    optimizer.step()
    print(optimizer.param_groups[0]["lr"])
