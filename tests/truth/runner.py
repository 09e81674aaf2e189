"""Runs one training program and tells what its optimizer really got and did.

The source leaves `model`, `optimizer` and `train_step()` behind. What is told, as plain data (see also `Reality`):

- `exception`: its type's name, null when it ran through; else the groups, and what moved and decayed, are empty;
- `groups`: for each of `optimizer.param_groups` the parameters' names, `weight_decay` and `lr`;
- `parameters`: for each name of the model its number of dimensions and whether it requires a gradient;
- `moved`: the names whose values a training step changed;
- `decayed`: the names whose values a step changed although every gradient was zero: decay alone did it;
- `values`: what the expressions are worth in the program's module, null where they are worth no number there;
- `models`: for each expression and path of `models` the names of the parameters there, and what `model` calls them. An
  expression that means nothing in the module, such as `self.model`, stands for `model` or a part of it.
"""

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass

import torch

Names = dict[str, object]
"""The names of the program's module."""


@dataclass(frozen=True, slots=True)
class Request:
    """A program, and what to look up in it: expressions, and modules by expression and path."""

    source: str
    expressions: tuple[str, ...]
    models: tuple[tuple[str, tuple[str, ...]], ...]


def look_at(request: Request) -> dict[str, object]:
    """Executes the program in this process, which should be one of its own."""
    torch.manual_seed(0)
    names: Names = {"__name__": "__main__"}
    exception = _execute(request.source, names)
    model = names["model"]
    assert isinstance(model, torch.nn.Module)
    reality: dict[str, object] = {
        "exception": exception,
        "parameters": {
            name: {"dimensions": parameter.dim(), "requires_grad": parameter.requires_grad}
            for name, parameter in model.named_parameters()
        },
        "values": {text: _value(text, names) for text in request.expressions},
        "models": [_names_within(text, path, model, names) for text, path in request.models],
    }
    optimizer, train_step = names.get("optimizer"), names.get("train_step")
    if isinstance(optimizer, torch.optim.Optimizer) and callable(train_step):
        reality["groups"] = _groups(model, optimizer)
        reality["decayed"] = _decayed(model, optimizer)
        reality["moved"] = _moved(model, train_step)
    return reality


def _execute(source: str, names: Names) -> str | None:
    """Executes the program in `names`; what it raises, by the name of its type. Its own output is not wanted."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, "<program>", "exec"), names)
    except Exception as error:  # noqa: BLE001  Whatever the program raises is what is asked for.
        return type(error).__name__
    return None


def _groups(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> list[dict[str, object]]:
    """The groups of an optimizer, with the parameters by name."""
    name_of = {id(parameter): name for name, parameter in model.named_parameters()}
    return [
        {
            "names": [name_of[id(parameter)] for parameter in group["params"]],
            "weight_decay": group.get("weight_decay"),
            "lr": group.get("lr"),
        }
        for group in optimizer.param_groups
    ]


def _decayed(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> list[str]:
    """Steps once with zero gradients from ones everywhere, and puts everything back."""
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0)
            parameter.grad = torch.zeros_like(parameter) if parameter.requires_grad else None
    optimizer.step()
    decayed = [name for name, parameter in model.named_parameters() if not bool((parameter == 1.0).all())]
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(before[name])
            parameter.grad = None
    optimizer.state.clear()
    return decayed


def _moved(model: torch.nn.Module, train_step: Callable[[], object]) -> list[str]:
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    train_step()
    return [name for name, parameter in model.named_parameters() if not torch.equal(before[name], parameter)]


def _names_within(text: str, path: tuple[str, ...], model: torch.nn.Module, names: Names) -> dict[str, str]:
    """The parameters' names as the module meant by `text` and `path` says them, each with the whole model's name."""
    whole = {id(parameter): name for name, parameter in model.named_parameters()}
    try:
        module = eval(text, names)
    except Exception:  # noqa: BLE001  A name of another scope: by the programs' convention it is the one model.
        module = _deepest(model, path)
    return {name: whole[id(parameter)] for name, parameter in module.named_parameters() if id(parameter) in whole}


def _deepest(model: torch.nn.Module, path: tuple[str, ...]) -> torch.nn.Module:
    """The sub-module at as much of the end of the path as the model knows: `self.model.body` is its `body`."""
    for start in range(len(path)):
        with contextlib.suppress(AttributeError):
            return model.get_submodule(".".join(path[start:]))
    return model


def _value(text: str, names: Names) -> float | None:
    try:
        value = eval(text, names)
    except Exception:  # noqa: BLE001  A name of another scope: then its value is not known here.
        return None
    return float(value) if isinstance(value, int | float) else None
