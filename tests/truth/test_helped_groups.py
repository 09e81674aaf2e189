"""Groups by way of tensors, walks over modules, helpers elsewhere, properties and overridden methods, under torch.

Optimlint must be certain of each, and right.
"""

import sys
from types import ModuleType

import pytest
import torch
from reality import Parameter, RealGroup, Reality, expected_names, value_of
from torch import nn

from optimlint import Options, Repository, Texts
from optimlint.check import read_facts
from optimlint.effective import EffectiveOptimizer, effective_optimizers
from optimlint.facts import FileFacts

SHARED = """
def trainable(m):
    return filter(lambda p: p.requires_grad, m.parameters())

def only(params):
    return [p for p in params if p.requires_grad]

def listed(params):
    return list(filter(lambda p: p.requires_grad, params))

def both(m, others):
    return listed(trainable(m)) + only(others)

def named(m):
    return [(n, p) for n, p in m.named_parameters() if p.requires_grad]

def lazily(m):
    return ((n, p) for n, p in m.named_parameters() if p.requires_grad)

def without(pairs, words):
    return [p for n, p in pairs if not any(w in n for w in words)]
"""
MODELS = """
import torch
from torch import nn
from shared import both, lazily, listed, named, only, trainable, without
from torch.optim import SGD, Adam, AdamW

class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.MultiheadAttention(4, 2)
        self.norm, self.head = nn.LayerNorm(4), nn.Linear(4, 2)
        self.scale = nn.Parameter(torch.ones(1))

    @property
    def body_params(self):
        return self.body.parameters()

    @property
    def split(self):
        return [{"params": self.body_params, "lr": 0.5}, {"params": self.last(), "weight_decay": 0.25}]

    def last(self):
        return self.head.parameters()

    def groups(self, rate):
        return [{"params": self.body_params, "lr": rate}, {"params": self.last(), "lr": 0.125}]

class Sub(Base):
    def last(self):
        return list(self.norm.parameters()) + list(self.head.parameters())

class Other(Base):
    @property
    def body_params(self):
        return [self.scale] + list(self.body.parameters())

of_last = lambda m: m.head.parameters()
base, model, other = Base(), Sub(), Other()
"""
PROGRAMS = {
    "tensors": """
w = torch.zeros(3, requires_grad=True)
b = torch.ones(2)
b.requires_grad_()
c = torch.randn(4).requires_grad_()
optimizer = Adam([w, b, c], lr=0.1)""",
    "tensors in groups": """
w, b = torch.zeros(3, requires_grad=True), torch.ones(1, requires_grad=True)
c = w.detach().clone()
c.requires_grad = True
optimizer = SGD([{"params": [w], "lr": 0.5}, {"params": [b, c]}, {"params": model.head.parameters()}], lr=0.1)""",
    "a tensor beside a model": """
w = torch.zeros(3, requires_grad=True)
optimizer = AdamW([w, *model.parameters()], lr=0.1)""",
    "a walk": """
biases, others = [], []
for name, module in model.named_modules():
    for n, p in module.named_parameters(recurse=False):
        if n.endswith("bias"):
            biases.append(p)
        else:
            others.append(p)
optimizer = AdamW([{"params": biases, "weight_decay": 0.0}, {"params": others}], lr=0.1)""",
    "a walk by exact names": """
biases, others = [], []
for module in model.modules():
    for n, p in module.named_parameters(recurse=0):
        if n == "bias":
            biases.append(p)
        else:
            others.append(p)
optimizer = AdamW([{"params": biases, "weight_decay": 0.0}, {"params": others}], lr=0.1)""",
    "a walk without names": """
flat = [p for m in model.modules() for p in m.parameters(False) if p.ndim < 2]
rest = [p for m in model.modules() for p in m.parameters(recurse=False) if p.ndim >= 2]
optimizer = SGD([{"params": flat}, {"params": rest, "weight_decay": 0.5}], lr=0.1)""",
    "a filter elsewhere": "optimizer = AdamW(trainable(model), lr=0.1)",
    "a comprehension elsewhere": """
optimizer = AdamW([{"params": only(model.body.parameters())}, {"params": listed(trainable(model.head))}], lr=0.1)""",
    "helpers of helpers": "optimizer = AdamW(both(model.head, model.norm.parameters()), lr=0.1)",
    "pairs elsewhere": """
biases = [p for n, p in named(model) if "bias" in n]
others = [p for n, p in lazily(model) if "bias" not in n]
optimizer = AdamW([{"params": biases, "weight_decay": 0.0}, {"params": others}], lr=0.1)""",
    "words elsewhere": 'optimizer = SGD(without(model.named_parameters(), ["bias", "norm"]), lr=0.1)',
    "one lambda for two models": """
first = SGD(of_last(base), lr=0.1)
optimizer = SGD(of_last(model), lr=0.1)
third = SGD(of_last(other), lr=0.1)""",
    "a property": "optimizer = SGD(model.body_params, lr=0.1)",
    "a property of groups": "optimizer = SGD(model.split, lr=0.1)",
    "a method of the base": "optimizer = SGD(base.groups(0.5), lr=0.1)",
    "an overridden method": "optimizer = SGD(model.groups(0.5), lr=0.1)",
    "an overridden property": "optimizer = SGD(other.groups(0.5), lr=0.1)",
    "properties of both": """
groups = [{"params": base.body_params}, {"params": other.body_params, "lr": 0.75}]
optimizer = AdamW(groups, lr=0.1)""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_helped_groups_are_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = MODELS + PROGRAMS[name]
    shared = ModuleType("shared")
    exec(SHARED, shared.__dict__)
    monkeypatch.setitem(sys.modules, "shared", shared)
    names: dict[str, object] = {"__name__": "program"}
    torch.manual_seed(0)
    exec(source, names)
    said = _said_of(source)
    assert said.is_certain
    (groups,) = said.choices
    reality = _reality(names, said)
    assert len(groups) == len(reality.groups)
    for group, real in zip(groups, reality.groups, strict=True):
        assert group.is_readable
        assert expected_names(group, reality) == set(real.names), group.parameters
        assert value_of(group.weight_decay, reality) in (real.weight_decay, None)
        assert value_of(group.learning_rate, reality) == real.lr
    if said.left_out.is_certain and not said.left_out.words:
        taken = {one for group in reality.groups for one in group.names}
        assert all(set(held.values()) <= taken for held in reality.models.values())


def _said_of(source: str) -> EffectiveOptimizer:
    path = "/repository/train.py"
    texts = Texts({path: source.encode(), "/repository/shared.py": SHARED.encode()})
    facts = read_facts(source, Options(reads_all=True), path=path, repository=Repository("/repository", texts))
    assert isinstance(facts, FileFacts)
    (said,) = (one for one in effective_optimizers(facts) if one.place == "optimizer")
    return said


def _reality(names: dict[str, object], said: EffectiveOptimizer) -> Reality:
    """What torch has, with every tensor by the name of the model's parameter or of the variable."""
    held = {
        f"{key}.{name}": p for key, m in names.items() if isinstance(m, nn.Module) for name, p in m.named_parameters()
    }
    held |= {key: one for key, one in names.items() if isinstance(one, torch.Tensor)}
    name_of = {id(one): name for name, one in held.items()}
    optimizer = names["optimizer"]
    assert isinstance(optimizer, torch.optim.Optimizer)
    models: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
    for part in (part for groups in said.choices for group in groups for part in group.parts):
        assert part.model is not None
        owner = eval(part.model.text, names)
        inside = {"": owner} if isinstance(owner, torch.Tensor) else dict(owner.named_parameters())
        models[part.model.text, part.model.path] = {name: name_of[id(one)] for name, one in inside.items()}
    return Reality(
        None,
        tuple(
            RealGroup(tuple(name_of[id(p)] for p in group["params"]), group["weight_decay"], group["lr"])
            for group in optimizer.param_groups
        ),
        tuple(Parameter(name, one.dim(), one.requires_grad) for name, one in held.items()),
        frozenset(),
        frozenset(),
        {},
        models,
    )
