"""Fills lists; the norm is forgotten."""


def add_body(groups, model, lr):
    groups.append({"params": model.body.parameters(), "lr": lr})


def add_head(groups, model, lr):
    groups.append({"params": model.head.parameters(), "lr": lr})
