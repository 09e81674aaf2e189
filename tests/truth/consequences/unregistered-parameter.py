class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4) for _ in range(3)]
        self.head = nn.Linear(4, 2)


# shown:
model = Stack()
[n for n, p in model.named_parameters()]
