class Head(nn.Module):
    def forward(self, x):
        return nn.Linear(4, 2)(x)


head, x = Head(), torch.ones(1, 4)
# shown:
list(head.parameters())
torch.equal(head(x), head(x))
