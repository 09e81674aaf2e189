def validate(model):
    model.eval()
    with torch.no_grad():
        return model(torch.ones(1, 4)).sum().item()


# shown:
loss = validate(model)
model.training
