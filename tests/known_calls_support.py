"""The examples of the table of calls, with code around them."""

import ast

from optimlint.knowledge.rows import Call
from optimlint.knowledge.summaries import Path

IMPORTS = """
import copy
import sys
from collections import OrderedDict, defaultdict, deque
from functools import partial
from itertools import chain
from pprint import pprint

import torch
"""
SETUP = """
params = [p for p in model.parameters()]
others = [p for p in other.parameters()]
lists = [params, others]
names = [n for n, p in model.named_parameters()]
iterator = (p for p in model.parameters())
groups = [{"params": model.body.parameters(), "lr": 0.1}, {"params": model.head.parameters(), "lr": 1.0}]
"""
"""The names that the examples use, after the imports. Names that nothing binds, such as `model`, are unknown values."""


def callee(row: Call) -> str:
    """The last part of the callee's name in an example."""
    return ast.unparse(_call(row).func).rpartition(".")[2]


def argument_names(row: Call) -> dict[int | str, str]:
    """The names that an example passes as arguments, by position or keyword, without literals."""
    call = _call(row)
    given: list[tuple[int | str, ast.expr]] = [
        *enumerate(call.args),
        *((one.arg or "", one.value) for one in call.keywords),
    ]
    return {place: value.id for place, value in given if isinstance(value, ast.Name)}


def name_at(row: Call, path: Path) -> list[str]:
    """The names at a path of the call in an example."""
    if path.is_receiver:
        func = _call(row).func
        return [ast.unparse(func.value)] if isinstance(func, ast.Attribute) else []
    names = argument_names(row)
    return [name for place, name in names.items() if path.is_every or place in (path.position, path.name)]


def with_argument(row: Call, place: int | str, name: str) -> str:
    """The example with one argument replaced by another name."""
    call = _call(row)
    if isinstance(place, int):
        call.args[place] = ast.Name(name)
    for keyword in call.keywords:
        if keyword.arg == place:
            keyword.value = ast.Name(name)
    return ast.unparse(call)


def _call(row: Call) -> ast.Call:
    tree = ast.parse(row.example, mode="eval").body
    assert isinstance(tree, ast.Call), row.example
    return tree
