weight = nn.Parameter(torch.tensor(0.0))
optimizer = torch.optim.SGD([weight], lr=1.0)
# shown:
(1000 * weight).backward()
optimizer.step()
nn.utils.clip_grad_norm_([weight], 1.0)
weight.item()
